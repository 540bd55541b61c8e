import { parse } from 'csv-parse/sync';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cursorOf, encodeCursor } from '../../src/domain/cursor';
import { eventId, hashOf, type Envelope } from '../../src/domain/event';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { history } from '../fixtures/events';
import { Ledger } from '../fixtures/ledger';
import { createFlag, createKey, createSegment } from '../fixtures/shop';
import { tamper } from '../fixtures/tamper';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { typingIn, type Printed } from './typing';

let directory: string;
let type: (...line: string[]) => Promise<Printed>;
let elsewhere: (...line: string[]) => Promise<Printed>;
let reported: readonly Envelope[];
let written: string;
beforeAll(async () => {
  written = mkdtempSync(join(tmpdir(), 'events-written-'));
  const ledger = Ledger.started();
  createKey(ledger, 'dark_mode');
  createSegment(ledger, '=cmd|calc');
  createFlag(ledger, 'Lights', 'dark_mode');
  ledger.accept(
    { type: 'EditKey', name: 'dark_mode', description: 'a\nb "c", d' },
    { reason: '@SUM(1)', actor: { id: '-me', kind: 'user' } },
  );
  reported = ledger.events;
  const store = new SqliteEventStore(written);
  await store.append('shop', -1, reported.slice(0, 3));
  await store.append('web', -1, history('web', 4));
  await store.append('shop', 2, reported.slice(3));
  await store.close();
});
afterAll(() => rmSync(written, { recursive: true }));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'events-'));
  type = typingIn({ DATA_DIR: join(directory, 'data') });
  elsewhere = typingIn({ DATA_DIR: join(directory, 'other') });
  cpSync(written, join(directory, 'data'), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

const file = (name = 'ledger.ndjson'): string => join(directory, name);

async function stored(name: string): Promise<Envelope[]> {
  const store = new SqliteEventStore(join(directory, name), { readOnly: true });
  const events: Envelope[] = [];
  for await (const { event } of store.readAll()) events.push(event);
  await store.close();
  return events;
}

async function exported(): Promise<string[]> {
  expect(await type('export', '--events', '-o', file())).toEqual({ code: 0, out: '', err: '' });
  return readFileSync(file(), 'utf8').split('\n').slice(0, -1);
}

test('every event is a CloudEvent on a line, and the last line says how many there are', async () => {
  const lines = await exported();
  const events = await stored('data');
  expect(lines).toHaveLength(events.length + 1);
  const [first] = events as [Envelope];
  expect(JSON.parse(lines[0]!)).toEqual({
    specversion: '1.0',
    id: first.id,
    source: '/projects/shop',
    type: 'ProjectCreated',
    subject: 'project/shop',
    time: '2026-01-01T00:00:01.000Z',
    datacontenttype: 'application/json',
    revision: 0,
    cursor: encodeCursor(cursorOf(first)),
    sentence: 'alice created project *Shop*',
    data: first,
  });
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({
    specversion: '1.0',
    type: 'ExportCompleted',
    data: { events: events.length, projects: 2 },
  });
  expect((await type('export', '--events')).out).toBe(`${lines.join('\n')}\n`);
  expect((await type('export', '--events', '--project', 'web')).out.split('\n')).toHaveLength(6);
});

test('imported into an empty store it is the same ledger, byte for byte, and the second time there is nothing to do', async () => {
  const lines = await exported();
  const { code, out, err } = await elsewhere('import', '--events', file());
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(`Imported ${lines.length - 1} events of 2 projects into ${join(directory, 'other')}: every chain is whole.\n`);
  const events = await stored('other');
  for (const projectId of ['shop', 'web']) {
    const of = (all: Envelope[]) => all.filter((event) => event.projectId === projectId).map((event) => JSON.stringify(event));
    expect(of(events)).toEqual(of(await stored('data')));
  }
  expect(JSON.parse((await elsewhere('import', '--events', file(), '--json')).out)).toEqual({ events: 9, projects: 2, appended: 0 });
  expect((await elsewhere('verify')).code).toBe(0);
});

test('what was imported elsewhere is exported again as the same bytes, whatever the order in which the store has it', async () => {
  const lines = await exported();
  expect(lines.map((line) => (JSON.parse(line) as { source: string }).source)).toEqual([
    ...Array<string>(5).fill('/projects/shop'),
    ...Array<string>(4).fill('/projects/web'),
    '/export',
  ]);
  await elsewhere('import', '--events', file());
  const server = await KurrentStandIn.start();
  try {
    const there = typingIn({ DATA_DIR: join(directory, 'third'), EVENT_STORE: server.url });
    expect((await there('import', '--events', file())).code).toBe(0);
    for (const again of [elsewhere, there]) expect((await again('export', '--events')).out).toBe(readFileSync(file(), 'utf8'));
  } finally {
    await server.dispose();
  }
});

test('a sentence is for people: another version says it otherwise, and none is stored', async () => {
  const lines = (await exported()).map((line) => line.replace(/"sentence":"(?:[^"\\]|\\.)*"/, '"sentence":"in other words"'));
  writeFileSync(file(), lines.map((line) => `${line}\n`).join(''));
  expect((await elsewhere('import', '--events', file())).code).toBe(0);
  expect(JSON.stringify(await stored('other'))).not.toContain('sentence');
  expect((await elsewhere('verify')).code).toBe(0);
});

test('an import that was ended goes on, beside projects of which the file says nothing', async () => {
  await exported();
  const store = new SqliteEventStore(join(directory, 'other'));
  await store.append('shop', -1, reported.slice(0, 2));
  await store.append('mine', -1, history('mine', 3));
  await store.close();
  const { out } = await elsewhere('import', '--events', file(), '--json');
  expect(JSON.parse(out)).toEqual({ events: 9, projects: 2, appended: 7 });
});

test.each([
  ['another history of a project', 'shop', history('shop', 3), /project "shop": the target has another history of it/],
  ['more of a project', 'web', history('web', 6), /project "web": the target is at revision 5, and what is brought ends at 3/],
])('a store that holds %s is refused, and nothing is written', async (_, projectId, events, message) => {
  await exported();
  const store = new SqliteEventStore(join(directory, 'other'));
  await store.append(projectId, -1, events);
  await store.close();
  const { code, err } = await elsewhere('import', '--events', file());
  expect(code).toBe(1);
  expect(err).toMatch(message);
  expect(await stored('other')).toEqual(events);
});

/** The line with its event changed, and sealed as if it had always been so. */
function forged(line: string, changes: Partial<Envelope>): string {
  const cloudEvent = JSON.parse(line) as { data: Envelope };
  const event = { ...cloudEvent.data, ...changes };
  const hash = hashOf(event);
  return JSON.stringify({ ...cloudEvent, id: eventId(hash), data: { ...event, id: eventId(hash), hash } });
}

const broken: readonly (readonly [what: string, break_: (lines: string[]) => string[], line: number, message: string])[] = [
  ['a line cut short', (lines) => lines.with(2, lines[2]!.slice(0, 200)), 3, 'it is not JSON, so it was cut short or changed'],
  ['an empty line', (lines) => lines.toSpliced(2, 0, ''), 3, 'it is not JSON'],
  ['a list', (lines) => lines.with(2, '[]'), 3, 'it is not a CloudEvent'],
  ['another specversion', (lines) => lines.with(2, lines[2]!.replace('"1.0"', '"0.3"')), 3, 'its specversion is "0.3"'],
  ['no data', (lines) => lines.with(2, '{"specversion":"1.0","type":"KeyCreated"}'), 3, 'its data is not an event of a ledger: data'],
  ['no entity', (lines) => lines.with(2, lines[2]!.replace('"entity":', '"entitY":')), 3, 'data.entity'],
  [
    'an altered event',
    (lines) => lines.with(2, lines[2]!.replace('"at":', '"AT":').replace('alice","kind', 'mallory","kind')),
    3,
    'not what was sealed',
  ],
  [
    'an attribute that disagrees',
    (lines) => lines.with(2, lines[2]!.replace('/projects/', '/p/')),
    3,
    'its source is "/p/shop", but the event in it says',
  ],
  ['a missing line', (lines) => lines.toSpliced(1, 1), 2, 'revision 2 comes where revision 1 is missing'],
  ['swapped lines', (lines) => lines.toSpliced(1, 2, lines[2]!, lines[1]!), 2, 'revision 2 comes where revision 1 is missing'],
  ['a line twice', (lines) => lines.toSpliced(1, 0, lines[1]!), 3, 'there twice, or out of its place'],
  ['a forged event', (lines) => lines.with(1, forged(lines[1]!, { reason: 'invented' })), 3, 'the record was rewritten'],
  [
    'a forged last event',
    (lines) => lines.with(-2, forged(lines.at(-2)!, { reason: 'invented' })),
    10,
    'lines are missing, or were changed',
  ],
  ['a missing tail', (lines) => lines.toSpliced(-2, 1), 9, '8 events of 2 projects come before it, but 9 of 2, or others, were exported'],
  ['no last line', (lines) => lines.slice(0, -1), 10, 'the file ends without the line ExportCompleted: it was cut short'],
  ['more after the last line', (lines) => [...lines, lines[0]!], 11, 'there is more after the line ExportCompleted'],
  [
    'a member that stands twice, of which the last is right',
    (lines) => lines.with(2, lines[2]!.replace('"actor":', '"actor":{"id":"eve","kind":"user"},"actor":')),
    3,
    'it has the member "actor" twice in one object, so it was changed',
  ],
  [
    'a member that stands twice, once escaped',
    (lines) => lines.with(2, lines[2]!.replace('"data":{', '"d\\u0061ta":1,"data":{')),
    3,
    'it has the member "data" twice',
  ],
  ['nothing', () => [], 1, 'the file ends without the line ExportCompleted'],
];

test.each(broken)('a file with %s is refused by its line, and nothing of it is written', async (_, break_, line, message) => {
  const lines = break_(await exported());
  writeFileSync(file(), lines.map((text) => `${text}\n`).join(''));
  const { code, out, err } = await elsewhere('import', '--events', file());
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`${file()}:${line}: `);
  expect(err).toContain(message);
  expect(err).toContain('Nothing was written.');
  expect(await stored('other')).toEqual([]);
});

test('what is not text, or one endless line, is refused without being read into memory', async () => {
  writeFileSync(file(), Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
  expect((await elsewhere('import', '--events', file())).err).toContain(':1: it is not text in UTF-8');
  writeFileSync(file(), Buffer.alloc(5 * 1024 * 1024, 'x'));
  expect((await elsewhere('import', '--events', file())).err).toContain(':1: it is longer than any event can be');
  expect((await elsewhere('import', '--events', file('none'))).err).toContain('none cannot be read');
});

test('as CSV it is for people: nothing in it is taken for a formula', async () => {
  expect((await type('export', '--events', '--project', 'shop', '-o', file('shop.csv'))).code).toBe(0);
  const rows = parse(readFileSync(file('shop.csv'), 'utf8'), { columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength(reported.length);
  expect(rows[2]).toMatchObject({ revision: '2', actor: 'alice', type: 'SegmentCreated', name: "'=cmd|calc", kind: 'segment' });
  expect(rows[4]).toMatchObject({ actor: "'-me", reason: "'@SUM(1)", time: '2026-01-01T00:00:05.000Z', hash: reported[4]!.hash });
  expect(JSON.parse(rows[4]!['data']!)).toEqual(reported[4]!.data);
  for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
});

test('of a project that is not whole what follows from its beginning is exported, all of the others, and what is wrong is reported', async () => {
  tamper(join(directory, 'data'), (db) => db.exec(`UPDATE events SET body = replace(body, 'dark_mode', 'dark_mood') WHERE position = 2`));
  const { code, err } = await type('export', '--events', '-o', file());
  expect(code).toBe(4);
  expect(err).toContain('Not whole, ALTERED: revision 1 of project "shop": its content is not what was sealed');
  expect(err).toContain('Of project "shop" its first event was exported.');
  expect((await elsewhere('import', '--events', file())).out).toContain('Imported 5 events of 2 projects');
});

test.each([
  [['export'], 2, 'Say which project with --project <id>, or --events.'],
  [['export', '--project', 'shop', '--format', 'csv'], 2, '--format csv is for events'],
  [['export', '--events', '--format', 'yaml'], 2, '--format yaml is for a set-up file'],
  [['export', '--events', '--project', 'missing'], 1, 'There is no project "missing"'],
  [['export', '--events', '-o', '/dev/null'], 1, '/dev/null is there, and is not a file'],
  [['import'], 2, "required option '--events <file>' not specified"],
])('%p ends with code %p', async (line, code, message) => {
  expect(await type(...line)).toMatchObject({ code, out: '', err: expect.stringContaining(message) });
});
