import { EMPTY_PROJECT } from '../../src/domain/decider';
import { StoreUnavailable } from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';
import type { ApplySetup } from '../../src/setup/plan';
import { ALICE } from '../fixtures/ledger';
import { assertWhole, createKey, describeKey, Instance } from './instance';

test('a consultation is what the next command would be decided on, whichever instance wrote last', async () => {
  const store = new MemoryEventStore();
  const [here, there] = [new Instance(store), new Instance(store)];
  expect(await here.executor.loadProject('shop')).toBe(EMPTY_PROJECT);
  await there.createProject();
  await there.accept(createKey('size'));
  expect((await here.executor.loadProject('shop')).keys.get('size')).toMatchObject({ description: '' });
  await there.accept(describeKey('size', 'new'));
  const read = jest.spyOn(store, 'read');
  expect((await here.executor.loadProject('shop')).keys.get('size')).toMatchObject({ description: 'new' });
  // Where it had ended, to see that it is still so, and only what it had not read before.
  expect(read.mock.calls).toEqual([['shop', 1]]);
  await here.accept(describeKey('size', 'newer'));
  expect((await here.executor.loadProject('shop')).head.revision).toBe(3);
});

test('it rejects as a command would, and after the close', async () => {
  const store = new MemoryEventStore();
  const instance = new Instance(store);
  jest.spyOn(store, 'read').mockImplementation(() => {
    throw new StoreUnavailable('away');
  });
  await expect(instance.executor.loadProject('shop')).rejects.toThrow(StoreUnavailable);
  await instance.executor.close(0);
  await expect(instance.executor.loadProject('shop')).rejects.toThrow('stopping');
});

test('two instances that apply set-ups and write beside them leave one whole history, and the set-up that came last', async () => {
  const store = new MemoryEventStore();
  const instances = [new Instance(store), new Instance(store)];
  await instances[0]!.createProject();
  const names = Array.from({ length: 20 }, (_, number) => `k${number}`);
  const apply = (round: number): ApplySetup => ({
    type: 'ApplySetup',
    setup: { version: 2, keys: names.map((name) => ({ name, type: 'NUMBER', default: round })) },
    prune: true,
  });
  for (let round = 0; round < 10; round += 1) {
    const outcomes = await Promise.all(
      instances.flatMap((instance, index) => [
        instance.executor.execute({ projectId: 'shop', actor: ALICE, correlationId: 'c', command: apply(round * 2 + index) }),
        instance.submit(createKey(`x${round}.${index}`)),
      ]),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done']);
    const { keys } = await instances[0]!.executor.loadProject('shop');
    const values = new Set(names.map((name) => keys.get(name)?.defaultValue));
    expect([...values]).toEqual([expect.any(Number)]);
  }
  const events = [];
  for await (const event of store.read('shop')) events.push(event);
  assertWhole(events);
});
