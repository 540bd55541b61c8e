import { parse as parseCsv } from 'csv-parse/sync';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../src/domain/event';
import { schemaVersions } from '../../src/domain/decider';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn, type Printed } from '../cli/typing';

const FIXTURE = join(__dirname, '../fixtures/first-version');
const EVENTS = 87;
/** The golden events that the first version wrote. */
const FIRST = 60;
const ONE_GOAL: unknown = expect.arrayContaining([{ role: expect.stringMatching(/^(PRIMARY|SECONDARY)$/) as string }]);

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'first-version-'))));
afterEach(() => rmSync(directory, { recursive: true }));

type Type = (...line: string[]) => Promise<Printed>;
/** A data directory of its own with a copy of the file as its ledger. */
function typingOn(file: string): { readonly dataDir: string; readonly type: Type } {
  const dataDir = join(directory, file);
  for (const [from, to] of [
    [file, 'ledger.db'],
    ['heads.log', 'heads.log'],
    ['heads-key.pem', 'heads-key.pem'],
  ])
    cpSync(join(FIXTURE, from!), join(dataDir, to!));
  return { dataDir, type: typingIn({ DATA_DIR: dataDir }) };
}

async function eventsIn(dataDir: string): Promise<Envelope[]> {
  const store = new SqliteEventStore(dataDir, { readOnly: true });
  const events: Envelope[] = [];
  for await (const { event } of store.readAll()) events.push(event);
  await store.close();
  return events.sort((a, b) => (a.projectId === b.projectId ? a.revision - b.revision : a.projectId < b.projectId ? -1 : 1));
}

test.each(['ledger.db', 'backup.db'])('%s is whole, and is what its heads were signed of', async (file) => {
  const { type } = typingOn(file);
  expect(await type('verify')).toMatchObject({ code: 0, out: expect.stringMatching(/^Whole: 87 events of 2 projects/) as string });
  const against = await type('verify', '--against', join(FIXTURE, 'heads.ndjson'), '--public-key', join(FIXTURE, 'heads.pem'));
  expect(against).toMatchObject({ code: 0, out: expect.stringMatching(/2 signed heads/) as string });
  expect((await type('heads')).out).toBe(readFileSync(join(FIXTURE, 'heads.ndjson'), 'utf8'));
});

test('it has an event of every type of the first version', async () => {
  const types = new Set((await eventsIn(typingOn('ledger.db').dataDir)).map(({ type }) => type));
  const golden = JSON.parse(readFileSync(join(__dirname, '../golden/events-v1.json'), 'utf8')) as Envelope[];
  expect([...new Set(golden.slice(0, FIRST).map(({ type }) => type))].filter((type) => !types.has(type))).toEqual([]);
  expect([...types].filter((type) => !schemaVersions.has(type))).toEqual([]);
});

test('a backup of it holds the same, and so does an import of its export', async () => {
  const { dataDir, type } = typingOn('ledger.db');
  const whole = await eventsIn(dataDir);
  expect(whole).toHaveLength(EVENTS);
  const file = join(directory, 'again.db');
  expect(await type('backup', file)).toMatchObject({ code: 0 });
  cpSync(file, join(directory, 'backup', 'ledger.db'));
  expect(await eventsIn(join(directory, 'backup'))).toEqual(whole);
  const imported = join(directory, 'imported');
  expect(await typingIn({ DATA_DIR: imported })('import', '--events', join(FIXTURE, 'events.ndjson'))).toMatchObject({ code: 0 });
  expect(await eventsIn(imported)).toEqual(whole);
});

test('its CSV export has one record an event for the strictest reader, whichever line break a reason has', async () => {
  const { dataDir, type } = typingOn('ledger.db');
  const { out } = await type('export', '--events', '--format', 'csv');
  for (const record_delimiter of ['\r\n', '\n', '\r']) {
    // Only what is not quoted can end a record.
    const bare = out.replace(/"(?:[^"]|"")*"/g, '""');
    expect(bare.split('\r\n')).toHaveLength(EVENTS + 2);
    expect(bare.replaceAll('\r\n', '')).not.toContain(record_delimiter);
  }
  const records = parseCsv(out, { columns: true, relax_quotes: false, relax_column_count: false, record_delimiter: '\r\n' });
  const reasons = new Map((await eventsIn(dataDir)).map(({ hash, reason = '' }) => [hash, reason]));
  expect(records).toHaveLength(EVENTS);
  for (const { hash, reason } of records as { hash: string; reason: string }[])
    expect(reason.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(reasons.get(hash));
});

describe('a server on it', () => {
  let running: Running;
  let token: string;
  beforeEach(async () => {
    const { dataDir } = typingOn('ledger.db');
    running = await start(readSettings({ DATA_DIR: dataDir, PORT: '0' }), { logger: buildLogger('silent') });
    await running.ready;
    token = running.firstToken as string;
  });
  afterEach(() => running.stop());

  async function ask<Data>(query: string): Promise<Data> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${running.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    expect(errors).toBeUndefined();
    return data;
  }

  test('shows every value and name as it was stored, and who takes part in which experiment', async () => {
    const shown = await ask<Record<string, { nodes: Record<string, unknown>[] }>>(`{
      keys(projectId: "kept", first: 20) { nodes { name defaultValue } }
      segments(projectId: "kept", first: 20) { nodes { name } }
      flags(projectId: "kept", first: 20) { nodes { status rows { value percentage } } }
      experiments(projectId: "kept", first: 20) { nodes { name status exclusive traffic sticky goalRoles { role } started { holdouts { name } } } }
    }`);
    const { keys, segments, flags, experiments } = shown;
    const value = (name: string) => keys?.nodes.find((key) => key['name'] === name)?.['defaultValue'];
    expect(value('big')).toBe(2 ** 53);
    expect(value('bigger')).toBe(1e20);
    expect(value('merge')).toEqual({ '<<': 1, no: 'on', date: '2026-01-01', list: [9007199254740994, -1e300] });
    expect(segments?.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(['\u2800', 'Ünïcode *starred* \\ name']));
    expect(flags?.nodes).toMatchObject([{ status: 'LIVE', rows: [{ value: 2 ** 53 + 2 }, { value: 7 }] }]);
    expect(experiments?.nodes).toEqual(
      expect.arrayContaining([
        { name: 'First', status: 'RUNNING', exclusive: false, traffic: 50, sticky: true, goalRoles: ONE_GOAL, started: { holdouts: [] } },
        { name: 'Second', status: 'RUNNING', exclusive: true, traffic: 100, sticky: true, goalRoles: ONE_GOAL, started: { holdouts: [] } },
        expect.objectContaining({ name: 'Third', status: 'ROLLED_OUT' }),
      ]),
    );
  });

  test('shows its whole history, reasons included, and every point of it', async () => {
    const { history } = await ask<{ history: { totalCount: number; nodes: { reason: string | null; sentence: string }[] } }>(
      '{ history(projectId: "kept", first: 50, order: OLDEST_FIRST) { totalCount nodes { reason sentence } } }',
    );
    expect(history.totalCount).toBe(27);
    const reasons = history.nodes.map(({ reason }) => reason);
    expect(reasons).toEqual(expect.arrayContaining(['first line\nsecond line\r\nthird line', 'ok\n=1+1', 'a lone CR\rhere']));
    for (const projectId of ['kept', 'shop-ios']) {
      const last = projectId === 'kept' ? 26 : 59;
      for (let revision = 0; revision <= last; revision += 5) {
        const { project } = await ask<{ project: { name: string } }>(
          `{ project(id: "${projectId}", asOf: { revision: ${revision} }) { name keys { totalCount } flags { totalCount } experiments { totalCount } } }`,
        );
        expect(project.name).toMatch(/^(Kept for ever|Shop)/);
      }
    }
  });

  test('takes commands on it', async () => {
    const { editKey } = await ask<{ editKey: { version: number } }>(
      'mutation { editKey(input: { projectId: "kept", name: "merge", description: "still here" }) { ... on Key { version } } }',
    );
    expect(editKey).toEqual({ version: 2 });
  });

  test('is as its set-up file says', async () => {
    const type = typingIn({ LEDGER_URL: running.url, LEDGER_TOKEN: token });
    const { code, out } = await type('plan', join(FIXTURE, 'setup.yaml'), '--project', 'kept');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^No changes/) as string });
  });
});
