import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { closeToOthers } from '../../src/files/private';
import { buildLogger } from '../../src/http/logger';
import { start } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { history } from '../fixtures/events';

let directory: string;
let umask: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'private-'));
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(directory, { recursive: true });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const modesIn = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, modeOf(join(path, name))]));

test('all that is made is for this account alone, while it is written and afterwards', async () => {
  const data = join(directory, 'new', 'data');
  const store = new SqliteEventStore(data);
  await store.append('shop', -1, history('shop', 3));
  expect([modeOf(join(directory, 'new')), modeOf(data)]).toEqual(['700', '700']);
  expect(modesIn(data)).toMatchObject({ 'ledger.db': '600', 'ledger.db-wal': '600', 'ledger.db-shm': '600', 'ledger.lock': '600' });
  expect(new Set(Object.values(modesIn(data)))).toEqual(new Set(['600']));
  const type = typingIn({ DATA_DIR: data });
  for (const line of [
    ['heads'],
    ['backup', join(directory, 'backup.db')],
    ['export', '--events', '-o', join(directory, 'events.ndjson')],
    ['export', '--events', '-o', join(directory, 'events.csv')],
  ])
    expect((await type(...line)).code).toBe(0);
  await store.close();
  expect(new Set(Object.values(modesIn(data)))).toEqual(new Set(['600']));
  expect(readdirSync(data)).toEqual(expect.arrayContaining(['heads.log', 'heads.lock', 'heads-key.pem']));
  expect(modesIn(directory)).toEqual({ new: '700', 'backup.db': '600', 'events.ndjson': '600', 'events.csv': '600' });
});

test('a directory that was there keeps its mode, with one warning, and what is in it is taken from other accounts', async () => {
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o755 });
  const before = new SqliteEventStore(data);
  await before.append('shop', -1, history('shop', 3));
  await before.close();
  for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644);
  const logger = buildLogger('silent');
  const warn = jest.spyOn(logger, 'warn');
  const running = await start(readSettings({ DATA_DIR: data, PORT: '0' }), { logger });
  await running.ready;
  expect(warn.mock.calls).toEqual([[`${data}: other accounts can look into it: chmod 700 it, unless that is wanted`]]);
  expect(modeOf(data)).toBe('755');
  expect(new Set(Object.values(modesIn(data)))).toEqual(new Set(['600', '700']));
  await running.stop();
});

test('what is open to a group alone stays so, and what cannot be closed is said, and stops nothing', async () => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, name), '');
  chmodSync(join(directory, 'a'), 0o640);
  chmodSync(join(directory, 'b'), 0o644);
  chmodSync(join(directory, 'c'), 0o644);
  const chmod = jest.spyOn(promises, 'chmod').mockImplementationOnce(async () => {
    throw new Error('EPERM: operation not permitted');
  });
  expect(await closeToOthers(directory, ['a', 'b', 'c', 'none'])).toEqual([
    `${join(directory, 'b')}: other accounts can read it (EPERM: operation not permitted)`,
  ]);
  chmod.mockRestore();
  expect(modesIn(directory)).toEqual({ a: '640', b: '644', c: '600' });
});
