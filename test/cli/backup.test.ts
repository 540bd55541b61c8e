import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Envelope } from '../../src/domain/event';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { ServerProcess } from '../fault/server-process';
import { following, history } from '../fixtures/events';
import { tamper } from '../fixtures/tamper';
import { typingIn } from './typing';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

let directory: string;
let type: ReturnType<typeof typingIn>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backup-'));
  type = typingIn({ DATA_DIR: join(directory, 'data') });
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = (): string => join(directory, 'backup.db');

async function fill(): Promise<Envelope[]> {
  const events = [...history('shop', 50), ...history('other', 30)];
  const store = new SqliteEventStore(join(directory, 'data'));
  await store.append('shop', -1, events.slice(0, 50));
  await store.append('other', -1, events.slice(50));
  await store.close();
  return events;
}

/** All events of the ledger that the file is, opened to be written. */
async function opened(backup: string): Promise<Envelope[]> {
  const restored = join(directory, 'restored');
  mkdirSync(restored);
  renameSync(backup, join(restored, 'ledger.db'));
  const store = new SqliteEventStore(restored);
  const events: Envelope[] = [];
  for await (const { event } of store.readAll()) events.push(event);
  const stream = events.filter(({ projectId }) => projectId === events[0]?.projectId);
  await store.append(stream[0]!.projectId, stream.length - 1, following(stream, 1));
  await store.close();
  rmSync(restored, { recursive: true });
  return events;
}

test('the file is the ledger, and can be opened and written as one', async () => {
  const events = await fill();
  const { code, out, err } = await type('backup', file());
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(
    /^Backed up 80 events of 2 projects into .*backup.db \([\d,]+ bytes\): the file is sound, and every chain is whole.\n$/,
  );
  expect(readdirSync(directory).sort()).toEqual(['backup.db', 'data']);
  expect(await opened(file())).toEqual(events);
});

test('a file that is there is left as it is, unless it is to be replaced', async () => {
  const events = await fill();
  writeFileSync(file(), 'mine');
  const refused = await type('backup', file());
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--force to replace it') });
  expect(readFileSync(file(), 'utf8')).toBe('mine');
  const { code, out } = await type('backup', file(), '--force', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ file: file(), bytes: expect.any(Number), events: 80, projects: 2 });
  expect(await opened(file())).toEqual(events);
});

test('of a ledger that another process writes it is a whole one, with all that was acknowledged before it began, and the other goes on', async () => {
  const child = spawn(
    process.execPath,
    [...LOAD_TYPESCRIPT, join(__dirname, '../event-store/sqlite-child.ts'), 'write', join(directory, 'data')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const gone = once(child, 'close');
  try {
    const acknowledged: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => acknowledged.push(line));
    const more = async (): Promise<void> => {
      for (const enough = acknowledged.length + 300; acknowledged.length < enough;) await wait(5);
    };
    for (let round = 0; round < 2; round += 1) {
      await more();
      const before = acknowledged.slice(1);
      expect(await type('backup', file(), '--force')).toMatchObject({ code: 0 });
      const events = await opened(file());
      const ids = new Set(events.map(({ id }) => id));
      expect(before.filter((id) => !ids.has(id))).toEqual([]);
      const one = events.filter(({ projectId }) => projectId === 'one');
      expect(one).toEqual(history('one', one.length, { padding: 300 }));
    }
    await more();
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
});

test('a running server goes on beside it', async () => {
  const server = await ServerProcess.start(join(directory, 'data'));
  const create = (projectId: string): Promise<Response> =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
      body: JSON.stringify({ query: `mutation { createProject(input: { projectId: "${projectId}", name: "X" }) { __typename } }` }),
    });
  await create('before');
  const [backup, during] = await Promise.all([type('backup', file()), create('during')]);
  expect(await during.json()).toEqual({ data: { createProject: { __typename: 'Project' } } });
  await server.stop();
  expect(backup).toMatchObject({ code: 0, err: '' });
});

test('of a ledger that is not whole there is none, and it is said why', async () => {
  await fill();
  tamper(join(directory, 'data'), (db) => db.exec(`UPDATE events SET body = replace(body, '"c7"', '"cx"') WHERE position = 9`));
  const { code, err } = await type('backup', file());
  expect(code).toBe(1);
  expect(err).toContain(
    'No backup was made, for the ledger is not whole: revision 8 of project "shop": its content is not what was sealed',
  );
  expect(readdirSync(directory)).toEqual(['data']);
});

test.each([
  [{ EVENT_STORE: 'kurrentdb://localhost:2113' }, 'copy --to sqlite:DIRECTORY'],
  [{ EVENT_STORE: 'memory:' }, 'EVENT_STORE is memory'],
  [{ EVENT_STORE: 'sqlite:/nowhere' }, 'there is no ledger here yet'],
])('with %p there is nothing to back up, and it is said what to do', async (environment, message) => {
  const { code, err } = await typingIn({ DATA_DIR: directory, ...environment })('backup', file());
  expect(code).toBe(1);
  expect(err).toContain(message);
});
