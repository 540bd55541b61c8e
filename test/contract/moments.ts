import fc from 'fast-check';
import { Pepper, type UserKey } from '../../src/domain/user-key';
import type { AskedGoal, MomentsQuery } from '../../src/observations/moments';
import type { Exposure, Observation, Observations, UserEvent } from '../../src/observations/observations';
import { comparable, recomputed, type Received } from './moments-model';

const pepper = new Pepper(Buffer.alloc(32, 7));
const DAY_MS = 86_400_000;
export const FIRST_DAY = Date.parse('2026-11-02T00:00:00Z');
const VARIANTS = ['control', 'v2', 'holdout'];

const goal = (id: string, over: Partial<AskedGoal> = {}): AskedGoal => ({
  id,
  event: 'purchase',
  filters: [],
  measure: 'CONVERSION',
  property: null,
  cap: null,
  windowDays: 1,
  ...over,
});

const GOALS: readonly AskedGoal[] = [
  goal('converted'),
  goal('count', { measure: 'COUNT', windowDays: 7 }),
  goal('amount', { measure: 'SUM', property: 'price', windowDays: 3 }),
  goal('capped', { measure: 'SUM', property: 'price', cap: 2.5, windowDays: 7 }),
  goal('gifts', { measure: 'COUNT', filters: [{ name: 'gift', operator: 'EQUALS', value: true }], windowDays: 2 }),
  goal('visited', { event: 'visit', windowDays: 2 }),
  goal('never', { event: 'never' }),
];

const drawnExposure = fc.record({
  kind: fc.constant('exposure' as const),
  user: fc.nat(11),
  // Mostly in the one variant that the user is assigned to.
  variant: fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...VARIANTS, 'unknown') }),
  experiment: fc.constantFrom('x1', 'x1', 'x1', 'earlier'),
  atMs: fc.nat(20 * DAY_MS),
});
const drawnEvent = fc.record({
  kind: fc.constant('event' as const),
  user: fc.nat(11),
  name: fc.constantFrom('purchase', 'purchase', 'visit'),
  price: fc.constantFrom(undefined, 0.1, 0.2, 0.7, -3, 1e15, '9', 12.345_678),
  gift: fc.constantFrom(undefined, true, 'true'),
  atMs: fc.integer({ min: -20 * DAY_MS, max: 30 * DAY_MS }),
});
type Of<Drawn> = Drawn extends fc.Arbitrary<infer Value> ? Value : never;
type Drawn = Of<typeof drawnEvent> | Of<typeof drawnExposure>;
/** After so long the experiment ends, at revision 9. */
const ENDS_MS = 17 * DAY_MS;

/** Some batches of observations, some of them sent again. */
export const drawnBatches = fc.array(fc.array(fc.oneof(drawnExposure, drawnEvent), { minLength: 1, maxLength: 25 }), {
  minLength: 1,
  maxLength: 6,
});

const userOf = (project: string, user: number): UserKey => pepper.keyOf(project, `user ${user}`);

export function observationOf(project: string, drawn: Drawn): Observation {
  const user = userOf(project, drawn.user);
  const at = FIRST_DAY + drawn.atMs;
  if (drawn.kind === 'exposure') {
    const { experiment, atMs, variant = VARIANTS[drawn.user % VARIANTS.length]! } = drawn;
    return { kind: 'exposure', user, experiment, variant, at, revision: atMs < ENDS_MS ? 5 : 9 } satisfies Exposure;
  }
  const { name, price, gift } = drawn;
  const properties = { ...(price !== undefined && { price }), ...(gift !== undefined && { gift }) };
  const id = JSON.stringify(drawn);
  return { kind: 'event', user, id, event: name, at, properties, content: id } satisfies UserEvent;
}

export const queryOf = (projectId: string, receivedBefore: number): MomentsQuery => ({
  projectId,
  experiment: 'x1',
  endRevision: 9,
  variants: VARIANTS,
  goals: GOALS,
  earlier: [{ experiment: 'earlier' }],
  receivedBefore,
});

let projects = 0;

/** What every store promises of moments: part of the contract of observations. */
export function momentsContract(getStore: () => Observations, setNow: (ms: number) => void, numRuns: number): void {
  const play = async (batches: readonly (readonly Drawn[])[], project: string, repeated: boolean) => {
    const received = new Map<string, Received>();
    const store = getStore();
    let now = FIRST_DAY + 40 * DAY_MS;
    for (const drawn of repeated ? [...batches, ...batches] : batches) {
      setNow((now += DAY_MS));
      const items = drawn.map((each) => observationOf(project, each));
      const answers = await store.append(project, items);
      for (const [index, item] of items.entries()) {
        const key = JSON.stringify(item);
        if (!received.has(key)) received.set(key, { item, receivedAt: answers[index]!.receivedAt });
      }
      // Asked for in between, as the day before was known: what is kept of it must not remain when later batches change it.
      const query = queryOf(project, now - DAY_MS / 2);
      expect(comparable(await store.moments(query))).toEqual(comparable(recomputed([...received.values()], query)));
    }
    return { received: [...received.values()], now };
  };

  test('R1, R3: moments are what all that was received by then comes to, asked for at any time and again', async () => {
    await fc.assert(
      fc.asyncProperty(drawnBatches, async (batches) => {
        const project = `moments ${(projects += 1)}`;
        const { received, now } = await play(batches, project, true);
        for (const receivedBefore of [now - 2 * DAY_MS, now + 1, FIRST_DAY + 10 * DAY_MS, now - 2 * DAY_MS]) {
          const query = queryOf(project, receivedBefore);
          expect(comparable(await getStore().moments(query))).toEqual(comparable(recomputed(received, query)));
        }
      }),
      { numRuns },
    );
  });

  test('U2: the order, the batches and repetitions of what was received change no moment, to the last bit', async () => {
    await fc.assert(
      fc.asyncProperty(drawnBatches, fc.infiniteStream(fc.nat()), async (batches, order) => {
        const project = `moments ${(projects += 1)}`;
        const items = batches.flat();
        const shuffled = items.map((item) => [order.next().value as number, item] as const).sort(([a], [b]) => a - b);
        const store = getStore();
        const everything = async () => {
          const { exposed, moments, earlier } = await store.moments(queryOf(project, Number.MAX_SAFE_INTEGER));
          return { exposed, moments, earlier };
        };
        for (const batch of batches)
          await store.append(
            project,
            batch.map((each) => observationOf(project, each)),
          );
        const once = await everything();
        await Promise.all(shuffled.map(([, item]) => store.append(project, [observationOf(project, item)])));
        expect(await everything()).toEqual(once);
        // The same in another order, by users whose keys are the same.
        const again = observationOf(project, items[0]!);
        await store.append(project, [again, again]);
        expect(await everything()).toEqual(once);
      }),
      { numRuns },
    );
  });

  test('U4: a user who is forgotten is in no moment from then on, and is counted', async () => {
    const project = `moments ${(projects += 1)}`;
    const store = getStore();
    setNow(FIRST_DAY + 60 * DAY_MS);
    const items = Array.from({ length: 12 }, (_, user) => [
      observationOf(project, { kind: 'exposure', user, variant: undefined, experiment: 'x1', atMs: user * DAY_MS }),
      observationOf(project, { kind: 'event', user, name: 'purchase', price: 0.2, gift: true, atMs: user * DAY_MS + 5 }),
    ]).flat();
    await store.append(project, items);
    const receivedAt = FIRST_DAY + 60 * DAY_MS;
    setNow(receivedAt + DAY_MS);
    const query = queryOf(project, receivedAt + 1);
    const received = items.map((item) => ({ item, receivedAt }));
    expect(comparable(await store.moments(query))).toEqual(comparable(recomputed(received, query)));
    const gone = userOf(project, 5);
    await store.forget(project, gone);
    const left = await store.moments(query);
    expect(comparable(left)).toEqual(comparable(recomputed(received, query, new Set([gone]))));
    expect(left.erasedUsers).toBe(1);
  });
}
