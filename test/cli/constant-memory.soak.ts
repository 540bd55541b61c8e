import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';

const BIN = join(__dirname, '../../bin/experience-ledger');
/** What a process may have for its objects, in MiB: the code alone takes half of it. The ledger is several times as large. */
const HEAP = 96;
const [PROJECTS, EVENTS] = [100, 2_500];

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'memory-'));
  const store = new SqliteEventStore(join(directory, 'data'));
  let part = Array.from({ length: PROJECTS }, (_, at) => history(`project-${at}`, 500, { padding: 500 }));
  for (let from = 0; from < EVENTS; from += 500) {
    await Promise.all(part.map((events) => store.append(events[0]!.projectId, from - 1, events)));
    part = part.map((events) => following(events, 500, { padding: 500 }));
  }
  await store.close();
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true }));

async function run(data: string, ...line: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${HEAP}`, BIN, ...line], {
    env: { ...process.env, DATA_DIR: join(directory, data) },
  });
  return stdout;
}

test('a ledger larger than the memory there is is verified, exported, imported, copied and backed up', async () => {
  expect(statSync(join(directory, 'data/ledger.db')).size).toBeGreaterThan(2 * HEAP * 1024 * 1024);
  const file = join(directory, 'ledger.ndjson');
  expect(await run('data', 'verify')).toContain('Whole: 250,000 events of 100 projects');
  await run('data', 'export', '--events', '-o', file);
  expect(await run('imported', 'import', '--events', file)).toContain('Imported 250,000 events of 100 projects');
  expect(await run('data', 'copy', '--from', 'sqlite:', '--to', `sqlite:${join(directory, 'copied')}`)).toContain('Copied 250,000 events');
  expect(await run('copied', 'backup', join(directory, 'backup.db'))).toContain('Backed up 250,000 events');
}, 900_000);
