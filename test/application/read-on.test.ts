import { seal, type Envelope } from '../../src/domain/event';
import { DamagedRecord, StoreUnavailable } from '../../src/event-store/event-store';
import { MemoryEventStore } from '../../src/event-store/memory';
import { UpgradeRequired } from '../../src/event-store/upcast';
import { ALICE } from '../fixtures/ledger';
import { createKey, describeKey, Instance, wordFor } from './instance';

/** How many events the project holds that this version knows. */
const KNOWN = 501;

/** Counts the events that are read, and can show each of them as another, or fail instead of it. */
class CountedStore extends MemoryEventStore {
  eventsRead = 0;
  shown: (event: Envelope) => Envelope = (event) => event;

  override async *read(projectId: string, from?: number, limit?: number): AsyncIterable<Envelope> {
    for await (const event of super.read(projectId, from, limit)) {
      this.eventsRead += 1;
      yield this.shown(event);
    }
  }

  /** How many events were read meanwhile. */
  async during(work: () => Promise<unknown>): Promise<number> {
    const before = this.eventsRead;
    await work();
    return this.eventsRead - before;
  }
}

async function filled(): Promise<CountedStore> {
  const store = new CountedStore();
  const writer = new Instance(store);
  await writer.createProject();
  await writer.accept(createKey('a'));
  await Promise.all(Array.from({ length: KNOWN - 2 }, (_, index) => writer.accept(describeKey('a', `${index}`))));
  return store;
}

/** An instance of a newer version appends an event. */
async function appendUnknown(store: CountedStore): Promise<void> {
  let last: Envelope | undefined;
  for await (const event of store.read('shop')) last = event;
  const { entity, version } = last as Envelope;
  const provenance = { actor: ALICE, commandId: 'x', commandHash: 'x', correlationId: 'x', causationId: 'x' };
  const sealing = { ...provenance, projectId: 'shop', schemaVersion: 1, version: version + 1, now: Date.now() };
  const event = seal({ type: 'KeyPainted', entity, data: {} }, sealing, last as Envelope);
  await store.append('shop', event.revision - 1, [event]);
}

const commands = [createKey('b'), createKey('a'), describeKey('a', 'new')];

test('a project that needs an upgrade is read once up to the event that is not known, and for each further command from there on', async () => {
  const store = await filled();
  await appendUnknown(store);
  const append = jest.spyOn(store, 'append');
  const instance = new Instance(store);
  const fail = (work: Promise<unknown>) => expect(work).rejects.toMatchObject({ constructor: UpgradeRequired, revision: KNOWN });
  expect(await store.during(() => fail(instance.submit(createKey('b'))))).toBe(KNOWN + 1);
  // The event that the state ends on, and the one that is not known.
  for (const command of commands) expect(await store.during(() => fail(instance.submit(command)))).toBe(2);
  expect(await store.during(() => fail(instance.executor.loadProject('shop')))).toBe(2);
  expect(append).not.toHaveBeenCalled();
});

test('an instance that meets such an event behind what it has in memory reads nothing again', async () => {
  const store = await filled();
  const instance = new Instance(store);
  await instance.executor.loadProject('shop');
  await new Instance(store).accept(describeKey('a', 'by another instance'));
  await appendUnknown(store);
  const fail = () => expect(instance.submit(createKey('b'))).rejects.toBeInstanceOf(UpgradeRequired);
  expect(await store.during(fail)).toBe(3);
  expect(await store.during(fail)).toBe(2);
});

test('a project whose history is damaged is read on from before the damage, and decided on as soon as that is repaired', async () => {
  const store = await filled();
  const damagedAt = KNOWN - 10;
  store.shown = (event) => (event.revision === damagedAt ? { ...event, previousHash: 'f'.repeat(64) } : event);
  const instance = new Instance(store);
  const fail = (work: Promise<unknown>) => expect(work).rejects.toMatchObject({ constructor: DamagedRecord, revision: damagedAt });
  expect(await store.during(() => fail(instance.submit(createKey('b'))))).toBe(damagedAt + 1);
  for (const command of commands) expect(await store.during(() => fail(instance.submit(command)))).toBe(2);
  store.shown = (event) => event;
  expect(await store.during(() => instance.accept(describeKey('a', 'new')))).toBe(KNOWN - damagedAt + 1);
});

test('a reading that the store breaks off goes on from where it was', async () => {
  const store = await filled();
  const instance = new Instance(store);
  store.shown = (event) => {
    if (event.revision === 300) throw new StoreUnavailable('away');
    return event;
  };
  expect(await store.during(async () => expect(await wordFor(instance.submit(createKey('b')))).toBe('StoreUnavailable'))).toBe(301);
  store.shown = (event) => event;
  expect(await store.during(() => instance.accept(createKey('b')))).toBe(KNOWN - 299);
});

test('an instance that keeps the part of a history that is gone begins with the whole of the other one', async () => {
  const store = await filled();
  await appendUnknown(store);
  const instance = new Instance(store);
  await expect(instance.submit(createKey('b'))).rejects.toBeInstanceOf(UpgradeRequired);
  const restored = new MemoryEventStore();
  const elsewhere = new Instance(restored);
  await elsewhere.createProject();
  await elsewhere.accept(createKey('other'));
  jest.spyOn(store, 'read').mockImplementation((...given) => restored.read(...given));
  jest.spyOn(store, 'append').mockImplementation((...given) => restored.append(...given));
  expect((await instance.accept(createKey('b'))).events).toMatchObject([{ revision: 2 }]);
});
