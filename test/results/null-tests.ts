import { compare, type Compared, lacking } from '../../src/results/comparison';
import type { Analysis, Arm, MeasuredGoal } from '../../src/results/input';
import { added, NONE, type Totals } from '../../src/results/totals';
import { holm } from '../../src/statistics/correction';
import { cuped } from '../../src/statistics/cuped';
import { isMissing } from '../../src/statistics/missing';
import { difference, sampleOfProportion, sampleOfSums } from '../../src/statistics/sample';
import { sampleRatio } from '../../src/statistics/sample-ratio';
import { sequentialP, tuning } from '../../src/statistics/sequential';
import { PURCHASES } from './inputs';

// A global is looked up slowly in a test's own context, and these are called by the hundred million.
const { floor, imul } = Math;

export type Measure = MeasuredGoal['measure'];
export const LOOKS = 50;
const ALPHA = 0.05;
const FEWEST_DAYS = 7;

/** Users who come together, so that a day of an arm is a few of these: 5 and 5, or 1 and 9. */
const UNIT = 40;
const POOL = 5_000;

export interface Cell {
  readonly measures: readonly Measure[];
  /** Units a day in each arm, control first. */
  readonly units: readonly number[];
  readonly windowDays: number;
  readonly cuped: boolean;
}

/** A seeded stream of numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CAP = 500;

/** What a user comes to, who is more or less inclined: one in ten converts, and spends a skewed amount up to the cap. */
function drawOf(measure: Measure, inclined: boolean, random: () => number): number {
  const converts = random() < (inclined ? 0.18 : 0.02);
  if (!converts) return 0;
  if (measure === 'CONVERSION') return 1;
  if (measure === 'COUNT') return 1 + floor(Math.log(random()) / Math.log(inclined ? 0.6 : 0.3));
  return Math.min(CAP, Math.round(100 * Math.exp(3 + 1.2 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()))) / 100);
}

const pools = new Map<Measure, readonly Totals[]>();

/** Units of users, before and after their first exposure. Arms draw from the same ones, so that no test has an effect. */
function poolOf(measure: Measure): readonly Totals[] {
  const before = pools.get(measure);
  if (before) return before;
  const random = seeded(1_000 + measure.length);
  const pool = Array.from({ length: POOL }, () => {
    let unit = NONE;
    for (let user = 0; user < UNIT; user++) {
      const inclined = random() < 0.5;
      const [x, y] = [drawOf(measure, inclined, random), drawOf(measure, inclined, random)];
      const own = { users: 1, converted: y === 0 ? 0 : 1, sum: y, sumSquares: y * y, preSum: x, preSumSquares: x * x, product: x * y };
      unit = added(unit, own);
    }
    return unit;
  });
  pools.set(measure, pool);
  return pool;
}

type Mutable = { -readonly [Field in keyof Totals]: Totals[Field] };

function addTo(totals: Mutable, unit: Totals): void {
  totals.users += unit.users;
  totals.converted += unit.converted;
  totals.sum += unit.sum;
  totals.sumSquares += unit.sumSquares;
  totals.preSum += unit.preSum;
  totals.preSumSquares += unit.preSumSquares;
  totals.product += unit.product;
}

function pOf(goal: MeasuredGoal, control: Totals, variant: Totals, adjust: boolean, r: number): number {
  if (lacking(goal, control) !== undefined || lacking(goal, variant) !== undefined) return 1;
  const adjusted = adjust ? cuped(control, variant) : undefined;
  if (adjusted && isMissing(adjusted)) return 1;
  const sample = ({ converted, users, ...sums }: Totals) =>
    goal.measure === 'CONVERSION' ? sampleOfProportion(converted, users) : sampleOfSums({ users, ...sums });
  const found = adjusted ? difference(adjusted.control, adjusted.variant) : difference(sample(control), sample(variant));
  return isMissing(found) ? 1 : sequentialP(found, control.users + variant.users, r);
}

export interface Simulated {
  /** Tests with a conclusion at any look, though nothing differs. */
  readonly concluded: number;
  /** Looks at which results that were made in full had other p-values: none. */
  readonly different: number;
}

/** Runs so many tests without an effect, each looked at every day. */
export function simulate(cell: Cell, tests: number, seed: number): Simulated {
  const random = seeded(seed);
  const goals = cell.measures.map((measure, index): MeasuredGoal => ({
    ...PURCHASES,
    id: `g${index}`,
    measure,
    windowDays: cell.windowDays,
  }));
  const arms = cell.units.map((_, arm): Arm => ({ id: `${arm}`, name: `${arm}`, control: arm === 0, weight: 1 }));
  const everyDay = cell.units.reduce((total, units) => total + units * UNIT, 0);
  const analysis: Analysis = { method: 'SEQUENTIAL', alpha: ALPHA, plannedUsers: (everyDay * LOOKS) / 2, cuped: cell.cuped };
  const r = tuning(ALPHA, analysis.plannedUsers);
  const simulated = { concluded: 0, different: 0 };
  for (let test = 0; test < tests; test++) {
    const totals = goals.map(() => arms.map((): Mutable => ({ ...NONE })));
    let pValues: readonly number[] = [];
    let concluded = false;
    for (let day = 1; day <= LOOKS && !concluded; day++) {
      // Those of the last days are not mature yet.
      if (day <= cell.windowDays) continue;
      goals.forEach(({ measure }, goal) => {
        const pool = poolOf(measure);
        cell.units.forEach((units, arm) => {
          for (let unit = 0; unit < units; unit++) addTo(totals[goal]![arm]!, pool[floor(random() * POOL)]!);
        });
      });
      if (day < FEWEST_DAYS) continue;
      pValues = goals.flatMap((goal, index) =>
        arms.slice(1).map((_, arm) => pOf(goal, totals[index]![0]!, totals[index]![arm + 1]!, cell.cuped, r)),
      );
      concluded = Math.min(...holm(pValues)) <= ALPHA;
    }
    if (concluded) simulated.concluded += 1;
    const whole = goals.map((goal, index): Compared => ({ goal, totals: new Map(arms.map(({ id }, arm) => [id, totals[index]![arm]!])) }));
    const full = compare(whole, arms, analysis, r).map(({ correctedP }) => correctedP);
    const own = holm(pValues);
    if (full.some((p, index) => Math.abs(p! - own[index]!) > 1e-12)) simulated.different += 1;
  }
  return simulated;
}

/** Draws from a binomial distribution, by a number from 0 to 1. */
function binomial(count: number, share: number): (drawn: number) => number {
  const upTo: number[] = [];
  let [mass, sum] = [(1 - share) ** count, 0];
  for (let hits = 0; hits <= count; hits++) {
    upTo.push((sum += mass));
    mass *= ((count - hits) / (hits + 1)) * (share / (1 - share));
  }
  return (drawn) => {
    const found = upTo.findIndex((of) => drawn < of);
    return found < 0 ? count : found;
  };
}

/** Tests, of so many with the planned shares, whose sample ratio alarms at any look. */
export function simulateRatio(controlShare: number, tests: number, seed: number): number {
  const random = seeded(seed);
  const drawControl = binomial(10 * UNIT, controlShare);
  let alarms = 0;
  for (let test = 0; test < tests; test++) {
    const users = [0, 0];
    for (let look = 0; look < LOOKS; look++) {
      const control = drawControl(random());
      users[0]! += control;
      users[1]! += 10 * UNIT - control;
      const ratio = sampleRatio(users, [controlShare, 1 - controlShare]);
      if (!isMissing(ratio) && ratio.alarm) {
        alarms += 1;
        break;
      }
    }
  }
  return alarms;
}

const SPLITS = { one: [[5, 5], [1, 9]], three: [[5, 5, 5], [2, 9, 9]] } as const; // prettier-ignore
const EACH: readonly Measure[] = ['CONVERSION', 'COUNT', 'SUM'];

/** One hypothesis for each measure, and six of three goals in two variants: each with both splits, windows, and with and without CUPED. */
export const cells: readonly (readonly [name: string, cell: Cell])[] = [...EACH.map((measure) => [measure]), [...EACH]].flatMap(
  (measures) =>
    SPLITS[measures.length === 1 ? 'one' : 'three'].flatMap((units) =>
      [1, 7].flatMap((windowDays) =>
        [false, true].map((adjust): readonly [string, Cell] => [
          `${measures.join(' and ')}, arms of ${units.join(':')}, ${windowDays} days, ${adjust ? 'with' : 'without'} CUPED`,
          { measures, units, windowDays, cuped: adjust },
        ]),
      ),
    ),
);
