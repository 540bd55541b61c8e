import Database from 'libsql';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OutcomeUnknown, StoreUnavailable } from '../../src/event-store/event-store';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import type { DatabaseLocation } from '../../src/event-store/sqlite-calls';
import { CHUNK_EVENTS } from '../../src/event-store/sqlite-events';
import { openThread } from '../../src/threads/thread';
import { losable, type LosableChannel } from '../fixtures/losable-channel';
import { all } from '../contract/event-store-probe';
import { following, history } from '../fixtures/events';

let directory: string;
let store: SqliteEventStore;
let threads: Map<DatabaseLocation['access'], LosableChannel>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  threads = new Map();
  const thread = (place: DatabaseLocation): LosableChannel => {
    const channel = losable(openThread(join(__dirname, '../../src/event-store/sqlite-thread'), place, place.access));
    threads.set(place.access, channel);
    return channel;
  };
  store = new SqliteEventStore(directory, { thread });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** Holds the lock that every commit needs. */
function lock(): () => void {
  const intruder = new Database(join(directory, 'ledger.db'));
  intruder.exec('BEGIN IMMEDIATE');
  return () => {
    intruder.exec('ROLLBACK');
    intruder.close();
  };
}

test('the event loop goes on, and short reads are answered, while a commit waits', async () => {
  const events = history('shop', 3);
  await store.append('shop', -1, events.slice(0, 1));
  const unlock = lock();
  let isAnswered = false;
  const append = store.append('shop', 0, events.slice(1)).finally(() => (isAnswered = true));
  const refused = expect(append).rejects.toThrow(/another program keeps the file locked/);
  let turns = 0;
  for (; !isAnswered && turns < 50; turns += 1) {
    expect(await all(store.read('shop'))).toEqual(events.slice(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(turns).toBe(50);
  await refused;
  unlock();
});

test('what fits into one chunk is read without a thread: streams, the whole store, links and heads', async () => {
  await store.append('shop', -1, history('shop', 3));
  await store.append('other', -1, history('other', 2));
  expect(await all(store.read('shop'))).toHaveLength(3);
  expect(await all(store.readAll())).toHaveLength(5);
  expect((await all(store.readLinks())).flat()).toHaveLength(5);
  expect(await all(store.heads())).toHaveLength(2);
  expect([...threads.keys()]).toEqual(['write']);
});

test('heads of more projects than fit into one chunk are all given', async () => {
  const projects = Array.from({ length: 2 * CHUNK_EVENTS }, (_, at) => `p${at}`);
  await Promise.all(projects.map((project) => store.append(project, -1, history(project, 1))));
  expect((await all(store.heads())).map(({ projectId }) => projectId)).toEqual([...projects].sort());
  expect(threads.has('read')).toBe(true);
});

test('threads of stores load few libraries, and what is loaded late is there when it is needed', async () => {
  const modules = ['event-store', 'user-store', 'observations'].map((store) => `${store}/sqlite-thread`);
  const script = `for (const module of ${JSON.stringify(modules)}) require('./src/' + module + '.ts');
    const packages = Object.keys(require.cache).flatMap((file) => /node_modules.((?:@[^/]+.)?[^/]+)/.exec(file)?.[1] ?? []);
    const { instantOf } = require('./src/domain/instant.ts');
    console.log(JSON.stringify([[...new Set(packages)], instantOf('2026-02-28')]));`;
  const root = join(__dirname, '../..');
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', './bin/load-typescript.js', '--eval', script], {
    cwd: root,
  });
  const [packages, instant] = JSON.parse(stdout) as [string[], number];
  expect(packages).not.toContain('zod');
  expect(packages.length).toBeLessThan(15);
  expect(instant).toBe(Date.UTC(2026, 1, 28));
});

test('a thread that is lost leaves the outcome unknown, and the same bytes again settle it', async () => {
  const events = history('shop', 4);
  await store.append('shop', -1, events.slice(0, 2));
  const unlock = lock();
  threads.get('write')?.loseAtNextRequest();
  await expect(store.append('shop', 1, events.slice(2))).rejects.toBeInstanceOf(OutcomeUnknown);
  unlock();
  await store.append('shop', 1, events.slice(2));
  await store.append('shop', 1, events.slice(2));
  expect(await all(store.read('shop'))).toEqual(events);
});

test('a long read that loses its thread is unavailable, and the next one is not', async () => {
  const events = history('shop', 1_200);
  await store.append('shop', -1, events);
  expect(await all(store.read('shop'))).toEqual(events);
  const reading = store.read('shop')[Symbol.asyncIterator]();
  for (let read = 0; read < 500; read += 1) await reading.next();
  threads.get('read')?.loseAtNextRequest();
  await expect(reading.next()).rejects.toBeInstanceOf(StoreUnavailable);
  expect(await all(store.read('shop'))).toEqual(events);
});

test('a long history and what is appended meanwhile reach a subscription in order', async () => {
  const events = history('shop', 2_000);
  for (let from = 0; from < events.length; from += 1_000) await store.append('shop', from - 1, events.slice(from, from + 1_000));
  const seen: number[] = [];
  let last = events.slice(-1);
  for await (const chunk of store.subscribe(undefined, new AbortController().signal)) {
    seen.push(...chunk.events.map(({ event }) => event.revision));
    if (seen.length >= 2_020) break;
    if (seen.length < 2_000 || chunk.caughtUp) {
      const more = following(last, 10);
      await store.append('shop', last[0]!.revision, more);
      last = more.slice(-1);
    }
  }
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, revision) => revision));
});
