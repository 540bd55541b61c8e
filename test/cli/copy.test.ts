import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { headsOf } from '../../src/audit/bulk-append';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { history } from '../fixtures/events';
import { typingIn } from './typing';

const BIN = join(__dirname, '../../bin/experience-ledger');

let directory: string;
let type: ReturnType<typeof typingIn>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copy-cli-'));
  type = typingIn({ DATA_DIR: join(directory, 'source') });
});
afterEach(() => rmSync(directory, { recursive: true }));

const target = (): string => `sqlite:${join(directory, 'target')}`;

async function fill(projects: number, events: number): Promise<void> {
  const store = new SqliteEventStore(join(directory, 'source'));
  for (let at = 0; at < projects; at += 1) await store.append(`p${at}`, -1, history(`p${at}`, events, { padding: 200 }));
  await store.close();
}

/** How many events the target holds; 0 while it is not there. */
async function arrived(): Promise<number> {
  try {
    const store = new SqliteEventStore(join(directory, 'target'), { readOnly: true });
    const heads = await headsOf(store);
    await store.close();
    return heads.reduce((sum, { revision }) => sum + revision + 1, 0);
  } catch {
    return 0;
  }
}

test('it copies, says what it did, and has nothing to do the second time', async () => {
  await fill(3, 50);
  const copied = await type('copy', '--from', 'sqlite:', '--to', target());
  expect(copied).toEqual({
    code: 0,
    err: '',
    out: `Copied 150 events to ${join(directory, 'target')}.\nIt holds 150 events of 3 projects, read back and verified: every chain is whole, and every head is the source's.\n`,
  });
  const again = await type('copy', '--from', 'sqlite:', '--to', target(), '--json');
  expect(JSON.parse(again.out)).toEqual({ events: 150, projects: 3, appended: 0, movedOn: false, complete: true });
});

test('killed in the middle, it goes on where it was', async () => {
  await fill(12, 1_000);
  const child = spawn(process.execPath, [BIN, 'copy', '--from', 'sqlite:', '--to', target()], {
    env: { ...process.env, DATA_DIR: join(directory, 'source') },
    stdio: 'ignore',
  });
  const gone = once(child, 'close');
  while ((await arrived()) === 0 && child.exitCode === null) await wait(2);
  child.kill('SIGKILL');
  await gone;
  const before = await arrived();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(12_000);
  const { code, out } = await type('copy', '--from', 'sqlite:', '--to', target(), '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ events: 12_000, projects: 12, appended: 12_000 - before, movedOn: false, complete: true });
});

test('another history in the target is refused, by project, and nothing is written', async () => {
  await fill(2, 10);
  const store = new SqliteEventStore(join(directory, 'target'));
  await store.append('p1', -1, history('p1', 3, { note: 'else' }));
  await store.close();
  const { code, out, err } = await type('copy', '--from', 'sqlite:', '--to', target());
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain('Nothing more was written: project "p1": the target has another history of it');
  expect(await arrived()).toBe(3);
});

test.each([
  [['copy', '--from', 'sqlite:', '--to', 'memory:'], 2, /a ledger in memory is gone/],
  [['copy', '--from', 'mysql://x', '--to', 'sqlite:t'], 2, /"mysql:\/\/x" is no event store: this version knows only sqlite:/],
  [['copy', '--from', 'kurrentdb://me:secret@', '--to', 'sqlite:t'], 2, /must look like kurrentdb:/],
  [['copy', '--from', 'sqlite:'], 2, /--to <url>' not specified/],
  [['copy', '--from', 'sqlite:', '--to', 'sqlite:'], 2, /are the same ledger/],
  [['copy', '--from', 'sqlite:/nowhere/at/all', '--to', 'sqlite:t'], 1, /there is no ledger here yet/],
])('%p ends with code %p', async (line, code, message) => {
  const printed = await type(...line);
  expect(printed).toMatchObject({ code, out: '' });
  expect(printed.err).toMatch(message);
  expect(printed.err).not.toContain('secret');
});

test('a target that a server writes is refused', async () => {
  await fill(1, 1);
  const server = new SqliteEventStore(join(directory, 'target'));
  const { code, err } = await type('copy', '--from', 'sqlite:', '--to', target());
  await server.close();
  expect(code).toBe(1);
  expect(err).toContain('another process writes the ledger');
});
