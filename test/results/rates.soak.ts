import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { inParallel } from '../../src/concurrency/limiter';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { sampleSize } from '../../src/results/sample-size';
import { readSettings } from '../../src/settings';

/* The real path, by rates: tests through the HTTP endpoints of a server with a simulated clock, looked at each day. Sizes by environment. */

const PROJECTS = Number(process.env['RATES_PROJECTS'] ?? 10);
const EFFECT_PROJECTS = Number(process.env['RATES_EFFECT_PROJECTS'] ?? 2);
const TESTS = Number(process.env['RATES_TESTS'] ?? 100);
const USERS = Number(process.env['RATES_USERS'] ?? 2_000);
const DAYS = Number(process.env['RATES_DAYS'] ?? 50);
const PAIRED = Math.min(20, TESTS);
const BASE = 0.2;
const POWER = 0.8;
const DAY_MS = 86_400_000;
const START = Date.parse('2026-03-02T00:00:00Z');
const AT_ONCE = 8;

/** The smallest relative effect that these users find with the power that is planned. */
const EFFECT = Array.from({ length: 300 }, (_, index) => (index + 1) / 100).find(
  (relativeEffect) =>
    sampleSize({
      method: 'SEQUENTIAL',
      measure: 'CONVERSION',
      baseline: BASE,
      relativeEffect,
      alpha: 0.05,
      power: POWER,
      hypotheses: 1,
      controlWeight: 5_000,
      variantWeight: 5_000,
    }).users <= USERS,
)!;

let nowMs = START;
let directory: string;
let running: Running;
let tokens: { readonly admin: string; readonly app: string };
let seed = 11;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

async function post<Answer>(path: string, body: object, token: string): Promise<Answer> {
  const response = await fetch(`${running.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await post<{ data: Data; errors?: readonly { message: string }[] }>(
    '/graphql',
    { query, variables },
    tokens.admin,
  );
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  return data;
}

/** A project of so many tests, each on a key of its own; with an effect each has a goal of its own, too. */
class Played {
  readonly ids: string[] = [];
  /** By test: of each user 0 for control, 1 for the other variant. */
  readonly variants = Array.from({ length: TESTS }, () => new Int8Array(USERS).fill(-1));
  readonly concluded = new Set<string>();
  readonly found = new Set<string>();
  readonly alarms = new Set<string>();

  constructor(
    readonly projectId: string,
    private readonly hasEffect: boolean,
  ) {}

  async open(): Promise<void> {
    const numbers = Array.from({ length: TESTS }, (_, index) => index);
    const goals = this.hasEffect ? numbers.map((index) => `buy_${index}`) : ['buy'];
    const setup = {
      version: 2,
      keys: numbers.map((index) => ({ name: `key_${index}`, type: 'STRING', default: 'usual' })),
      goals: goals.map((event) => ({ name: event, event, measure: 'CONVERSION', windowDays: 1 })),
      experiments: numbers.map((index) => ({
        name: `Test ${index}`,
        keys: [`key_${index}`],
        goals: [goals[index % goals.length]],
        analysis: { plannedUsers: USERS },
        variants: [
          { name: 'Control', control: true, weight: 50 },
          { name: 'Other', weight: 50, values: { [`key_${index}`]: 'other' } },
        ],
        status: 'RUNNING',
      })),
    };
    const mutation = (name: string, type: string) =>
      `mutation ($input: ${type}!) { done: ${name}(input: $input) { __typename ... on Refusal { message } } }`;
    for (const [name, type, input] of [
      ['createProject', 'CreateProjectInput', { projectId: this.projectId, name: this.projectId }],
      ['applySetup', 'ApplySetupInput', { projectId: this.projectId, setup }],
    ] as const) {
      const { done } = await ask<{ done: { message?: string } }>(mutation(name, type), { input });
      if (done.message !== undefined) throw new Error(done.message);
    }
    const { experiments } = await ask<{ experiments: { nodes: readonly { id: string; name: string }[] } }>(
      'query ($projectId: ID!) { experiments(projectId: $projectId, first: 500) { nodes { id name } } }',
      { projectId: this.projectId },
    );
    for (const index of numbers) this.ids.push(experiments.nodes.find(({ name }) => name === `Test ${index}`)!.id);
  }

  async day(day: number): Promise<void> {
    const newcomers = Array.from({ length: USERS }, (_, user) => user).filter((user) => Math.floor((user * DAYS) / USERS) === day);
    const expose = Array.from({ length: TESTS }, (_, index) => `key_${index}`).join();
    const events: object[] = [];
    await inParallel(newcomers, AT_ONCE, async (user) => {
      const path = `/projects/${this.projectId}/ofrep/v1/evaluate/flags?expose=${expose}`;
      const { flags } = await post<{ flags: readonly { key: string; value: string }[] }>(
        path,
        { context: { targetingKey: `${user}` } },
        tokens.app,
      );
      for (const { key, value } of flags) this.variants[Number(key.slice(4))]![user] = value === 'other' ? 1 : 0;
    });
    for (const user of newcomers) {
      const buys = (event: string, share: number) => {
        if (random() < share) events.push({ id: `${user} ${event}`, user: `${user}`, event });
      };
      if (!this.hasEffect) buys('buy', BASE);
      else for (let test = 0; test < TESTS; test += 1) buys(`buy_${test}`, BASE * (1 + (this.variants[test]![user] === 1 ? EFFECT : 0)));
    }
    nowMs += 3_600_000;
    for (let at = 0; at < events.length; at += 1_000)
      await post(`/projects/${this.projectId}/events`, { events: events.slice(at, at + 1_000) }, tokens.app);
  }

  async look(): Promise<void> {
    await inParallel(this.ids, 2, async (id) => {
      const { experimentResults: results } = await ask<{
        experimentResults: {
          checks: readonly { name: string; status: string }[];
          conclusions: readonly { kind: string }[];
          goals: readonly { comparisons: readonly { plain: { low: number | null } }[] }[];
        };
      }>(
        'query ($id: ID!) { experimentResults(id: $id) { checks { name status } conclusions { kind } goals { comparisons { plain { low } } } } }',
        { id },
      );
      if (results.conclusions.some(({ kind }) => kind === 'SHIP' || kind === 'HURTS')) this.concluded.add(id);
      if (results.checks.some(({ name, status }) => name === 'SAMPLE_RATIO' && status === 'FAILED')) this.alarms.add(id);
      // At this look: a later one can take it back.
      if ((results.goals[0]?.comparisons[0]?.plain.low ?? 0) > 0) this.found.add(id);
      else this.found.delete(id);
    });
  }

  /** Pearson's statistic of the variants of two tests. */
  dependence(one: number, other: number): number {
    const cells = [0, 0, 0, 0] as [number, number, number, number];
    for (let user = 0; user < USERS; user += 1) cells[2 * this.variants[one]![user]! + this.variants[other]![user]!]! += 1;
    const [a, b, c, d] = cells;
    return (USERS * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
  }
}

const nulls = Array.from({ length: PROJECTS }, (_, index) => new Played(`null-${index}`, false));
const effects = Array.from({ length: EFFECT_PROJECTS }, (_, index) => new Played(`effect-${index}`, true));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-rates-'));
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', DASHBOARD: 'false', RATE_LIMIT_PER_CLIENT: '10000000' });
  running = await start(settings, { logger: pino({ level: 'silent' }), clock: () => nowMs });
  await running.ready;
  const secret = await readFile(join(directory, 'secret'));
  const token = (role: 'admin' | 'app') =>
    issueToken(secret, { subject: role, kind: 'service', roles: { '*': [role] }, ttlMs: 86_400_000 });
  tokens = { admin: await token('admin'), app: await token('app') };
  for (const played of [...nulls, ...effects]) await played.open();
  for (let day = 0; day < DAYS; day += 1) {
    const morningMs = START + day * DAY_MS + 8 * 3_600_000;
    for (const played of [...nulls, ...effects]) {
      nowMs = Math.max(nowMs, morningMs);
      await played.day(day);
    }
    // The windows of the day's users have closed by the next look.
    nowMs = Math.max(nowMs, START + (day + 1) * DAY_MS);
    for (const played of nulls) await played.look();
  }
  nowMs = Math.max(nowMs, START + (DAYS + 3) * DAY_MS);
  for (const played of [...nulls, ...effects]) await played.look();
}, 24 * 3_600_000);

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

const sum = (of: readonly Played[], count: (played: Played) => number): number => of.reduce((total, played) => total + count(played), 0);

test('of tests without an effect few are concluded on at any look, and few alarm for their sample ratio', () => {
  const tests = PROJECTS * TESTS;
  expect(sum(nulls, ({ concluded }) => concluded.size)).toBeLessThanOrEqual(Math.ceil(0.03 * tests));
  expect(sum(nulls, ({ alarms }) => alarms.size)).toBeLessThanOrEqual(Math.ceil(0.004 * tests));
});

test('the variants of all pairs of tests are independent', () => {
  // A chi-squared of one degree is above 30 once in 23 million: Bonferroni at 1e-4 for 1,900 pairs.
  const most = Math.max(
    ...nulls.flatMap((played) =>
      Array.from({ length: PAIRED }, (_, one) => Array.from({ length: one }, (__, other) => played.dependence(one, other))).flat(),
    ),
  );
  expect(most).toBeLessThan(30);
});

test('a true effect is found as often as the sample size says', () => {
  const tests = EFFECT_PROJECTS * TESTS;
  const share = sum(effects, ({ found }) => found.size) / tests;
  expect(share).toBeGreaterThanOrEqual(POWER - 3 * Math.sqrt((POWER * (1 - POWER)) / tests));
});
