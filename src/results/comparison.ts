import { benjaminiHochberg, holm } from '../statistics/correction';
import { guarded, type Guarded } from '../statistics/uplift';
import { isMissing, type Missing } from '../statistics/missing';
import { estimate, figure, type Estimate, type Figure, type Level } from './estimate';
import type { Analysis, Arm, MeasuredGoal } from './input';
import { NONE, type TotalsByArm, type Totals } from './totals';

/** One variant beside control by one goal. */
export interface Comparison {
  readonly goal: MeasuredGoal;
  readonly arm: Arm;
  readonly plain: Estimate | Missing;
  /** The same with CUPED. */
  readonly adjusted: Estimate | Missing;
  /** The one of both that decides. */
  readonly deciding: Estimate | Missing;
  /** What is lacking before this can decide, in words. */
  readonly lacking: readonly string[];
  readonly correction: 'HOLM' | 'BENJAMINI_HOCHBERG' | 'NONE';
  /** The p-value after the correction, where there is one. */
  readonly correctedP?: number;
  /** For a guardrail. */
  readonly guarded?: Guarded;
}

/** A PRIMARY goal of the start decides. A SECONDARY one, or one that was added later, is exploratory. */
export const isPrimary = ({ role, addedLater }: MeasuredGoal): boolean => role === 'PRIMARY' && addedLater !== true;
export const isGuardrail = ({ role, addedLater }: MeasuredGoal): boolean => role === 'GUARDRAIL' && addedLater !== true;

/** How many statements share alpha: PRIMARY goals times variants but control. */
export const hypotheses = (goals: readonly MeasuredGoal[], arms: readonly Arm[]): number =>
  Math.max(1, goals.filter(isPrimary).length * (arms.length - 1));

/** The level of a goal's intervals: PRIMARY goals share alpha. */
export const levelOf = (goal: MeasuredGoal, { method, alpha }: Analysis, r: number, sharedBy: number): Level => ({
  method,
  r,
  alpha: isPrimary(goal) ? alpha / sharedBy : alpha,
});

export interface Compared {
  readonly goal: MeasuredGoal;
  readonly totals: TotalsByArm;
}

/** Every variant beside control by every goal, with p-values corrected within the family that each belongs to. */
export function compare(goals: readonly Compared[], arms: readonly Arm[], analysis: Analysis, r: number): readonly Comparison[] {
  const control = arms.find((arm) => arm.control)!;
  const variants = arms.filter((arm) => !arm.control);
  const sharedBy = hypotheses(
    goals.map(({ goal }) => goal),
    arms,
  );
  const comparisons = goals.flatMap(({ goal, totals }) => {
    const level = levelOf(goal, analysis, r, sharedBy);
    const ofControl = totals.get(control.id) ?? NONE;
    return variants.map((arm): Comparison => {
      const ofVariant = totals.get(arm.id) ?? NONE;
      const plain = estimate(goal.measure, ofControl, ofVariant, false, level);
      const adjusted = estimate(goal.measure, ofControl, ofVariant, true, level);
      const deciding = analysis.cuped ? adjusted : plain;
      const short = [[control, ofControl] as const, [arm, ofVariant] as const].flatMap(([{ name }, has]) => {
        const lacks = lacking(goal, has);
        return lacks === undefined ? [] : [`${name} has ${lacks}`];
      });
      const known = isGuardrail(goal) ? { guarded: guardOf(goal, deciding, short) } : {};
      return { goal, arm, plain, adjusted, deciding, lacking: short, correction: 'NONE', ...known };
    });
  });
  return corrected(comparisons);
}

function guardOf({ direction, margin = 0 }: MeasuredGoal, deciding: Estimate | Missing, short: readonly string[]): Guarded {
  if (short.length > 0 || isMissing(deciding)) return 'NOT_KNOWN';
  return guarded(deciding, deciding.oneSided, direction, margin / 10_000);
}

/** What cannot decide stays in its family as a p-value of 1, so that the others are held to what was planned. */
const pOf = ({ deciding, lacking: short }: Comparison): number => (short.length > 0 || isMissing(deciding) ? 1 : deciding.p);

function corrected(comparisons: readonly Comparison[]): readonly Comparison[] {
  const primary = comparisons.filter(({ goal }) => isPrimary(goal));
  const exploratory = comparisons.filter(({ goal }) => !isPrimary(goal) && !isGuardrail(goal));
  const [strict, lenient] = [holm(primary.map(pOf)), benjaminiHochberg(exploratory.map(pOf))];
  return comparisons.map((each) => {
    if (isGuardrail(each.goal)) return each;
    if (isPrimary(each.goal)) return { ...each, correction: 'HOLM', correctedP: strict[primary.indexOf(each)]! };
    return { ...each, correction: 'BENJAMINI_HOCHBERG', correctedP: lenient[exploratory.indexOf(each)]! };
  });
}

/** One goal in one arm alone. */
export interface ArmFigure {
  readonly arm: string;
  readonly figure: Figure | Missing;
}

/** What each arm came to by one goal, the held-out group too. */
export const figuresOf = ({ goal, totals }: Compared, armIds: readonly string[]): readonly ArmFigure[] =>
  armIds.map((arm) => ({ arm, figure: figure(goal.measure, totals.get(arm) ?? NONE) }));

/** Below these the normal approximation of a mean says little. */
const FEWEST_USERS = 200;
const FEWEST_OF_A_KIND = 20;
/** With this many users who converted the comparison is used, however unequal their amounts are. */
const ENOUGH_CONVERTED = 400;
/** The fewest effective users for amounts and counts, which are skewed. */
const FEWEST_EQUAL = 40;

/** What an arm lacks before one of its goals can decide, in words; nothing if it has enough. */
export function lacking({ measure, name }: Pick<MeasuredGoal, 'measure' | 'name'>, totals: Totals): string | undefined {
  const { users, converted } = totals;
  if (users < FEWEST_USERS) return `${users} of ${FEWEST_USERS} mature users for ${name}`;
  if (converted < FEWEST_OF_A_KIND) return `${converted} of ${FEWEST_OF_A_KIND} users with ${name}`;
  if (measure === 'CONVERSION' && users - converted < FEWEST_OF_A_KIND) {
    return `${users - converted} of ${FEWEST_OF_A_KIND} users without ${name}`;
  }
  const equal = effective(totals);
  if (measure !== 'CONVERSION' && equal < FEWEST_EQUAL && converted < ENOUGH_CONVERTED) {
    return `the weight of ${Math.floor(equal)} of ${FEWEST_EQUAL} equal users for ${name}, since a few have most of it`;
  }
  return undefined;
}

/**
 * How many users with equal amounts would say as much as these: Kish, Survey Sampling (1965), 11.7, the effective size of unequal weights. A mean that
 * hangs on a few large amounts is far from normal: without this 9 % of tests without an effect were concluded on, where 10 % are in control and amounts
 * are log-normal.
 */
function effective({ sum, sumSquares }: Totals): number {
  return sumSquares === 0 ? 0 : sum ** 2 / sumSquares;
}
