import { inParallel } from '../../src/concurrency/in-parallel';
import { DAY_MS, PlayedServer } from './played-tests';

const START = Date.parse('2026-03-02T00:00:00Z');
const USERS = 1_000;
const DAYS = 10;
const TESTS = 40;
const KEYS = Array.from({ length: 20 }, (_, index) => `key_${index}`);
const GOALS = [
  { name: 'Bought', event: 'purchase', measure: 'CONVERSION', windowDays: 1 },
  { name: 'Purchases', event: 'purchase', measure: 'COUNT', windowDays: 2 },
  { name: 'Revenue', event: 'purchase', measure: 'SUM', property: 'price', cap: 40, windowDays: 3 },
] as const;

/** Two tests on each key, one of four of them exclusive with little traffic. */
const experiment = (index: number): string => `
  - name: Test ${index}
    traffic: ${index % 4 === 3 ? 5 : 60}
    exclusive: ${index % 4 === 3}
    keys: [${KEYS[index % KEYS.length]}]
    goals: [Bought, Purchases, Revenue]
    roles: [{ goal: Bought, role: PRIMARY }]
    variants:
      - { name: Control, control: true, weight: 50 }
      - { name: Other, weight: 50, values: { ${KEYS[index % KEYS.length]}: other } }
    status: RUNNING`;

const SETUP = `
version: 2
keys:
${KEYS.map((name) => `  - { name: ${name}, type: STRING, default: usual }`).join('\n')}
goals:
${GOALS.map((goal) => `  - ${JSON.stringify(goal)}`).join('\n')}
experiments:${Array.from({ length: TESTS }, (_, index) => experiment(index)).join('')}
`;

interface Sent {
  readonly user: number;
  readonly at: number;
  readonly price: number;
}

const server = new PlayedServer(START);
const firstSeen = new Map<number, number>();
const sent: Sent[] = [];
const assigned = new Map<string, Map<number, string>>();
const names = new Map<string, string>();

/** The same numbers at each run. */
let seed = 7;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

async function playDay(day: number): Promise<void> {
  const dayMs = START + day * DAY_MS;
  await server.moveTo(dayMs + 10 * 3_600_000);
  const newcomers = Array.from({ length: USERS / DAYS }, (_, index) => day * (USERS / DAYS) + index);
  const returning = [...firstSeen.keys()].filter(() => random() < 0.05);
  for (const user of newcomers) firstSeen.set(user, server.nowMs);
  await inParallel([...newcomers, ...returning], 8, (user) => server.visit(`user ${user}`, KEYS));
  await server.moveTo(dayMs + 22 * 3_600_000);
  const events = Array.from({ length: 120 }, (): Sent => {
    const user = Math.floor(random() * (day + 1) * (USERS / DAYS));
    return { user, at: dayMs + Math.floor(random() * 22) * 3_600_000, price: Math.round(random() * 3_000) / 100 };
  });
  const items = events.map(({ user, at, price }, index) => ({
    id: `${day} ${index}`,
    user: `user ${user}`,
    event: 'purchase',
    at: new Date(at).toISOString(),
    properties: { price },
  }));
  await server.send(items);
  // Sent again, as an app does that got no answer.
  await server.send(items.slice(0, 40));
  sent.push(...events);
}

beforeAll(async () => {
  await server.open();
  await server.apply(SETUP);
  for (let day = 0; day < DAYS; day += 1) await playDay(day);
  await server.moveTo(START + (DAYS + 1) * DAY_MS);
  await inParallel([...firstSeen.keys()], 8, async (user) => {
    const { experimentsOf } = await server.ask<{
      experimentsOf: { experiments: readonly { entityId: string; name: string; standing: string; variant: string | null }[] };
    }>(
      'query ($user: EvaluatedUserInput!) { experimentsOf(projectId: "shop", user: $user) { experiments { entityId name standing variant } } }',
      { user: { id: `user ${user}` } },
    );
    for (const { entityId, name, standing, variant } of experimentsOf.experiments) {
      names.set(entityId, name);
      if (standing !== 'ASSIGNED') continue;
      const users = assigned.get(entityId) ?? new Map<number, string>();
      assigned.set(entityId, users.set(user, variant!));
    }
  });
}, 300_000);

afterAll(() => server.close());

interface Figure {
  readonly variant: string;
  readonly figure: { readonly missing: string | null; readonly users: number; readonly converted: number; readonly mean: number };
}
interface Answer {
  readonly experimentResults: {
    readonly cursor: string;
    readonly receivedUpTo: string;
    readonly digest: string;
    readonly inTwoVariants: number;
    readonly variants: readonly { readonly variant: string; readonly users: number }[];
    readonly checks: readonly { readonly name: string; readonly status: string }[];
    readonly conclusions: readonly { readonly kind: string; readonly text: string }[];
    readonly goals: readonly {
      readonly name: string;
      readonly figures: readonly Figure[];
      readonly series: readonly { readonly day: string; readonly variants: readonly Figure[] }[];
    }[];
  } | null;
}

const QUERY = `query ($id: ID!, $upTo: Cursor, $receivedUpTo: DateTime) {
  experimentResults(id: $id, upTo: $upTo, receivedUpTo: $receivedUpTo) {
    cursor receivedUpTo digest inTwoVariants
    variants { variant users } checks { name status } conclusions { kind text }
    goals {
      name
      figures { variant figure { missing users converted mean } }
      series { day variants { variant figure { missing users converted mean } } }
    }
  }
}`;

/** What a goal comes to in a variant, from what was sent, for users first seen up to the end of a day. */
function recomputed(id: string, variant: string, goal: (typeof GOALS)[number], receivedUpToMs: number, lastDay: string) {
  const windowMs = goal.windowDays * DAY_MS;
  const users = [...(assigned.get(id) ?? [])]
    .filter(([, of]) => of === variant)
    .map(([user]) => ({ user, first: firstSeen.get(user)! }))
    .filter(({ first }) => first + windowMs <= receivedUpToMs && new Date(first).toISOString().slice(0, 10) <= lastDay);
  const values = users.map(({ user, first }) => {
    const own = sent.filter((event) => event.user === user && event.at >= first && event.at < first + windowMs);
    if (goal.measure === 'CONVERSION') return own.length > 0 ? 1 : 0;
    if (goal.measure === 'COUNT') return own.length;
    return Math.min(goal.cap, own.reduce((sum, { price }) => sum + Math.round(price * 100), 0) / 100);
  });
  const total = values.reduce((sum: number, value) => sum + value, 0);
  return {
    users: users.length,
    converted: values.filter((value) => value !== 0).length,
    mean: users.length === 0 ? 0 : total / users.length,
  };
}

test('R1: every number of 40 running tests equals what was sent, computed once more', async () => {
  expect(assigned.size).toBeGreaterThan(30);
  let compared = 0;
  for (const [id, users] of assigned) {
    const { experimentResults: results } = await server.ask<Answer>(QUERY, { id: `shop/experiment/${id}` });
    const receivedUpToMs = Date.parse(results!.receivedUpTo);
    expect(results!.inTwoVariants).toBe(0);
    for (const { variant, users: shown } of results!.variants)
      expect(shown).toBe([...users.values()].filter((of) => of === variant).length);
    for (const [index, { name, figures, series }] of results!.goals.entries()) {
      const goal = GOALS.find((each) => each.name === name)!;
      expect(index).toBe(GOALS.indexOf(goal));
      const compare = ({ variant, figure }: Figure, lastDay: string): void => {
        const { users: of, converted, mean } = recomputed(id, variant, goal, receivedUpToMs, lastDay);
        if (of === 0) return expect(figure.missing).toBe('NO_USERS');
        // A mean of users who are all alike has no interval.
        if (figure.missing !== null) return expect(figure.missing).toBe(of === 1 ? 'ONE_USER' : 'NO_VARIANCE');
        expect([figure.users, figure.converted]).toEqual([of, converted]);
        expect(figure.mean).toBeCloseTo(mean, 9);
        compared += 1;
      };
      for (const figure of figures) compare(figure, '9999');
      for (const { day, variants } of series) for (const figure of variants) compare(figure, day);
    }
  }
  expect(compared).toBeGreaterThan(1_000);
}, 120_000);

test('the verb prints checks first, then each goal with its intervals, then the conclusion', async () => {
  const [id] = [...assigned.keys()] as [string];
  const { code, out } = await server.type('results', id, '--project', 'shop');
  expect(code).toBe(0);
  const places = ['Users are in the variants as planned', 'Bought (primary)', '  variant', 'Revenue (secondary)', 'digest'].map((text) =>
    out.indexOf(text),
  );
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(await server.type('results', 'none', '--project', 'shop')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no experiment') as string,
  });
});

test('the sample size of a test, and what cannot be asked', async () => {
  const query = 'query ($input: SampleSizeInput!) { sampleSize(input: $input) { users controlUsers variantUsers } }';
  const { sampleSize } = await server.ask<{ sampleSize: { users: number; controlUsers: number } }>(query, {
    input: { method: 'FIXED', baseline: 0.1, relativeEffect: 0.1 },
  });
  // Half of it is the textbook's 14,750 an arm (Fleiss, Levin and Paik 2003, 4.2, without continuity).
  expect(sampleSize.users).toBeGreaterThan(29_000);
  expect(sampleSize.users).toBeLessThan(30_000);
  await expect(server.ask(query, { input: { baseline: 0.1, relativeEffect: 0 } })).rejects.toThrow('effect');
  await expect(server.ask(query, { input: { baseline: 2, relativeEffect: 0.1 } })).rejects.toThrow('between 0 and 1');
});

test('R3, R4: a past look is the same again, checks come before a conclusion, and bad questions get clear answers', async () => {
  const [local] = [...assigned.keys()] as [string];
  const id = `shop/experiment/${local}`;
  const receivedUpTo = new Date(START + 6 * DAY_MS).toISOString();
  const { experimentResults: then } = await server.ask<Answer>(QUERY, { id, receivedUpTo });
  const again = await server.ask<Answer>(QUERY, { id, upTo: then!.cursor, receivedUpTo: then!.receivedUpTo });
  expect(again.experimentResults).toEqual(then);
  expect(then!.checks.map(({ name }) => name)[0]).toBe('SAMPLE_RATIO');
  expect(then!.conclusions[0]).toMatchObject({ kind: 'WITHHELD', text: expect.stringContaining('of 7 days') as string });
  const { experimentResults: now } = await server.ask<Answer>(QUERY, { id });
  expect(now!.digest).not.toBe(then!.digest);
  expect(await server.ask<Answer>(QUERY, { id: 'shop/experiment/none' })).toEqual({ experimentResults: null });
  const future = new Date(server.nowMs + DAY_MS).toISOString();
  await expect(server.ask(QUERY, { id, receivedUpTo: future })).rejects.toThrow('`receivedUpTo` must be at least a minute ago');
  const foreign = Buffer.from(`other:3:${'0'.repeat(16)}`).toString('base64url');
  await expect(server.ask(QUERY, { id, upTo: foreign })).rejects.toThrow('a cursor of the project "other"');
  const { history } = await server.ask<{ history: { edges: readonly { node: { cursor: string; sentence: string } }[] } }>(
    '{ history(projectId: "shop", first: 100, order: OLDEST_FIRST) { edges { node { cursor sentence } } } }',
  );
  const after = (text: string) => history.edges.find(({ node }) => node.sentence.includes(text))!.node.cursor;
  expect(await server.ask<Answer>(QUERY, { id, upTo: history.edges[0]!.node.cursor })).toEqual({ experimentResults: null });
  await expect(server.ask(QUERY, { id, upTo: after(`created experiment *${names.get(local)}*`) })).rejects.toThrow(
    'had not started at `upTo`',
  );
  await expect(server.ask(QUERY, { id }, await server.token('app'))).rejects.toThrow('takes the role');
});
