import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Envelope } from '../../src/domain/event';
import { StoreUnavailable } from '../../src/event-store/event-store';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

let directory: string;
let children: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

interface Child {
  readonly lines: string[];
  readonly errors: string[];
  /** Resolves once it has printed so much. */
  reported(enough: (lines: readonly string[]) => boolean): Promise<void>;
  readonly exit: Promise<number | null>;
  kill(): Promise<void>;
}

function start(mode: 'write' | 'follow'): Child {
  const child = spawn(process.execPath, [...LOAD_TYPESCRIPT, join(__dirname, 'sqlite-child.ts'), mode, directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const lines: string[] = [];
  const errors: string[] = [];
  let look = () => {};
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => errors.push(line));
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    lines.push(line);
    look();
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    lines,
    errors,
    exit,
    reported: (enough) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (enough(lines)) resolve();
        };
        void exit.then(() => reject(new Error(`the process ended: ${errors.join('\n')}`)));
        look();
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await once(output, 'close');
      await exit;
    },
  };
}

async function read(store: SqliteEventStore, id: string): Promise<Envelope[]> {
  const events: Envelope[] = [];
  for await (const event of store.read(id)) events.push(event);
  return events;
}

test('a second writing process is refused, and the error names the file and what to do', async () => {
  const store = new SqliteEventStore(directory);
  const second = start('write');
  expect(await second.exit).toBe(1);
  expect(second.lines).toEqual([]);
  expect(second.errors.join('\n')).toContain(
    `${join(directory, 'ledger.lock')} is locked: another process writes the ledger in ${directory}. Stop it, open the ledger read-only, or use another data directory.`,
  );
  await store.append('p', -1, history('p', 1));
  await store.close();
});

test('a second writer in the same process is refused, and the first goes on; after it is closed another may write', async () => {
  const store = new SqliteEventStore(directory);
  expect(() => new SqliteEventStore(directory)).toThrow(StoreUnavailable);
  expect(() => new SqliteEventStore(directory)).toThrow(/another process writes/);
  await store.append('p', -1, history('p', 1));
  await store.close();
  const next = new SqliteEventStore(directory);
  expect(await read(next, 'p')).toEqual(history('p', 1));
  await next.close();
});

test('other processes read beside the one that writes, history and live', async () => {
  const store = new SqliteEventStore(directory);
  const events = history('p', 30);
  await store.append('p', -1, events.slice(0, 10));
  const reader = start('follow');
  await reader.reported((lines) => lines.includes('caught up'));
  expect(reader.lines).toEqual([...events.slice(0, 10).map(({ id }) => id), 'caught up']);
  for (let at = 10; at < 30; at += 5) {
    await store.append('p', at - 1, events.slice(at, at + 5));
    await reader.reported((lines) => lines.includes((events[at + 4] as Envelope).id));
  }
  expect(reader.lines.filter((line) => line !== 'caught up')).toEqual(events.map(({ id }) => id));
  await store.close();
});

test('kill -9 in the middle of a burst loses nothing that was acknowledged, leaves nothing half, and frees the lock', async () => {
  const acknowledged = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    const writer = start('write');
    const enough = 400 + 137 * round;
    await writer.reported((lines) => lines.length > enough);
    await writer.kill();
    for (const line of writer.lines.slice(1)) acknowledged.add(line);
  }
  const store = new SqliteEventStore(directory);
  const stored = new Map<string, Envelope[]>();
  for (const id of ['one', 'two', 'three', 'four']) stored.set(id, await read(store, id));
  const ids = new Set([...stored.values()].flat().map(({ id }) => id));
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(900);
  for (const [id, events] of stored) {
    // Appends were of three events each, and always the same ones, so a stream is what it would have been undisturbed.
    expect(events.length % 3).toBe(0);
    expect(events).toEqual(history(id, events.length, { padding: 300 }));
    await store.append(id, events.length - 1, following(events, 1));
  }
  await store.close();
});
