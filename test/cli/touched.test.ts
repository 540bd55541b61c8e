import { jsonEvent, KurrentDBClient } from '@kurrent/kurrentdb-client';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { following, history } from '../fixtures/events';
import { tamper } from '../fixtures/tamper';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { typingIn, type Printed } from './typing';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'touched-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const file = (name: string): string => join(directory, name);
const events = history('bad', 5);
const foreign = (data: unknown) => jsonEvent({ type: 'Foreign', data: data as never });

describe('a KurrentDB', () => {
  let server: KurrentStandIn;
  let store: KurrentEventStore;
  let client: KurrentDBClient;
  let type: (...line: string[]) => Promise<Printed>;
  beforeEach(async () => {
    server = await KurrentStandIn.start();
    store = await KurrentEventStore.open(server.url);
    client = KurrentDBClient.connectionString(server.url);
    type = typingIn({ DATA_DIR: file('data'), EVENT_STORE: server.url });
    await store.append('good', -1, history('good', 3));
    await store.append('bad', -1, events);
  });
  afterEach(async () => {
    await client.dispose();
    await store.close();
    await server.dispose();
  });

  const truncate = () => client.setStreamMetadata('project-bad', { truncateBefore: 2 });
  /** What is done to the stream, what `verify` says, and how many events of it can be brought out. */
  const touches: readonly (readonly [what: string, touch: () => Promise<unknown>, code: string, message: string, kept: number])[] = [
    ['a soft delete', () => client.deleteStream('project-bad'), 'DELETED', 'project "bad": the stream was deleted in the event store', 5],
    ['a tombstone', () => client.tombstoneStream('project-bad'), 'DELETED', 'project "bad": the stream was deleted in the event store', 5],
    ['a truncation', truncate, 'HIDDEN', 'revision 0 of project "bad": the beginning of the stream is deleted or hidden', 5],
    [
      'a truncation that was scavenged',
      async () => {
        await truncate();
        server.log.scavenge();
      },
      'MISSING',
      'revision 0 of project "bad": it is not there: revision 2 comes where revisions 0 to 1 are missing. It was deleted',
      0,
    ],
    [
      'an event of another program',
      () => client.appendToStream('project-bad', foreign({ a: 1 })),
      'NOT_AN_EVENT',
      'revision 5 of project "bad": it is another program\'s event of type "Foreign", JSON',
      5,
    ],
    [
      'a copy of an event',
      () => client.appendToStream('project-bad', foreign(events[4])),
      'MISPLACED',
      'revision 5 of project "bad": it is a copy of event 4 of project bad',
      5,
    ],
  ];

  test.each(touches)('%s is found by verify, and heads, export and copy go on past it', async (_, touch, code, message, kept) => {
    const before = (await type('heads')).out.split('\n');
    await touch();
    const verified = await type('verify');
    expect(verified).toMatchObject({ code: 3, err: '' });
    expect(verified.out).toContain(`Not whole, ${code}: ${message}`);
    expect(verified.out.match(/Not whole/g)).toHaveLength(1);
    const heads = await type('heads');
    expect(heads.code).toBe(4);
    expect(heads.out.split('\n')).toEqual(before.filter((line) => !line.includes('"bad"')));
    expect(heads.err).toMatch(/^Not signed: .*project "bad"/);

    const exported = await type('export', '--events', '-o', file('all.ndjson'));
    expect(exported).toMatchObject({ code: 4, out: '' });
    expect(exported.err).toContain('Of project "bad"');
    const elsewhere = typingIn({ DATA_DIR: file('elsewhere') });
    expect(JSON.parse((await elsewhere('import', '--events', file('all.ndjson'), '--json')).out)).toMatchObject({ events: 3 + kept });
    expect((await elsewhere('verify')).code).toBe(0);

    const copied = await type('copy', '--from', server.url, '--to', `sqlite:${file('copy')}`);
    expect(copied.code).toBe(4);
    expect(copied.err).toContain(`Of project "bad" the target holds ${kept === 0 ? 'nothing' : `the first ${kept} events`}.`);
    expect((await typingIn({ DATA_DIR: file('copy') })('verify')).out).toContain(`Whole: ${3 + kept} events`);
  });

  test('what can be brought out of one project is exported by itself, and says what is left out', async () => {
    await client.appendToStream('project-bad', foreign({ a: 1 }));
    const { code, err } = await type('export', '--events', '--project', 'bad', '-o', file('bad.ndjson'));
    expect(code).toBe(4);
    expect(err).toContain('Of project "bad" the first 5 events follow each other and were exported.');
    const end = JSON.parse(readFileSync(file('bad.ndjson'), 'utf8').trim().split('\n').at(-1)!) as { data: unknown };
    expect(end.data).toMatchObject({ events: 5, projects: 1, leftOut: [{ projectId: 'bad', from: 5 }] });
  });

  test('an import says what its file says that it lacks', async () => {
    await client.appendToStream('project-bad', foreign({ a: 1 }));
    await type('export', '--events', '-o', file('all.ndjson'));
    const { code, err } = await typingIn({ DATA_DIR: file('elsewhere') })('import', '--events', file('all.ndjson'));
    expect(code).toBe(0);
    expect(err).toBe('The file says that it lacks project "bad" from revision 5 on: it was damaged where it was exported.\n');
  });

  test('a stream that holds nothing of a ledger is named, and wrong with nothing', async () => {
    await client.appendToStream('project-stray', foreign({ hello: 1 }));
    await client.tombstoneStream('project-never');
    const { code, out } = await type('verify');
    expect(code).toBe(0);
    expect(out).toContain('Ignored: stream "stray": it is another program\'s event of type "Foreign", JSON');
    expect(out).toContain('Ignored: stream "never": the stream was deleted in the event store.');
    expect((await type('heads')).code).toBe(0);
    expect((await type('export', '--events')).code).toBe(0);
    expect((await type('copy', '--from', server.url, '--to', `sqlite:${file('copy')}`)).code).toBe(0);
  });

  test('a signed head of a project that is gone for good is not printed again', async () => {
    writeFileSync(file('heads.log'), (await type('heads')).out);
    await client.tombstoneStream('project-bad');
    server.log.scavenge();
    expect(await type('heads')).toMatchObject({
      code: 4,
      err: expect.stringContaining('Not signed: project "bad": the stream was deleted'),
    });
    expect((await type('verify', '--against', file('heads.log'))).out).toContain('Not whole, TRUNCATED: revision 0 of project "bad"');
  });
});

test('in SQLite, too, what is wrong with one project is of that project alone', async () => {
  const store = new SqliteEventStore(file('data'));
  for (const projectId of ['aa', 'bb', 'cc', 'dd']) await store.append(projectId, -1, history(projectId, 6));
  await store.append('cc', 5, following(history('cc', 6), 2));
  tamper(file('data'), (db) => {
    db.exec(`UPDATE events SET body = 'null' WHERE project_id = 'aa' AND revision = 5`);
    db.exec(`UPDATE events SET body = replace(body, 'Grüße', 'Größe') WHERE project_id = 'bb' AND revision = 2`);
    db.exec(`DELETE FROM events WHERE project_id = 'dd' AND revision < 2`);
  });
  const type = typingIn({ DATA_DIR: file('data') });
  const { flaws, events: verified } = JSON.parse((await type('verify', '--json')).out) as { flaws: { code: string }[]; events: number };
  expect(flaws).toMatchObject([
    { code: 'NOT_AN_EVENT', projectId: 'aa', revision: 5 },
    { code: 'ALTERED', projectId: 'bb', revision: 2 },
    { code: 'MISSING', projectId: 'dd', revision: 0 },
  ]);
  expect(verified).toBe(5 + 2 + 8);
  const heads = await type('heads');
  expect(heads.code).toBe(4);
  expect(heads.out.trim().split('\n')).toHaveLength(1);
  expect((await type('export', '--events', '-o', file('all.ndjson'))).code).toBe(4);
  expect(await typingIn({ DATA_DIR: file('elsewhere') })('import', '--events', file('all.ndjson'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('Imported 15 events of 3'),
  });
  const copied = await type('copy', '--from', `sqlite:${file('data')}`, '--to', `sqlite:${file('copy')}`, '--json');
  expect(copied.code).toBe(4);
  expect(JSON.parse(copied.out)).toMatchObject({ events: 15, projects: 3, flaws: [{ held: 5 }, { held: 2 }, { held: 0 }] });
  await store.close();
});

test('in SQLite, too, a subscription brings what is wrong with one project in its turn, and goes on', async () => {
  const store = new SqliteEventStore(file('data'));
  for (const projectId of ['a', 'b']) await store.append(projectId, -1, history(projectId, 3));
  tamper(file('data'), (db) => db.exec(`UPDATE events SET body = 'null' WHERE project_id = 'a' AND revision = 2`));
  const seen: string[] = [];
  for await (const { events: some, damaged = [], caughtUp } of store.subscribe(undefined, new AbortController().signal)) {
    for (const { event } of some) seen.push(`${event.projectId}${event.revision}`);
    for (const { projectId, revision } of damaged) seen.push(`damaged ${projectId}${revision}`);
    if (caughtUp) break;
  }
  expect(seen).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'damaged a2']);
  await store.close();
});
