import { EMPTY_PROJECT, evolve, schemaVersions, upcasts } from '../../src/domain/decider';
import type { Envelope } from '../../src/domain/event';
import type { Folded } from '../../src/domain/project-state';
import { StoreUnavailable } from '../../src/event-store/event-store';
import { createUpcaster } from '../../src/event-store/upcast';
import { HeadConfirmation, HeadUnconfirmed } from '../../src/serving/head-confirmation';
import { Rulesets } from '../../src/serving/rulesets';
import { watchingTurns, withinTurns } from '../fixtures/event-loop';
import { Ledger } from '../fixtures/ledger';
import { LARGE_SETUPS } from '../setup/large';

const upcast = createUpcaster(schemaVersions, upcasts, new Set());

function history(): readonly Envelope[] {
  const ledger = Ledger.started();
  for (const name of ['a', 'b', 'c']) ledger.accept({ type: 'CreateKey', name, valueType: 'NUMBER', defaultValue: 1 });
  return ledger.events;
}

/** Gives events out one by one, each a turn of the event loop after the one before. */
function slowStore(events: readonly Envelope[]) {
  const store = {
    isAway: false,
    reads: 0,
    async *read(_projectId: string, from = 0): AsyncGenerator<Envelope> {
      store.reads += 1;
      if (store.isAway) throw new StoreUnavailable('away');
      for (const event of events.slice(from)) {
        await new Promise(setImmediate);
        yield event;
      }
    },
  };
  return store;
}

test('requests that come while a project is first read wait for all of it, and it is read once', async () => {
  const events = history();
  const store = slowStore(events);
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  const { projectId } = events[0]!;
  const asked = [rulesets.current(projectId)];
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(setImmediate);
    asked.push(rulesets.current(projectId));
  }
  expect((await Promise.all(asked)).map(({ revision, keys }) => [revision, keys.size])).toEqual(asked.map(() => [events.length - 1, 3]));
  expect(store.reads).toBe(1);
});

test('what was read is served on while the event store is away, and what is missing is read when it is back', async () => {
  const events = history();
  const { projectId } = events[0]!;
  const stored = events.slice(0, -1);
  const store = slowStore(stored);
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  expect((await rulesets.current(projectId)).keys.size).toBe(2);
  store.isAway = true;
  rulesets.projected(projectId, { revision: events.length - 1 });
  expect((await rulesets.current(projectId)).keys.size).toBe(2);
  await expect(rulesets.current('other')).rejects.toThrow(StoreUnavailable);
  (stored as Envelope[]).push(events.at(-1)!);
  store.isAway = false;
  expect((await rulesets.current(projectId)).keys.size).toBe(3);
});

test('what is counted is known up to the newest revision, or not asked for, while values go on being served', async () => {
  const events = history();
  const { projectId } = events[0]!;
  const stored = events.slice(0, -1);
  const store = slowStore(stored);
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  await rulesets.current(projectId);
  // Of this event no subscription brings word.
  stored.push(events.at(-1)!);
  expect((await rulesets.current(projectId)).keys.size).toBe(2);
  expect((await rulesets.confirmed(projectId)).keys.size).toBe(3);

  const cutOff = new Rulesets({ store, upcast, projectsKept: 10 });
  await cutOff.current(projectId);
  store.isAway = true;
  await expect(cutOff.confirmed(projectId)).rejects.toThrow(HeadUnconfirmed);
  expect((await cutOff.current(projectId)).keys.size).toBe(3);
  store.isAway = false;
  expect((await cutOff.confirmed(projectId)).keys.size).toBe(3);
});

test('a store of many nodes is asked by the word of a majority', async () => {
  const events = history();
  const { projectId } = events[0]!;
  const store = {
    ...slowStore(events),
    confirmEnd: jest.fn(async (_projectId: string, revision: number) => revision === events.length - 1),
  };
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  expect((await rulesets.confirmed(projectId)).keys.size).toBe(3);
  expect(store.confirmEnd).toHaveBeenCalledTimes(1);
});

test('a head that was confirmed is good for 5 s, counted from the question, and is asked for again before that', async () => {
  let now = 0;
  let answer: (error?: Error) => void = () => {};
  const ask = jest.fn(() => new Promise<void>((resolve, reject) => (answer = (error) => (error ? reject(error) : resolve()))));
  const head = new HeadConfirmation(ask, () => now);
  const first = head.assertConfirmed();
  now = 2_000;
  answer();
  await first;
  expect(ask).toHaveBeenCalledTimes(1);
  await head.assertConfirmed();
  await head.assertConfirmed();
  expect(ask).toHaveBeenCalledTimes(2);
  now = 5_000;
  const refused = head.assertConfirmed();
  answer(new Error('away'));
  await expect(refused).rejects.toMatchObject({ cause: new Error('away') });
  const stillRefused = head.assertConfirmed();
  // It does not answer at all.
  await expect(stillRefused).rejects.toThrow(HeadUnconfirmed);
  expect(ask).toHaveBeenCalledTimes(3);
});

test.each(['rows', 'things'])('the largest set-up of %s is compiled without holding the event loop, once for all who ask', async (what) => {
  const ledger = Ledger.started();
  ledger.accept({ type: 'ApplySetup', setup: LARGE_SETUPS[what] } as never);
  const { events } = ledger;
  const compiled: number[] = [];
  const { longestTurnMs } = await withinTurns(100, async () => {
    const rulesets = new Rulesets({
      store: slowStore(events),
      upcast,
      projectsKept: 10,
      onCompiled: (_projectId, { revision }) => compiled.push(revision),
    });
    return watchingTurns(async () => {
      const asked = await Promise.all(Array.from({ length: 5 }, () => rulesets.current('shop')));
      expect(new Set(asked).size).toBe(1);
    });
  });
  expect(new Set(compiled)).toEqual(new Set([events.length - 1]));
  expect(longestTurnMs).toBeLessThan(100);
});

test('what an own command led to is served without being folded again, and what does not follow is left to the subscription', async () => {
  const events = history();
  const { projectId } = events[0]!;
  const known = events.slice(0, 2);
  const store = slowStore(known);
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  await rulesets.current(projectId);
  const folded: Folded[] = [];
  let state = EMPTY_PROJECT;
  for (const event of events) {
    state = evolve(state, event);
    folded.push({ event, state });
  }
  // The one before it is missing.
  rulesets.folded(folded.slice(3));
  expect((await rulesets.current(projectId)).revision).toBe(1);
  rulesets.folded(folded.slice(2));
  expect((await rulesets.current(projectId)).source).toBe(state);
  // The subscription brings them once more.
  rulesets.delivered(events.slice(2).map((event) => ({ event, position: `${event.revision}` })));
  expect((await rulesets.current(projectId)).source).toBe(state);
  expect(store.reads).toBe(1);
  rulesets.folded([{ event: { ...events[3]!, hash: 'f'.repeat(64) }, state }]);
  expect((await rulesets.current(projectId)).source).toBe(state);
});

test('an own command that values cannot be served from is no error of the command, and is read from the store when it is asked for', async () => {
  const events = history();
  const { projectId } = events[0]!;
  const stored = events.slice(0, 2);
  const store = slowStore(stored);
  const rulesets = new Rulesets({ store, upcast, projectsKept: 10 });
  await rulesets.current(projectId);
  const broken = { ...EMPTY_PROJECT, keys: undefined } as unknown as Folded['state'];
  expect(() => rulesets.folded([{ event: events[2]!, state: broken }])).not.toThrow();
  (stored as Envelope[]).push(...events.slice(2));
  expect((await rulesets.current(projectId)).revision).toBe(events.length - 1);
  expect(store.reads).toBe(2);
});
