import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verbs } from '../../src/cli/verbs';
import { run } from '../../src/cli/program';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { ServerHere } from '../fault/server-here';
import { describeRedis } from '../fixtures/describe-redis';
import { Ledger } from '../fixtures/ledger';
import { RedisServer } from '../fixtures/redis-server';
import { createFlag, createKey, createSegment } from '../fixtures/shop';
import { tamper } from '../fixtures/tamper';
import { typingIn, type Printed } from './typing';

let directory: string;
let type: (...line: string[]) => Promise<Printed>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'replay-'));
  type = typingIn({ DATA_DIR: directory });
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a history', () => {
  let written: string;
  beforeAll(async () => {
    written = mkdtempSync(join(tmpdir(), 'replay-written-'));
    const ledger = Ledger.started();
    createKey(ledger, 'dark_mode');
    createSegment(ledger, 'In New York');
    ledger.accept(
      { type: 'EditKey', name: 'dark_mode', defaultValue: 5 },
      { reason: 'darker\u001b[31m', actor: { id: 'bob', kind: 'user' } },
    );
    const flag = createFlag(ledger, 'Lights', 'dark_mode');
    ledger.accept({ type: 'ArchiveFlag', id: flag });
    const store = new SqliteEventStore(written);
    await store.append('shop', -1, ledger.events);
    await store.close();
  });
  afterAll(() => rmSync(written, { recursive: true }));
  beforeEach(() => cpSync(written, directory, { recursive: true }));

  test('is reported as it happened, and then what it comes to', async () => {
    const { code, out, err } = await type('replay', '--project', 'shop');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([
      '     0  2026-01-01T00:00:01.000Z  alice created project *Shop*',
      '     1  2026-01-01T00:00:02.000Z  alice created number key *dark_mode* with default 3',
      '     2  2026-01-01T00:00:03.000Z  alice created segment *In New York*: city is New York',
      '     3  2026-01-01T00:00:04.000Z  bob changed the default of key *dark_mode* from 3 to 5  (darker\\u001b[31m)',
      '     4  2026-01-01T00:00:05.000Z  alice created flag *Lights* on key *dark_mode*',
      '     5  2026-01-01T00:00:06.000Z  alice archived flag *Lights*',
      '',
      'As of revision 5 (2026-01-01T00:00:06.000Z):',
      '  projects: 1: Shop',
      '  keys: 1: dark_mode',
      '  segments: 1: In New York',
      '  flags: 0 and 1 archived',
      '  exclusivity: 1: off',
      '',
    ]);
  });

  test.each([
    ['2', 3],
    ['2026-01-01T00:00:03Z', 3],
    ['2026-01-01T00:00:03.999Z', 3],
    ['2026-01-02', 6],
  ])('up to %s it is refused with that reason far, and what it came to then', async (to, events) => {
    const { code, out } = await type('replay', '--project', 'shop', '--to', to);
    expect(code).toBe(0);
    expect(out.split('\n\n')[0]?.split('\n')).toHaveLength(events);
    expect(out).toContain(`As of revision ${events - 1} (`);
  });

  test('as JSON it is a line for each event, and one with the documents', async () => {
    const { out } = await type('replay', '--project', 'shop', '--to', '3', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(5);
    expect(lines[3]).toMatchObject({
      event: { type: 'KeyDefaultChanged', revision: 3 },
      sentence: 'bob changed the default of key *dark_mode* from 3 to 5',
      changes: [{ path: 'defaultValue', before: 3, after: 5 }],
    });
    expect(lines[4]).toMatchObject({
      state: { projectId: 'shop', revision: 3, documents: { keys: [{ name: 'dark_mode', defaultValue: 5, version: 2 }], flags: [] } },
    });
  });

  test('step by step it waits before each event, shows what each changed, and ends where it is left', async () => {
    let out = '';
    const asked: string[] = [];
    const terminal = {
      environment: { DATA_DIR: directory },
      out: (text: string) => void (out += text),
      err: (text: string) => void (out += text),
      next: async () => {
        asked.push(out.trimEnd().split('\n').at(-1)!.trim());
        return asked.length < 4;
      },
    };
    expect(await run(['replay', '--project', 'shop', '--step'], verbs, terminal, '1.2.3')).toBe(0);
    expect(asked).toHaveLength(4);
    expect(asked[3]).toBe('defaultValue: 3 -> 5');
    expect(out).toContain('As of revision 3 (');
  });

  test.each([
    [['--to', '6'], 1, 'The history of "shop" has no revision 6: it goes from 0 to 5.'],
    [['--to', '2025-12-31'], 1, 'The project "shop" did not exist then: its history begins at 2026-01-01T00:00:01.000Z.'],
    [['--to', 'yesterday'], 2, '--to "yesterday" is neither a revision, such as 41, nor a time'],
    [['--to', '2026-02-31T99:00:00Z'], 2, 'is neither a revision'],
    [['--step'], 2, 'it needs a terminal'],
    [['--compare', '--to', '1'], 2, 'leave out --to and --step'],
  ])('%p ends with code %p', async (options, code, message) => {
    expect(await type('replay', '--project', 'shop', ...options)).toMatchObject({ code, err: expect.stringContaining(message) });
  });

  test('of a project that is not there it is none', async () => {
    expect(await type('replay', '--project', 'missing')).toEqual({ code: 1, out: '', err: 'There is no project "missing".\n' });
  });

  test('that is not whole is reported up to its first flaw', async () => {
    tamper(directory, (db) => db.exec(`UPDATE events SET body = replace(body, 'bob', 'eve') WHERE revision = 3`));
    const { code, out, err } = await type('replay', '--project', 'shop');
    expect(code).toBe(1);
    expect(out.trim().split('\n')).toHaveLength(3);
    expect(err).toContain('revision 3 of project "shop": its content is not what was sealed');
  });
});

async function setUp({ url, token }: ServerHere): Promise<void> {
  const create = ['dark_mode', 'light_mode'].map(
    (name) => `${name}: createKey(input: { projectId: "shop", name: "${name}", type: NUMBER, defaultValue: 1 }) { __typename }`,
  );
  const query = `mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } ${create.join(' ')} }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  expect(await response.json()).not.toHaveProperty('errors');
}

test('compared with the read model of a running server, it is the same', async () => {
  const server = await ServerHere.start(directory);
  const there = typingIn({ DATA_DIR: directory, LEDGER_URL: server.url });
  try {
    await setUp(server);
    const { code, out, err } = await there('replay', '--project', 'shop', '--compare');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^The same, byte for byte, at revision 2: .*keys 2, .*log 3\.\n$/);
    expect(await there('replay', '--project', 'missing', '--compare')).toMatchObject({
      code: 1,
      err: 'The read model shows no project "missing".\n',
    });
  } finally {
    await server.stop();
  }
  expect((await there('replay', '--project', 'shop', '--compare')).err).toContain('There is no server at');
});

describeRedis('compared with the read model in Redis', () => {
  test('it is the same, until someone changes a document there', async () => {
    const redis = await RedisServer.start();
    const environment = { READ_MODEL: `redis://127.0.0.1:${redis.port}` };
    const server = await ServerHere.start(directory, { environment });
    try {
      await setUp(server);
      const there = typingIn({ DATA_DIR: directory, ...environment });
      expect((await there('replay', '--project', 'shop', '--compare')).out).toMatch(/^The same, byte for byte, at revision 2/);
      for (const key of (await redis.command('KEYS', '*shop*keys*')) as string[]) {
        if ((await redis.command('TYPE', key)) !== 'hash') continue;
        const document = (await redis.command('HGET', key, 'dark_mode')) as string;
        await redis.command('HSET', key, 'dark_mode', document.replace('"defaultValue":1', '"defaultValue":2'));
      }
      const { code, out } = await there('replay', '--project', 'shop', '--compare');
      expect(code).toBe(3);
      expect(out).toMatch(/^Not the same: keys: 2 in the read model, 2 by the history, and they differ\.\n"experience-ledger rebuild"/);
      expect(JSON.parse((await there('replay', '--project', 'shop', '--compare', '--json')).out)).toMatchObject({
        same: false,
        revision: 2,
      });
    } finally {
      await server.stop();
      await redis.stop();
    }
  });
});
