import {
  jsonEvent,
  KurrentDBClient,
  NO_STREAM,
  StreamDeletedError,
  StreamNotFoundError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  type AllStreamRecordedEvent,
  type AllStreamResolvedEvent,
  type Filter,
  type RecordedEvent,
} from '@kurrent/kurrentdb-client';
import { randomUUID } from 'node:crypto';
import { failure } from '../event-store/kurrentdb-pair';
import { eventually } from '../fixtures/eventually';
import { LAST_REVISION } from './stream';

/** A server whose behaviour is looked at: the stand-in, or a real one. */
export interface Observed {
  readonly url: string;
  /** Removes what is hidden for good. Absent where it cannot be asked for. */
  readonly scavenge?: () => Promise<void>;
  /** Puts so many events of another application into the log. */
  fill(count: number): Promise<void>;
  dispose(): Promise<void>;
}

const numbered = (count: number, text = '') => Array.from({ length: count }, (_, n) => jsonEvent({ type: 'Counted', data: { n, text } }));
const MATCHING = 'observed-';

/** What a KurrentDB does with streams, as seen on 23.10.8 and 24.10.13. A test that a real server fails shows that the stand-in is wrong. */
export function serverBehaviour(name: string, open: () => Promise<Observed>): void {
  describe(`${name}, as 23.10.8 and 24.10.13`, () => {
    let server: Observed;
    let client: KurrentDBClient;
    let stream: string;
    beforeEach(async () => {
      server = await open();
      client = KurrentDBClient.connectionString(server.url);
      stream = `${MATCHING}${randomUUID()}`;
    });
    afterEach(async () => {
      await client.dispose();
      await server.dispose();
    });

    const append = (count: number, streamState: bigint | typeof NO_STREAM, events = numbered(count)) =>
      client.appendToStream(stream, events, { streamState });
    const read = async (from = 0n): Promise<RecordedEvent[]> => {
      const events: RecordedEvent[] = [];
      for await (const { event } of client.readStream(stream, { fromRevision: from })) if (event) events.push(event);
      return events;
    };
    const revisions = async (): Promise<number[]> => (await read()).map(({ revision }) => Number(revision));
    /** What `$all` holds of the stream. */
    const inAll = async (prefix = stream): Promise<AllStreamRecordedEvent[]> => {
      const events: AllStreamRecordedEvent[] = [];
      const filter: Filter = { filterOn: 'streamName', prefixes: [prefix], checkpointInterval: 1 };
      for await (const { event } of client.readAll({ filter }) as AsyncIterable<AllStreamResolvedEvent>) if (event) events.push(event);
      return events;
    };

    test('each event of an append has a position of its own, at which commit and prepare are equal', async () => {
      await append(3, NO_STREAM);
      const positions = (await inAll()).map(({ position }) => position);
      expect(new Set(positions.map(({ commit }) => commit)).size).toBe(3);
      for (const { commit, prepare } of positions) expect(commit).toBe(prepare);
    });

    test('a stream that was deleted softly is not found, is still in $all, and its revisions go on', async () => {
      await append(3, NO_STREAM);
      await client.deleteStream(stream);
      expect(await failure(read())).toBeInstanceOf(StreamNotFoundError);
      expect(await inAll()).toHaveLength(3);
      const again = await append(2, NO_STREAM);
      expect(again.nextExpectedRevision).toBe(4n);
      expect(await revisions()).toEqual([3, 4]);
      expect((await inAll()).map(({ revision }) => Number(revision))).toEqual([0, 1, 2, 3, 4]);
    });

    test('an append to a stream that was deleted softly is also taken after its last revision, but not after another', async () => {
      await append(3, NO_STREAM);
      await client.deleteStream(stream);
      expect(await failure(append(1, 1n))).toBeInstanceOf(WrongExpectedVersionError);
      await append(1, 2n);
      expect(await revisions()).toEqual([3]);
    });

    test('a repeat of events that were deleted softly is acknowledged, and brings none of them back', async () => {
      const events = numbered(3);
      await append(3, NO_STREAM, events);
      await client.deleteStream(stream);
      const { nextExpectedRevision } = await append(3, NO_STREAM, events);
      expect(nextExpectedRevision).toBe(2n);
      expect(await failure(read())).toBeInstanceOf(StreamNotFoundError);
    });

    test('a tombstone is the last event there can be, also of a stream that never was, and ends it for good', async () => {
      await client.tombstoneStream(stream);
      expect(await failure(read())).toBeInstanceOf(StreamDeletedError);
      expect(await failure(append(1, NO_STREAM))).toBeInstanceOf(StreamDeletedError);
      const [only, ...more] = await inAll();
      expect(more).toEqual([]);
      expect(only).toMatchObject({ type: '$streamDeleted', revision: LAST_REVISION, isJson: false });
    });

    test.each([
      ['$maxCount', { maxCount: 2 }, [3, 4]],
      ['$tb', { truncateBefore: 3 }, [3, 4]],
      ['$maxAge', { maxAge: 1 }, []],
    ])('%s hides the beginning of a stream from its readers, and from no one else', async (_, metadata, left) => {
      await append(5, NO_STREAM);
      if ('maxAge' in metadata) await new Promise((resolve) => setTimeout(resolve, 2_100));
      await client.setStreamMetadata(stream, metadata);
      expect(await revisions()).toEqual(left);
      expect(await inAll()).toHaveLength(5);
      expect((await inAll(`$$${stream}`)).map(({ type }) => type)).toEqual(['$metadata']);
      expect((await append(1, 4n)).nextExpectedRevision).toBe(5n);
    });

    test('a scavenge removes what is hidden, but never the last event of a stream, and positions jump', async () => {
      if (server.scavenge === undefined) return;
      await append(5, NO_STREAM);
      const before = (await inAll()).map(({ position }) => position.commit);
      await client.deleteStream(stream);
      await server.scavenge();
      await eventually('one is left', async () => (await inAll()).length === 1);
      const [last] = await inAll();
      expect(last).toMatchObject({ revision: 4n, position: { commit: before[4] } });
      expect(await failure(read())).toBeInstanceOf(StreamNotFoundError);
      // A position that was removed reads as the next one.
      const filter: Filter = { filterOn: 'streamName', prefixes: [stream], checkpointInterval: 1 };
      const place = before[1] as bigint;
      const rest: bigint[] = [];
      for await (const { event } of client.readAll({ filter, fromPosition: { commit: place, prepare: place } }))
        if (event) rest.push((event as AllStreamRecordedEvent).position.commit);
      expect(rest).toEqual([before[4]]);
      await append(1, NO_STREAM);
      expect(((await inAll()).at(-1) as AllStreamRecordedEvent).position.commit).toBeGreaterThan((before[4] as bigint) + 1_000_000n);
    });

    test('a link is an event of its own where links are not followed', async () => {
      await append(1, NO_STREAM);
      const link = { ...jsonEvent({ type: '$>', data: {} }), contentType: 'application/octet-stream', data: Buffer.from(`0@${stream}`) };
      await client.appendToStream(`${stream}-links`, [link as never]);
      const [event] = await inAll(`${stream}-links`);
      expect(event).toMatchObject({ type: '$>', isJson: false, revision: 0n });
      expect(Buffer.from(event?.data as Uint8Array).toString()).toBe(`0@${stream}`);
    });

    test('ids alone say what is a repeat: position by position, also a beginning of what stands, also with other bytes', async () => {
      const events = numbered(3);
      await append(3, NO_STREAM, events);
      expect((await append(2, NO_STREAM, events.slice(0, 2))).nextExpectedRevision).toBe(1n);
      const others = events.map((event) => ({ ...event, data: { n: -1, text: 'other' } }));
      expect((await append(3, NO_STREAM, others)).nextExpectedRevision).toBe(2n);
      expect(await failure(append(4, NO_STREAM, [...events, ...numbered(1)]))).toBeInstanceOf(WrongExpectedVersionError);
      expect((await read()).map(({ data }) => (data as { n: number }).n)).toEqual([0, 1, 2]);
    });

    test('the bytes of data alone count against the limit of an append', async () => {
      const long = { ...jsonEvent({ type: 't'.repeat(1_000_000), data: {}, metadata: { note: 'm'.repeat(500_000) } }) };
      await append(1, NO_STREAM, [long as never]);
      expect(await read()).toHaveLength(1);
    });

    describe('a position inside a record', () => {
      const inside = async (): Promise<{ commit: bigint; prepare: bigint }> => {
        await append(3, NO_STREAM, numbered(3, 'x'.repeat(200)));
        const commit = ((await inAll())[1] as AllStreamRecordedEvent).position.commit + 3n;
        return { commit, prepare: commit };
      };

      test('fails a read, without a word of why', async () => {
        const fromPosition = await inside();
        const reading = (async () => {
          for await (const _ of client.readAll({ fromPosition, maxCount: 5 }));
        })();
        const error = await failure(reading);
        expect(error).toBeInstanceOf(UnavailableError);
        expect((error as UnavailableError & { code?: unknown }).code).toBeUndefined();
      });

      test('fails a subscription with an unknown error', async () => {
        const fromPosition = await inside();
        const filter: Filter = { filterOn: 'streamName', prefixes: [MATCHING], checkpointInterval: 1 };
        const subscription = client.subscribeToAll({ fromPosition, filter });
        const error = await new Promise((resolve) => subscription.on('error', resolve));
        expect(error).toBeInstanceOf(UnknownError);
        expect((error as Error).message).toMatch(/Exception was thrown by handler/);
      });

      test('beyond the end of the log is none: the read is empty', async () => {
        await append(1, NO_STREAM);
        const beyond = 1n << 50n;
        let count = 0;
        for await (const _ of client.readAll({ fromPosition: { commit: beyond, prepare: beyond } })) count += 1;
        expect(count).toBe(0);
      });
    });

    test('checkpoints of a subscription come by the events that were looked at, also when none of them match', async () => {
      await append(1, NO_STREAM);
      await server.fill(20_000);
      await append(1, 0n);
      const checkpoints: bigint[] = [];
      const seen: bigint[] = [];
      const filter: Filter = {
        filterOn: 'streamName',
        prefixes: [stream],
        maxSearchWindow: 1024,
        checkpointInterval: 1,
        checkpointReached: (_: unknown, { commit }: { commit: bigint }) => void checkpoints.push(commit),
      };
      const subscription = client.subscribeToAll({ filter });
      subscription.on('data', ({ event }: AllStreamResolvedEvent) => event && seen.push(event.revision));
      await new Promise((resolve) => subscription.on('caughtUp', resolve));
      await eventually('two are seen', () => seen.length === 2);
      expect(checkpoints.length).toBeGreaterThan(10);
      expect([...checkpoints].sort((a, b) => (a < b ? -1 : 1))).toEqual(checkpoints);
      await subscription.unsubscribe();
    });
  });
}
