import { BrokenHistories } from '../../src/application/broken-histories';
import { seal, type Envelope } from '../../src/domain/event';
import { DamagedRecord, StoreUnavailable, StreamDeleted } from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';
import { createKey, describeKey, Instance } from './instance';

/** A store whose stream reads otherwise than it was written. */
function readingAs(store: MemoryEventStore, change: (events: Envelope[]) => Envelope[]): MemoryEventStore {
  const read = store.read.bind(store);
  jest.spyOn(store, 'read').mockImplementation(async function* (projectId, from = 0, limit = Number.POSITIVE_INFINITY) {
    const events: Envelope[] = [];
    for await (const event of read(projectId)) events.push(event);
    const shown = change(events).filter(({ revision }) => revision >= from);
    yield* shown.slice(0, limit);
  });
  return store;
}

async function written(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const instance = new Instance(store);
  await instance.createProject();
  await instance.accept(createKey('size'));
  await instance.accept(describeKey('size', 'of the picture'));
  await instance.accept(describeKey('size', 'of the whole picture'));
  return store;
}

/** A sealed event at the same place, with a hash of its own that follows nothing that is stored. */
function forged(event: Envelope): Envelope {
  const { id: _id, hash: _hash, revision, occurredAt, previousHash: _previous, ...rest } = event;
  return seal(rest, { ...rest, now: occurredAt }, { revision: revision - 1, hash: 'f'.repeat(64), occurredAt: 0 });
}

const DAMAGE: readonly (readonly [string, (events: Envelope[]) => Envelope[], number])[] = [
  ['whose beginning is hidden', (events) => events.slice(2), 0],
  ['of which only the last event is left', (events) => events.slice(-1), 0],
  ['in which an event is missing', (events) => events.filter(({ revision }) => revision !== 1), 1],
  ['in which an event is of another history', (events) => events.map((event) => (event.revision === 2 ? forged(event) : event)), 2],
  ['whose first event is of another history', (events) => events.map((event) => (event.revision === 0 ? forged(event) : event)), 0],
];

test.each(DAMAGE)('a stream %s decides nothing: not that the project is there, nor that it is not', async (_, change, revision) => {
  const store = readingAs(await written(), change);
  const append = jest.spyOn(store, 'append');
  const instance = new Instance(store);
  const damaged = { constructor: DamagedRecord, projectId: 'shop', revision };
  await expect(instance.executor.loadProject('shop')).rejects.toMatchObject(damaged);
  await expect(instance.submit(describeKey('size', 'new'))).rejects.toMatchObject(damaged);
  await expect(instance.submit({ type: 'CreateProject', id: 'shop', name: 'Shop' })).rejects.toMatchObject(damaged);
  await expect(instance.submit(createKey('other'))).rejects.toMatchObject(damaged);
  expect(append).not.toHaveBeenCalled();
});

test('an instance that has the state in memory finds the damage behind it', async () => {
  const store = new MemoryEventStore();
  const [here, there] = [new Instance(store), new Instance(store)];
  await here.createProject();
  await here.accept(createKey('size'));
  await there.accept(describeKey('size', 'a'));
  await there.accept(describeKey('size', 'b'));
  readingAs(store, (events) => events.map((event) => (event.revision === 2 ? forged(event) : event)));
  await expect(here.submit(describeKey('size', 'c'))).rejects.toMatchObject({ constructor: DamagedRecord, revision: 2 });
});

describe('the list of broken histories', () => {
  const log = { error: jest.fn(), info: jest.fn() };
  const damaged = new DamagedRecord('shop', 2, 'it does not follow');

  test('has a project from its first refused command on, until its history is read whole', async () => {
    const broken = new BrokenHistories(log);
    await expect(broken.during('shop', () => Promise.reject(damaged))).rejects.toBe(damaged);
    await expect(broken.during('shop', () => Promise.reject(damaged))).rejects.toBe(damaged);
    await expect(broken.during('gone', () => Promise.reject(new StreamDeleted('gone')))).rejects.toThrow('was deleted');
    expect(broken.all()).toMatchObject([
      { projectId: 'shop', revision: 2, message: expect.stringContaining('does not follow') as string },
      { projectId: 'gone', revision: 0 },
    ]);
    expect(log.error).toHaveBeenCalledTimes(2);
    await expect(broken.during('shop', () => Promise.reject(new StoreUnavailable('away')))).rejects.toThrow('away');
    expect(broken.all()).toHaveLength(2);
    expect(await broken.during('shop', () => Promise.resolve('done'))).toBe('done');
    expect(broken.all()).toMatchObject([{ projectId: 'gone' }]);
  });

  test('is read again in the background, and not more than once in a while', async () => {
    const broken = new BrokenHistories(log);
    await expect(broken.during('shop', () => Promise.reject(damaged))).rejects.toBe(damaged);
    const read = jest.fn(() => Promise.resolve());
    broken.recheck(read);
    broken.recheck(read);
    await new Promise(setImmediate);
    expect(read.mock.calls).toEqual([['shop']]);
    expect(broken.all()).toEqual([]);
  });
});
