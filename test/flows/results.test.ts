import { inParallel } from '../../src/concurrency/limiter';
import { DAY_MS, PlayedServer } from './played-tests';
import { interval, measured, type Measured, type Sent } from './recomputed';

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

const server = new PlayedServer(START);
const firstSeen = new Map<number, number>();
const sent = new Map<number, Sent[]>();
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
  await inParallel([...newcomers, ...returning], 8, async (user) => void (await server.visit(`user ${user}`, KEYS)));
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
  for (const event of events) sent.set(event.user, [...(sent.get(event.user) ?? []), event]);
}

const inTens = (users: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(users.length / 10) }, (_, index) => users.slice(index * 10, index * 10 + 10));

beforeAll(async () => {
  await server.open();
  await server.apply(SETUP);
  for (let day = 0; day < DAYS; day += 1) await playDay(day);
  await server.moveTo(START + (DAYS + 1) * DAY_MS);
  await inParallel(inTens([...firstSeen.keys()]), 8, async (users) => {
    const fields = users.map((user) => `of${user}: experimentsOf(projectId: "shop", user: { id: "user ${user}" }) { ...Standing }`);
    const query = `{ ${fields.join(' ')} } fragment Standing on ExperimentsOfUser { experiments { entityId name standing variant } }`;
    const answer = await server.ask<{
      [field: string]: { experiments: readonly { entityId: string; name: string; standing: string; variant: string | null }[] };
    }>(query);
    for (const user of users) {
      for (const { entityId, name, standing, variant } of answer[`of${user}`]!.experiments) {
        names.set(entityId, name);
        if (standing === 'ASSIGNED') assigned.set(entityId, (assigned.get(entityId) ?? new Map<number, string>()).set(user, variant!));
      }
    }
  });
}, 300_000);

afterAll(() => server.close());

interface Figure {
  readonly variant: string;
  readonly figure: { readonly missing: string | null; readonly users: number; readonly converted: number; readonly mean: number };
}
interface Estimate {
  readonly missing: string | null;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}
interface Answer {
  readonly experimentResults: {
    readonly cursor: string;
    readonly receivedUpTo: string;
    readonly digest: string;
    readonly inTwoVariants: number;
    readonly variants: readonly { readonly variant: string; readonly users: number; readonly neverExposed: number | null }[];
    readonly checks: readonly { readonly name: string; readonly status: string }[];
    readonly conclusions: readonly { readonly kind: string; readonly text: string }[];
    readonly goals: readonly {
      readonly name: string;
      readonly figures: readonly Figure[];
      readonly comparisons: readonly { readonly variant: string; readonly plain: Estimate; readonly adjusted: Estimate }[];
      readonly series: readonly { readonly day: string; readonly variants: readonly Figure[] }[];
    }[];
  } | null;
}

const QUERY = `query ($id: ID!, $upTo: Cursor, $receivedUpTo: DateTime) {
  experimentResults(id: $id, upTo: $upTo, receivedUpTo: $receivedUpTo) {
    cursor receivedUpTo digest inTwoVariants
    variants { variant users neverExposed } checks { name status } conclusions { kind text }
    goals {
      name
      figures { variant figure { missing users converted mean } }
      comparisons { variant plain { missing difference low high } adjusted { missing difference low high } }
      series { day variants { variant figure { missing users converted mean } } }
    }
  }
}`;

/** The mature users of a variant, from what was sent, first seen up to the end of a day. */
function usersOf(id: string, variant: string, goal: (typeof GOALS)[number], receivedUpToMs: number, lastDay: string): readonly Measured[] {
  const users = [...(assigned.get(id) ?? [])].filter(([, of]) => of === variant);
  const known = users.map(([user]) => ({ first: firstSeen.get(user)!, events: sent.get(user) ?? [] }));
  return measured(known, goal, receivedUpToMs, lastDay);
}

/** The usual one, which the tests of the set-up have. */
const ANALYSIS = { alpha: 0.05, plannedUsers: 10_000 };

test('R1: every number of 40 running tests equals what was sent, computed once more', async () => {
  expect(assigned.size).toBeGreaterThan(30);
  let [compared, intervals] = [0, 0];
  for (const [id, users] of assigned) {
    const { experimentResults: results } = await server.ask<Answer>(QUERY, { id: `shop/experiment/${id}` });
    const receivedUpToMs = Date.parse(results!.receivedUpTo);
    expect(results!.inTwoVariants).toBe(0);
    for (const { variant, users: shown } of results!.variants)
      expect(shown).toBe([...users.values()].filter((of) => of === variant).length);
    for (const [index, { name, figures, comparisons, series }] of results!.goals.entries()) {
      const goal = GOALS.find((each) => each.name === name)!;
      expect(index).toBe(GOALS.indexOf(goal));
      const compare = ({ variant, figure }: Figure, lastDay: string): void => {
        const users = usersOf(id, variant, goal, receivedUpToMs, lastDay);
        const [of, converted] = [users.length, users.filter(({ value }) => value !== 0).length];
        if (of === 0) return expect(figure.missing).toBe('NO_USERS');
        // A mean of users who are all alike has no interval.
        if (figure.missing !== null) return expect(figure.missing).toBe(of === 1 ? 'ONE_USER' : 'NO_VARIANCE');
        expect([figure.users, figure.converted]).toEqual([of, converted]);
        expect(figure.mean).toBeCloseTo(users.reduce((sum, { value }) => sum + value, 0) / of, 9);
        compared += 1;
      };
      for (const figure of figures) compare(figure, '9999');
      const [control = []] = figures.map(({ variant }) => usersOf(id, variant, goal, receivedUpToMs, '9999'));
      for (const { variant, ...both } of comparisons) {
        const users = usersOf(id, variant, goal, receivedUpToMs, '9999');
        for (const [isAdjusted, shown] of [
          [false, both.plain],
          [true, both.adjusted],
        ] as const) {
          if (shown.missing !== null) continue;
          const { difference, low, high } = interval(control, users, { measure: goal.measure, isAdjusted, ...ANALYSIS });
          for (const [is, expected] of [
            [shown.difference, difference],
            [shown.low, low],
            [shown.high, high],
          ] as const)
            expect(is).toBeCloseTo(expected, 9);
          intervals += 1;
        }
      }
      for (const { day, variants } of series) for (const figure of variants) compare(figure, day);
    }
  }
  expect(compared).toBeGreaterThan(1_000);
  expect(intervals).toBeGreaterThan(150);
}, 120_000);

test('who is assigned and was never exposed is said per variant, of now alone, and in no other number', async () => {
  const quiet = Array.from({ length: 30 }, (_, index) => `quiet ${index}`);
  const without = new Map<string, Answer>();
  for (const id of assigned.keys()) without.set(id, await server.ask<Answer>(QUERY, { id: `shop/experiment/${id}` }));
  for (const { experimentResults } of without.values())
    expect(experimentResults!.variants.map(({ neverExposed }) => neverExposed)).toEqual([0, 0]);
  const held = new Map<string, string[]>();
  for (const user of quiet) {
    // An app that holds the values of all keys, and has shown none.
    await server.visit(user, []);
    const query = '{ experimentsOf(projectId: "shop", user: { id: "USER" }) { experiments { entityId standing variant } } }';
    const { experimentsOf } = await server.ask<{
      experimentsOf: { experiments: readonly { entityId: string; standing: string; variant: string }[] };
    }>(query.replace('USER', user));
    for (const { entityId, standing, variant } of experimentsOf.experiments)
      if (standing === 'ASSIGNED') held.set(entityId, [...(held.get(entityId) ?? []), variant]);
  }
  expect([...held.values()].flat().length).toBeGreaterThan(30);
  for (const [id, { experimentResults: before }] of without) {
    const { experimentResults: results } = await server.ask<Answer>(QUERY, { id: `shop/experiment/${id}` });
    const expected = results!.variants.map(({ variant }) => (held.get(id) ?? []).filter((of) => of === variant).length);
    expect(results!.variants.map(({ neverExposed }) => neverExposed)).toEqual(expected);
    const { digest, variants } = before!;
    expect({ ...results!, variants: [] }).toEqual({ ...before!, variants: [] });
    expect([results!.digest, results!.variants.map(({ users }) => users)]).toEqual([digest, variants.map(({ users }) => users)]);
  }
  const [id] = [...held.keys()] as [string];
  const receivedUpTo = without.get(id)!.experimentResults!.receivedUpTo;
  const { experimentResults: past } = await server.ask<Answer>(QUERY, { id: `shop/experiment/${id}`, receivedUpTo });
  expect(past!.variants.map(({ neverExposed }) => neverExposed)).toEqual([null, null]);
  const counts = without.get(id)!.experimentResults!.variants.map(({ variant }) => held.get(id)!.filter((of) => of === variant).length);
  const { out } = await server.type('results', id, '--project', 'shop');
  expect(out).toContain(`assigned, never exposed: ${counts[0]} Control, ${counts[1]} Other`);
});

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
    '{ history(projectId: "shop", first: 200, order: OLDEST_FIRST) { edges { node { cursor sentence } } } }',
  );
  const after = (text: string) => history.edges.find(({ node }) => node.sentence.includes(text))!.node.cursor;
  expect(await server.ask<Answer>(QUERY, { id, upTo: history.edges[0]!.node.cursor })).toEqual({ experimentResults: null });
  await expect(server.ask(QUERY, { id, upTo: after(`created experiment *${names.get(local)}*`) })).rejects.toThrow(
    'had not started at `upTo`',
  );
  await expect(server.ask(QUERY, { id }, await server.token('app'))).rejects.toThrow('takes the role');
});
