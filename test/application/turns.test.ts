import { rulesIn } from '../../src/application/handle-command';
import { MemoryEventStore } from '../../src/event-store/memory';
import type { ApplySetup } from '../../src/setup/plan';
import { watchingTurns, withinTurns } from '../fixtures/event-loop';
import { ALICE } from '../fixtures/ledger';
import { LARGE_SETUPS } from '../setup/large';
import { createKey, Instance } from './instance';

/** CPU time of the main thread: other processes of the machine add nothing to it. */
const TURN_MS = 50;

/** Applies a set-up while another instance writes, so that it is planned a second time in the queue. */
async function plannedAgain(setup: ApplySetup['setup']) {
  const store = new MemoryEventStore();
  const [here, there] = [new Instance(store, { commandTimeoutMs: 60_000 }), new Instance(store)];
  await here.createProject();
  const read = jest.spyOn(store, 'read');
  const command: ApplySetup = { type: 'ApplySetup', setup, prune: false };
  return watchingTurns(async () => {
    const applied = here.executor.execute({ projectId: 'shop', actor: ALICE, correlationId: 'c', command });
    // Once the state is read on which it is decided ahead, the other instance writes.
    while (read.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const moved = await there.accept(createKey('elsewhere'));
    return { moved, outcome: await applied };
  });
}

test.each(Object.keys(LARGE_SETUPS))(
  'many %s, planned again in the queue because the project has moved since, hold the event loop for 50 ms at most',
  async (what) => {
    const { result, longestTurnMs } = await withinTurns(TURN_MS, () => plannedAgain(LARGE_SETUPS[what]!));
    expect(result.moved.cursor.revision).toBe(1);
    const { outcome } = result;
    // Too many events for one append are refused, after all of them have been decided and sealed.
    if (outcome.kind === 'refused') expect(outcome.refusal.code).toBe('LIMIT_REACHED');
    else expect(outcome.events[0]?.revision).toBe(2);
    expect(longestTurnMs).toBeLessThan(TURN_MS);
  },
);

/** Patterns that take as long to compile as any, and are known to no other test. */
const slowRule = (name: string) => ({
  any: Array.from({ length: 120 }, (_, index) => ({
    property: { name: 'p', operator: 'MATCHES' as const, value: `(${name}${index}a{1,40}){1,19}` },
  })),
});

test('a rule of slow patterns is checked before its command is queued, a piece at a time, and each pattern once', async () => {
  const instance = new Instance(new MemoryEventStore());
  await instance.createProject();
  const create = (attempt: number) => ({ type: 'CreateSegment', name: `Slow ${attempt}`, rule: slowRule(`s${attempt}`) }) as const;
  const watched = await withinTurns(TURN_MS, (attempt) => watchingTurns(() => instance.accept(create(attempt))));
  expect(watched.longestTurnMs).toBeLessThan(TURN_MS);
  expect(watched.wholeMs).toBeGreaterThan(TURN_MS);
  const id = watched.result.entity?.id ?? '';
  const edit = (attempt: number) => ({ type: 'EditSegment', id, rule: slowRule(`e${attempt}`) }) as const;
  let edits = 0;
  const edited = await withinTurns(TURN_MS, (attempt) => watchingTurns(() => instance.accept(edit((edits = attempt)))));
  expect(edited.longestTurnMs).toBeLessThan(TURN_MS);
  const again = await watchingTurns(() => instance.accept({ type: 'CreateSegment', name: 'Same', rule: slowRule(`e${edits}`) }));
  expect(again.wholeMs).toBeLessThan(edited.wholeMs / 2);
});

test('whatever brings a rule or filters is known as bringing them, also what goes back to them', () => {
  const submission = { projectId: 'shop', actor: ALICE, correlationId: 'c' };
  const rule = slowRule('x');
  const segment = { name: 'S', description: '', rule, archived: false };
  const target = { kind: 'segment', id: 's1', content: segment } as const;
  expect(rulesIn({ ...submission, command: { type: 'EditSegment', id: 's1', rule } })).toEqual([rule]);
  expect(rulesIn({ ...submission, command: { type: 'CreateGoal', name: 'G', event: 'E', filters: [] } })).toEqual([{ filters: [] }]);
  expect(rulesIn({ ...submission, command: { type: 'Revert', target, toVersion: 1 } })).toEqual([rule]);
  expect(rulesIn({ ...submission, command: { type: 'Revert', target: { ...target, content: null }, toVersion: 1 } })).toEqual([]);
  expect(rulesIn({ ...submission, command: createKey('k') })).toEqual([]);
});
