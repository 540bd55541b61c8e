import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { randomUUID } from 'node:crypto';
import { DamagedRecord, StreamDeleted, type Chunk } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { kurrentUrl } from '../../src/event-store/kurrentdb-url';
import { all } from '../contract/event-store-probe';
import { following, history } from '../fixtures/events';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { failure } from './kurrentdb-pair';

/** Streams of a ledger that an operator, or another program, has touched: by the client's own means, on the stand-in and by KURRENTDB_URL. */
function touched(name: string, open: () => Promise<{ readonly url: string; dispose(): Promise<void> }>): void {
  describe(`a stream that was touched, on ${name}`, () => {
    let server: Awaited<ReturnType<typeof open>>;
    let store: KurrentEventStore;
    let client: KurrentDBClient;
    let [good, bad] = ['', ''];
    beforeEach(async () => {
      server = await open();
      store = await KurrentEventStore.open(server.url);
      client = KurrentDBClient.connectionString(server.url);
      [good, bad] = [`good-${randomUUID().slice(0, 13)}`, `bad-${randomUUID().slice(0, 13)}`];
      await store.append(good, -1, history(good, 2));
    });
    afterEach(async () => {
      await client.dispose();
      await store.close();
      await server.dispose();
    });
    const stream = () => `project-${bad}`;
    const write = (event: Parameters<KurrentDBClient['appendToStream']>[1]) => client.appendToStream(stream(), event);

    /** What is found of the two projects: in `$all`, by a subscription, and as heads. */
    const found = async () => {
      const damaged: DamagedRecord[] = [];
      const events = (await all(store.readAll(undefined, (each) => damaged.push(each)))).map(({ event }) => event);
      const seen: Chunk[] = [];
      for await (const chunk of store.subscribe(undefined, new AbortController().signal)) {
        seen.push(chunk);
        if (chunk.caughtUp) break;
      }
      const ours = (projectId: string) => projectId === good || projectId === bad;
      const inFeed = seen.flatMap(({ damaged: some }) => some ?? []).filter(({ projectId }) => ours(projectId));
      const inAll = damaged.filter(({ projectId }) => ours(projectId));
      expect(inFeed.map(({ message }) => message)).toEqual(inAll.map(({ message }) => message));
      const heads = (await all(store.heads())).filter(({ projectId }) => ours(projectId));
      return { events: events.filter(({ projectId }) => ours(projectId)), damaged: inAll, heads: heads.map(({ projectId }) => projectId) };
    };

    const foreign = (data: unknown, type = 'Foreign') => jsonEvent({ type, data: data as Record<string, unknown> });
    test.each<[string, () => Promise<unknown>]>([
      ['JSON null', () => write(foreign(null))],
      ['JSON of another program', () => write(foreign({ hello: 1 }))],
      ['an event without a revision', () => write(foreign({ id: randomUUID(), projectId: bad }))],
      ['a revision as a text', () => write(foreign({ ...history(bad, 1)[0], revision: '0' }))],
      ['a revision that is a word', () => write(foreign({ ...history(bad, 1)[0], revision: 'four' }))],
      ['an event without a hash', () => write(foreign({ ...history(bad, 1)[0], hash: undefined }))],
      [
        'binary data',
        () => write({ ...jsonEvent({ type: 'B', data: {} }), contentType: 'application/octet-stream', data: Buffer.from([0, 1]) } as never),
      ],
      [
        'no data at all',
        () => write({ ...jsonEvent({ type: 'B', data: {} }), contentType: 'application/octet-stream', data: Buffer.alloc(0) } as never),
      ],
      [
        'a link',
        () =>
          write({
            ...jsonEvent({ type: '$>', data: {} }),
            contentType: 'application/octet-stream',
            data: Buffer.from('0@project-x'),
          } as never),
      ],
      ['an event of another project', () => write(foreign(history(good, 1)[0]))],
      ['a tombstone', () => client.tombstoneStream(stream())],
    ])('with %s alone is no project, is named, and stops no other', async (_, touch) => {
      await touch();
      const { events, damaged, heads } = await found();
      expect(events).toEqual(history(good, 2));
      expect(damaged).toHaveLength(1);
      expect(damaged[0]).toMatchObject({ projectId: bad });
      expect(heads).toEqual([good]);
      expect(await failure(all(store.read(bad)))).toBeInstanceOf(DamagedRecord);
      expect(await failure(all(store.readAll()))).toBeInstanceOf(DamagedRecord);
    });

    test('with a copy of our last event behind it keeps what is whole', async () => {
      const events = history(bad, 3);
      await store.append(bad, -1, events);
      await client.appendToStream(stream(), { ...foreign(events[2]), id: events[2]!.id }, { streamState: 2n });
      const { damaged, heads } = await found();
      expect(heads.sort()).toEqual([bad, good].sort());
      expect(damaged.map(({ revision }) => revision)).toEqual([3]);
      expect(damaged[0]?.event).toEqual(events[2]);
      expect(await failure(all(store.read(bad)))).toMatchObject({ projectId: bad, revision: 3 });
    });

    test('and deleted softly is deleted, not unknown; a first append to it is refused and never called written', async () => {
      await store.append(bad, -1, history(bad, 3));
      await client.deleteStream(stream());
      expect(await failure(all(store.read(bad)))).toBeInstanceOf(StreamDeleted);
      expect(await failure(store.append(bad, -1, history(bad, 1, { note: 'again' })))).toBeInstanceOf(StreamDeleted);
      expect(await all(store.read(good))).toEqual(history(good, 2));
    });

    test('and deleted for good is deleted, for reads and appends', async () => {
      await store.append(bad, -1, history(bad, 3));
      await client.tombstoneStream(stream());
      expect(await failure(all(store.read(bad)))).toBeInstanceOf(StreamDeleted);
      expect(await failure(all(store.read(bad, 2)))).toBeInstanceOf(StreamDeleted);
      expect(await failure(store.append(bad, 2, following(history(bad, 3), 1)))).toBeInstanceOf(StreamDeleted);
      const { damaged, events } = await found();
      expect(events).toHaveLength(5);
      expect(damaged.map((each) => each.constructor.name)).toEqual(['StreamDeleted']);
    });

    test.each([
      ['$tb', { truncateBefore: 2 }],
      ['$maxCount', { maxCount: 1 }],
    ])('and truncated by %s says which event is missing, instead of beginning later', async (_, metadata) => {
      const events = history(bad, 3);
      await store.append(bad, -1, events);
      await client.setStreamMetadata(stream(), metadata);
      expect(await failure(all(store.read(bad)))).toMatchObject({
        projectId: bad,
        revision: 0,
        why: expect.stringMatching(/deleted or hidden/),
      });
      expect(await failure(all(store.read(bad, 1)))).toMatchObject({ revision: 1 });
      expect(await all(store.read(bad, 2))).toEqual(events.slice(2));
    });

    test('whose events are too old for $maxAge is hidden, not empty', async () => {
      await store.append(bad, -1, history(bad, 2));
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      await client.setStreamMetadata(stream(), { maxAge: 1 });
      expect(await failure(all(store.read(bad)))).toMatchObject({ why: expect.stringMatching(/hidden by its metadata/) });
    });
  });
}

touched('the stand-in', async () => {
  const standIn = await KurrentStandIn.start();
  return { url: standIn.url, dispose: () => standIn.dispose() };
});
const real = process.env['KURRENTDB_URL'] ?? '';
if (real !== '') touched('the server of KURRENTDB_URL', async () => ({ url: kurrentUrl(real), dispose: async () => {} }));
