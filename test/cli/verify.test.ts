import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type Database from 'libsql';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventId, hashOf, type Envelope } from '../../src/domain/event';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';
import { writeFormat1 } from '../fixtures/format-1';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { tamper } from '../fixtures/tamper';
import { typingIn, type Printed } from './typing';

let directory: string;
let type: (...line: string[]) => Promise<Printed>;
let written: string;
beforeAll(async () => {
  written = mkdtempSync(join(tmpdir(), 'verify-written-'));
  await append(written, history('shop', 12), history('other', 8));
});
afterAll(() => rmSync(written, { recursive: true }));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verify-'));
  type = typingIn({ DATA_DIR: join(directory, 'data') });
  cpSync(written, data(), { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

const data = (): string => join(directory, 'data');
const file = (name: string): string => join(directory, name);

/** Histories, or what follows them, in turns of four events. */
async function append(to: string, ...histories: readonly Envelope[][]): Promise<void> {
  const store = new SqliteEventStore(to);
  for (let from = 0; from < 100; from += 4) {
    for (const events of histories) {
      const part = events.slice(from, from + 4);
      if (part.length > 0) await store.append(part[0]!.projectId, part[0]!.revision - 1, part);
    }
  }
  await store.close();
}

/** Prints the heads as they are now into a file. */
async function heads(name = 'heads.log'): Promise<string> {
  const { code, out } = await type('heads');
  expect(code).toBe(0);
  writeFileSync(file(name), out);
  return file(name);
}

const SHOP = `project_id = 'shop' AND revision`;

test('a ledger that is as it was written is whole', async () => {
  const { code, out, err } = await type('verify');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Whole: 20 events of 2 projects, every hash, link, number and time \([\d.]+ s\)\.\n$/);
  const one = JSON.parse((await type('verify', '--project', 'other', '--json')).out) as unknown;
  expect(one).toEqual({ whole: true, events: 8, projects: 1, seconds: expect.any(Number), flaws: [] });
});

test('beside a process that writes it, too', async () => {
  const writer = new SqliteEventStore(data());
  const [verifying, writing] = [type('verify'), writer.append('shop', 11, following(history('shop', 12), 5))];
  await writing;
  expect(await verifying).toMatchObject({ code: 0, err: '' });
  await writer.close();
});

/** Swaps what two rows hold in these columns. */
const swap = (columns: readonly string[], a: number, b: number) => (db: Database.Database) => {
  const rows = [a, b].map((revision) => db.prepare(`SELECT ${columns.join()} FROM events WHERE ${SHOP} = ?`).get(revision)) as object[];
  const spot = [a, b].map(
    (revision) => (db.prepare(`SELECT position FROM events WHERE ${SHOP} = ?`).get(revision) as { position: number }).position,
  );
  const set = db.prepare(`UPDATE events SET ${columns.map((column) => `${column} = ?`).join()} WHERE position = ?`);
  // Out of the way first: ids and revisions are unique.
  if (columns.includes('id')) db.exec(`UPDATE events SET id = 'x', revision = 1000 WHERE position = ${spot[0]}`);
  set.run(...columns.map((column) => (rows[0] as Record<string, unknown>)[column]), spot[1]);
  set.run(...columns.map((column) => (rows[1] as Record<string, unknown>)[column]), spot[0]);
};

const tampering: readonly (readonly [what: string, act: (db: Database.Database) => void, code: string, message: string])[] = [
  [
    'one flipped byte',
    (db) => db.exec(`UPDATE events SET body = replace(body, 'Grüße', 'Größe') WHERE ${SHOP} = 5`),
    'ALTERED',
    'revision 5 of project "shop": its content is not what was sealed: something in it was changed after it was written, if only a byte',
  ],
  [
    'one flipped byte in its revision',
    (db) => db.exec(`UPDATE events SET body = replace(body, '"revision":5', '"revision":7') WHERE ${SHOP} = 5`),
    'ALTERED',
    'revision 5 of project "shop": what is stored there calls itself event 7 of project shop: something in it was changed after it was written',
  ],
  [
    'a missing event',
    (db) => db.exec(`DELETE FROM events WHERE ${SHOP} = 5`),
    'MISSING',
    'revision 5 of project "shop": it is not there: revision 6 comes where revision 5 is missing. It was deleted',
  ],
  [
    'a missing beginning',
    (db) => db.exec(`DELETE FROM events WHERE ${SHOP} < 3`),
    'MISSING',
    'revision 0 of project "shop": it is not there: revision 3 comes where revisions 0 to 2 are missing. It was deleted',
  ],
  [
    'two swapped events',
    swap(['body'], 5, 6),
    'MISPLACED',
    'revision 5 of project "shop": what is stored there calls itself event 6 of project shop, which is as it was sealed: two events were swapped, or one was moved',
  ],
  [
    'two swapped rows',
    swap(['project_id', 'revision', 'id', 'type', 'entity_kind', 'entity_id', 'occurred_at', 'body'], 5, 6),
    'OUT_OF_ORDER',
    'revision 5 of project "shop": it is not there: revision 6 comes where revision 5 is missing. It is in the store, but further on: events were swapped',
  ],
  [
    'an event given to another project',
    (db) => db.exec(`UPDATE events SET project_id = 'other', revision = 8 WHERE ${SHOP} = 11`),
    'MISPLACED',
    'revision 8 of project "other": what is stored there calls itself event 11 of project shop, which is as it was sealed: two events were swapped, or one was moved',
  ],
  [
    'text that is no JSON',
    (db) => db.exec(`UPDATE events SET body = substr(body, 1, 100) WHERE ${SHOP} = 5`),
    'NOT_AN_EVENT',
    'revision 5 of project "shop": what is stored there is not JSON',
  ],
  [
    'JSON that is no event',
    (db) => db.exec(`UPDATE events SET body = 'null' WHERE ${SHOP} = 5`),
    'NOT_AN_EVENT',
    'revision 5 of project "shop": what is stored there calls itself event undefined of project undefined',
  ],
];

test.each(tampering)('%s: found, with exit code 3 and a message', async (_, act, code, message) => {
  tamper(data(), act);
  const { code: exit, out, err } = await type('verify');
  expect({ exit, err }).toEqual({ exit: 3, err: '' });
  expect(out).toContain(`Not whole, ${code}: ${message}`);
  const { flaws, whole } = JSON.parse((await type('verify', '--json')).out) as { flaws: { code: string }[]; whole: boolean };
  expect([whole, flaws.map((flaw) => flaw.code)]).toEqual([false, [code]]);
});

/** What changes the text of an event, or what is stored beside it, and not the event: other programs would read it otherwise. */
const rewriting: readonly (readonly [what: string, act: (db: Database.Database) => void, message: string])[] = [
  [
    'a member that stands twice',
    (db) => db.exec(`UPDATE events SET body = replace(body, '"data":{', '"actor":{"id":"eve"},"data":{') WHERE ${SHOP} = 5`),
    'revision 5 of project "shop": its text is not the text that a ledger writes for it',
  ],
  [
    'a member that stands twice, the right one last',
    (db) => db.exec(`UPDATE events SET body = replace(body, '"actor":', '"actor":{"id":"eve"},"actor":') WHERE ${SHOP} = 5`),
    'revision 5 of project "shop": its text is not',
  ],
  [
    'trailing blanks',
    (db) => db.exec(`UPDATE events SET body = body || '  ' WHERE ${SHOP} = 11`),
    'revision 11 of project "shop": its text is not',
  ],
  [
    'text behind the end of the text',
    (db) => db.exec(`UPDATE events SET body = CAST(body || x'00' || '{"reason":"forged"}' AS TEXT) WHERE ${SHOP} = 5`),
    'revision 5 of project "shop": ',
  ],
  [
    'a body of bytes',
    (db) => db.exec(`UPDATE events SET body = CAST(body AS BLOB) WHERE ${SHOP} = 5`),
    'revision 5 of project "shop": its body is stored as bytes, not as text',
  ],
  ...['type', 'entity_kind', 'entity_id'].map(
    (column) =>
      [
        `another ${column}`,
        (db: Database.Database) => db.exec(`UPDATE events SET ${column} = 'forged' WHERE ${SHOP} = 5`),
        `revision 5 of project "shop": its column ${column} says "forged", and the event `,
      ] as const,
  ),
  [
    'another time',
    (db) => db.exec(`UPDATE events SET occurred_at = occurred_at + 1 WHERE ${SHOP} = 5`),
    'revision 5 of project "shop": its column occurred_at says ',
  ],
  [
    'a trigger',
    (db) => db.exec(`CREATE TRIGGER quiet AFTER INSERT ON events BEGIN DELETE FROM events WHERE position = 1; END`),
    'the file has the trigger "quiet", which is not of a ledger',
  ],
  ['a view', (db) => db.exec(`CREATE VIEW history AS SELECT * FROM events`), 'the file has the view "history", which is not of a ledger'],
  ['another index', (db) => db.exec(`CREATE INDEX mine ON events (type)`), 'the file has the index "mine", which is not of a ledger'],
  ['another column', (db) => db.exec(`ALTER TABLE events ADD COLUMN note TEXT`), 'the table "events" of the file was changed'],
  ['an index that is gone', (db) => db.exec(`DROP INDEX events_by_stream`), 'the file lacks the index events_by_stream'],
  ['a second id', (db) => db.exec(`INSERT INTO ledger VALUES ('x')`), 'the table "ledger" must hold one id, and holds 2'],
];

test.each(rewriting)('%s: found as rewritten text, with exit code 3', async (_, act, message) => {
  tamper(data(), act);
  const { code: exit, out, err } = await type('verify');
  expect({ exit, err }).toEqual({ exit: 3, err: '' });
  expect(out).toContain(`Not whole, REWRITTEN_TEXT: ${message}`);
  const { flaws, whole } = JSON.parse((await type('verify', '--json')).out) as { flaws: { code: string }[]; whole: boolean };
  expect([whole, flaws.map((flaw) => flaw.code)]).toEqual([false, ['REWRITTEN_TEXT']]);
  expect((await type('verify', '--project', 'shop')).code).toBe(3);
});

test('a file of format 1 has other objects, and is whole with them alone', async () => {
  const old = typingIn({ DATA_DIR: file('old') });
  writeFormat1(file('old'), history('shop', 12));
  expect(await old('verify')).toMatchObject({ code: 0, err: '' });
  tamper(file('old'), (db) => db.exec('CREATE TABLE ledger (id TEXT NOT NULL)'));
  expect((await old('verify')).out).toContain('Not whole, REWRITTEN_TEXT: the file has the table "ledger", which is not of a ledger.');
});

test('whatever character of whatever event is another, it is found', async () => {
  const rows: [number, string][] = [];
  tamper(data(), (db) => rows.push(...(db.prepare('SELECT position, body FROM events').raw().all() as [number, string][])));
  const set = (position: number, body: string): void =>
    tamper(data(), (db) => db.prepare('UPDATE events SET body = ? WHERE position = ?').run(body, position));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...rows), fc.nat(), fc.integer({ min: 1, max: 90 }), async ([position, body], at, by) => {
      const place = at % body.length;
      const other = String.fromCharCode(33 + ((body.charCodeAt(place) + by) % 94));
      fc.pre(other !== body[place]);
      set(position, `${body.slice(0, place)}${other}${body.slice(place + 1)}`);
      const { code } = await type('verify');
      set(position, body);
      expect(code).toBe(3);
    }),
    { numRuns: 25 },
  );
  expect((await type('verify')).code).toBe(0);
});

test('a change that is sealed anew shows at the next event', async () => {
  tamper(data(), (db) => {
    const [body] = db.prepare(`SELECT body FROM events WHERE ${SHOP} = 5`).raw().get() as [string];
    const forged = { ...(JSON.parse(body) as Envelope), reason: 'invented' };
    const hash = hashOf(forged);
    const id = eventId(hash);
    db.prepare(`UPDATE events SET id = ?, body = ? WHERE ${SHOP} = 5`).run(id, JSON.stringify({ ...forged, id, hash }));
  });
  const { code, out } = await type('verify');
  expect(code).toBe(3);
  expect(out).toContain('Not whole, UNLINKED: revision 6 of project "shop": it does not follow the event that is stored as revision 5');
});

describe('against signed heads', () => {
  test('a history that has grown since passes through them', async () => {
    const signed = await heads();
    await append(data(), following(history('shop', 12), 6));
    const { code, out } = await type('verify', '--against', signed);
    expect(code).toBe(0);
    expect(out).toContain(`2 signed heads of ${signed} are genuine, and the histories pass through all of them.`);
    expect((await type('verify', '--against', join(data(), 'heads.log'))).code).toBe(0);
  });

  test('a tail that was cut off is found, which nothing else can find', async () => {
    const signed = await heads();
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE ${SHOP} > 8`));
    expect((await type('verify')).code).toBe(0);
    const { code, out } = await type('verify', '--against', signed);
    expect(code).toBe(3);
    expect(out).toContain(
      'Not whole, TRUNCATED: revision 9 of project "shop": the history ends before it, but had reached revision 11 when its head was signed: it was cut off.',
    );
  });

  test('a project that is gone is found', async () => {
    const signed = await heads();
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE project_id = 'other'`));
    expect((await type('verify')).code).toBe(0);
    expect((await type('verify', '--against', signed)).out).toContain('TRUNCATED: revision 0 of project "other"');
    expect((await type('verify', '--against', signed, '--project', 'shop')).code).toBe(0);
    expect((await type('verify', '--against', signed, '--project', 'other')).code).toBe(3);
  });

  test('a history that was wholly rewritten, chain and all, is found', async () => {
    const signed = await heads();
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE project_id = 'shop'`));
    await append(data(), history('shop', 30, { note: 'invented' }));
    expect((await type('verify')).code).toBe(0);
    const { code, out } = await type('verify', '--against', signed);
    expect(code).toBe(3);
    expect(out).toContain(
      'Not whole, REWRITTEN: revision 11 of project "shop": it does not have the hash it had when its head was signed: the history was rewritten since.',
    );
  });

  test('one head alone, in any layout, is enough', async () => {
    const line = (await type('heads', '--project', 'shop')).out;
    writeFileSync(file('one.json'), JSON.stringify(JSON.parse(line), null, 2));
    expect((await type('verify', '--against', file('one.json'))).code).toBe(0);
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE ${SHOP} = 11`));
    expect((await type('verify', '--against', file('one.json'))).code).toBe(3);
  });

  test('a head that was changed, cut short or signed by someone else is reported by its line', async () => {
    const signed = await heads();
    const [first = '', second = ''] = readFileSync(signed, 'utf8').split('\n');
    const otherKey = second.replace(/(?<="keyId":")./, (digit) => (digit === '0' ? '1' : '0'));
    writeFileSync(signed, `${first.replace('"revision":7', '"revision":6')}\n${second.slice(0, 100)}\n\n${otherKey}\n`);
    const { code, out } = await type('verify', '--against', signed);
    expect(code).toBe(3);
    expect(out).toContain(`${signed}:1: the signature is not good: what the line says is not what was signed.`);
    expect(out).toContain(`${signed}:2: this is not a signed head: it was cut off or changed, or never was one.`);
    expect(out).toMatch(/heads.log:4: this head was signed with the key [01]\w*, whose public key was not given/);
  });

  test.each([
    ['an empty file', ''],
    ['a file of blank lines', '\n\n'],
  ])('%s is nothing to verify against, which is no success', async (_, text) => {
    await heads();
    writeFileSync(file('empty.log'), text);
    const { code, out, err } = await type('verify', '--against', file('empty.log'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`${file('empty.log')} holds no signed head, so there is nothing to verify against.`);
  });

  test('heads of other projects alone are nothing to verify one against', async () => {
    writeFileSync(file('one.log'), (await type('heads', '--project', 'shop')).out);
    const { code, err } = await type('verify', '--against', file('one.log'), '--project', 'other');
    expect(code).toBe(1);
    expect(err).toContain('holds no signed head of project "other"');
  });

  test('a pipe is read once, and all of it', async () => {
    const signed = await heads();
    const pipe = file('pipe');
    execFileSync('mkfifo', [pipe]);
    const through = async (text: string): Promise<Printed> => {
      const [found] = await Promise.all([type('verify', '--against', pipe), writeFile(pipe, text)]);
      return found;
    };
    const text = readFileSync(signed, 'utf8');
    expect((await through(text)).out).toContain(`2 signed heads of ${pipe} are genuine`);
    expect((await through(text.repeat(1_000))).out).toContain(`2,000 signed heads of ${pipe} are genuine`);
    const single = JSON.stringify(JSON.parse(text.split('\n')[0]!), null, 2);
    expect((await through(single)).out).toContain(`1 signed head of ${pipe} is genuine`);
    expect(await through('')).toMatchObject({ code: 1, err: expect.stringContaining('holds no signed head') });
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE ${SHOP} = 11`));
    expect((await through(text)).code).toBe(3);
  });

  test('a member that stands twice in a head, or what is no UTF-8, is reported by its line', async () => {
    const [first = '', second = ''] = readFileSync(await heads(), 'utf8').split('\n');
    writeFileSync(file('twice.log'), `${first}\n${second.replace('"revision":', '"revision":0,"revision":')}\n`);
    expect((await type('verify', '--against', file('twice.log'))).out).toContain('twice.log:2: this is not a signed head');
    writeFileSync(file('bytes.log'), Buffer.concat([Buffer.from(`${first}\n`), Buffer.from([0xff, 0x0a])]));
    expect(await type('verify', '--against', file('bytes.log'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('bytes.log:2: it is not text in UTF-8'),
    });
  });

  test('with the public key alone, kept elsewhere, on a machine without the private one', async () => {
    const signed = await heads();
    writeFileSync(file('heads.pem'), (await type('heads', '--public-key')).out);
    rmSync(join(data(), 'heads-key.pem'));
    const without = await type('verify', '--against', signed);
    expect(without).toMatchObject({ code: 1, out: '', err: expect.stringContaining('give the public key') });
    expect((await type('verify', '--against', signed, '--public-key', file('heads.pem'))).code).toBe(0);
    await heads('others.log');
    const { code, out } = await type('verify', '--against', file('others.log'), '--public-key', file('heads.pem'));
    expect(code).toBe(3);
    expect(out).toContain('whose public key was not given');
  });
});

describe('what cannot be found out ends with code 1', () => {
  test.each([
    [['verify', '--project', 'missing'], 'There is no project "missing"'],
    [['verify', '--against', '/nowhere/heads.log', '--public-key', '/nowhere/key'], '/nowhere/key cannot be read'],
    [['verify', '--against', 'x', '--public-key', __filename], 'it is not an Ed25519 public key in PEM'],
    [['heads', '--project', 'missing'], 'There is no project "missing"'],
  ])('%p', async (line, message) => {
    expect(await type(...line)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
  });

  test('no ledger', async () => {
    const elsewhere = typingIn({ DATA_DIR: file('nowhere') });
    expect(await elsewhere('verify')).toMatchObject({ code: 1, err: expect.stringContaining('there is no ledger here yet') });
  });
});

describe('heads', () => {
  test('prints one line for each project, which is also added to the log, by a key for this user alone', async () => {
    const { out } = await type('heads');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { projectId: 'other', revision: 7 },
      { projectId: 'shop', revision: 11, hash: history('shop', 12)[11]?.hash },
    ]);
    expect(readFileSync(join(data(), 'heads.log'), 'utf8')).toBe(out);
    expect(statSync(join(data(), 'heads-key.pem')).mode & 0o777).toBe(0o600);
    expect((await type('heads')).out).toBe(out);
    expect(readFileSync(join(data(), 'heads.log'), 'utf8')).toBe(out);
  });

  test('signs nothing that does not follow from what was signed before, and says so', async () => {
    const before = (await type('heads')).out;
    tamper(data(), (db) => db.exec(`DELETE FROM events WHERE project_id = 'shop'`));
    await append(data(), history('shop', 30, { note: 'invented' }));
    const { code, out, err } = await type('heads');
    expect(code).toBe(4);
    expect(out).toBe(`${before.split('\n')[0]}\n`);
    expect(err).toContain('Not signed: revision 11 of project "shop": it does not have the hash it had when its head was signed at');
    expect((await type('heads', '--project', 'shop')).err).toContain('the history was rewritten since');
  });
});

test('a ledger in KurrentDB is verified, signed and exported likewise, beside anyone who writes it', async () => {
  const server = await KurrentStandIn.start();
  const store = await KurrentEventStore.open(server.url);
  try {
    const there = typingIn({ DATA_DIR: data(), EVENT_STORE: server.url });
    await store.append('shop', -1, history('shop', 12));
    expect((await there('verify')).out).toMatch(/^Whole: 12 events of 1 project,/);
    writeFileSync(file('heads.log'), (await there('heads')).out);
    await store.append('shop', 11, following(history('shop', 12), 3));
    expect((await there('verify', '--against', file('heads.log'))).code).toBe(0);
    expect((await there('export', '--events')).out.split('\n')).toHaveLength(17);
    const [last] = following(history('shop', 15), 1);
    server.log.append('project-shop', undefined, [foreign({ ...last!, reason: 'added later' })]);
    const { code, out } = await there('verify', '--project', 'shop');
    expect(code).toBe(3);
    expect(out).toContain('Not whole, ALTERED: revision 15 of project "shop"');
  } finally {
    await store.close();
    await server.dispose();
  }
});

/** An event as someone else would write it into the stream. */
function foreign(event: Envelope): { id: string; type: string; contentType: string; data: Buffer; metadata: Buffer } {
  return {
    id: event.id,
    type: event.type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(event)),
    metadata: Buffer.from('{}'),
  };
}
