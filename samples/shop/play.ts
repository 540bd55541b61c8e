import { inParallel } from '../../src/concurrency/limiter';
import { PROJECT, type SimulatedServer } from './simulated-server';
import { setUpOf, TESTS, type ShopTest } from './tests';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const DAYS = 365;
/** How often a visitor comes in the year. */
const VISITS = 4;
/** Requests that are under way at a time. */
const AT_ONCE = 16;
const BATCH = 1_000;

export interface Year {
  /** The midnight that it begins with. UTC milliseconds. */
  readonly startMs: number;
  readonly users: number;
  readonly seed: number;
  readonly onDay?: (day: number) => void;
}

/** What an app is answered for a visitor. */
interface Evaluated {
  readonly flags: readonly { readonly key: string; readonly value: unknown }[];
}

interface Visit {
  readonly user: string;
  readonly buys: boolean;
}

/** Plays a year of visitors through the server's HTTP endpoints: its clock is at the end of the year then. */
export async function playYear(server: SimulatedServer, { startMs, users, seed, onDay }: Year): Promise<void> {
  await server.command('createProject', 'CreateProjectInput', { projectId: PROJECT, name: 'Shop' });
  await server.command('applySetup', 'ApplySetupInput', { projectId: PROJECT, setup: setUpOf(Math.round(users * 0.6)) });
  const ids = await experimentIds(server);
  const visitors = visitorsByDay(users, randomFrom(seed));
  const market = new Market();
  for (let day = 0; day < DAYS; day += 1) {
    onDay?.(day);
    server.moveTo(startMs + day * DAY_MS + 9 * HOUR_MS);
    await changeSetUp(server, day, ids);
    server.moveTo(startMs + day * DAY_MS + 10 * HOUR_MS);
    const test = TESTS.find(({ startDay, stopDay }) => day >= startDay && day < stopDay);
    const visits: Visit[] = [];
    await inParallel(visitors[day]!, AT_ONCE, async (user) => {
      const { flags } = await server.send<Evaluated>('/ofrep/v1/evaluate/flags', { context: { targetingKey: user } });
      if (test === undefined) return;
      const hasOther = flags.find(({ key }) => key === test.key)?.value === test.other.value;
      const visit = market.visit(test, hasOther, user);
      if (visit !== undefined) visits.push(visit);
    });
    if (test !== undefined) await report(server, test, visits, day);
  }
  server.moveTo(startMs + DAYS * DAY_MS);
}

async function experimentIds(server: SimulatedServer): Promise<ReadonlyMap<string, string>> {
  const { experiments } = await server.ask<{ experiments: { nodes: readonly { id: string; name: string }[] } }>(
    `{ experiments(projectId: "${PROJECT}") { nodes { id name } } }`,
  );
  return new Map(experiments.nodes.map(({ id, name }) => [name, id]));
}

/** What the people of the shop do in the dashboard on that day. */
async function changeSetUp(server: SimulatedServer, day: number, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const { name, key, startDay, stopDay, baseline } of TESTS) {
    const id = ids.get(name);
    if (day === startDay) await server.command('startExperiment', 'ExperimentInput', { id });
    if (day === stopDay) await server.command('stopExperiment', 'ExperimentInput', { id });
    if (day === baseline?.day) {
      const input = { projectId: PROJECT, name: key, defaultValue: baseline.value, acknowledge: { baselineOf: [id] } };
      await server.command('editKey', 'EditKeyInput', input);
    }
  }
}

/** What the app reports of a day: what it has shown, then what was bought. */
async function report(server: SimulatedServer, { key }: ShopTest, visits: readonly Visit[], day: number): Promise<void> {
  for (let at = 0; at < visits.length; at += BATCH) {
    const batch = visits.slice(at, at + BATCH);
    await server.send('/exposures', { exposures: batch.map(({ user }) => ({ user, key })) });
  }
  server.moveTo(server.nowMs + HOUR_MS);
  const bought = visits.filter(({ buys }) => buys);
  for (let at = 0; at < bought.length; at += BATCH) {
    const events = bought.slice(at, at + BATCH).map(({ user }) => ({ id: `${user} ${day}`, user, event: 'purchase' }));
    await server.send('/events', { events });
  }
}

/** Who buys: of each variant exactly the true share, drawn without luck, so that a year of few visitors says what one of many does. */
class Market {
  private readonly seen = new Map<string, Set<string>>();
  private readonly counts = new Map<string, number>();

  /** undefined: the visitor has decided before, or the app has crashed. */
  visit(test: ShopTest, hasOther: boolean, user: string): Visit | undefined {
    const seen = this.seen.get(test.key) ?? new Set<string>();
    this.seen.set(test.key, seen);
    if (seen.has(user)) return undefined;
    seen.add(user);
    const arm = `${test.key} ${hasOther}`;
    if (hasOther && this.isEach(`${arm} crashes`, test.crashes ?? 0)) return undefined;
    return { user, buys: this.isEach(`${arm} buys`, hasOther ? test.buys.other : test.buys.control) };
  }

  private isEach(name: string, share: number): boolean {
    const count = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, count);
    return Math.floor(count * share) > Math.floor((count - 1) * share);
  }
}

function visitorsByDay(users: number, random: () => number): readonly (readonly string[])[] {
  const days = Array.from({ length: DAYS }, () => new Set<string>());
  for (let user = 0; user < users; user += 1)
    for (let visit = 0; visit < VISITS; visit += 1) days[Math.floor(random() * DAYS)]!.add(`visitor-${user}`);
  return days.map((visitors) => [...visitors]);
}

/** The same numbers for the same seed (Park and Miller's minimal standard generator). */
function randomFrom(seed: number): () => number {
  let state = Math.max(1, Math.floor(seed) % 2_147_483_647);
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
