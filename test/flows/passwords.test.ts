import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { buildLogger } from '../../src/http/logger';
import { start } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

/** Both ends of each password, so that a part of it is found too. */
const PIECES = ['Hunter', 'Tail9'];
const passwords = ['/', '#', '?', '%40', '%zz'].map((middle) => PIECES.join(middle));
/** Nothing listens there: no start succeeds. */
const hosts = ['127.0.0.1:9', '127.0.0.1:99999', '127.0.0.1:9,127.0.0.1:8', 'no_host.invalid:2113'];
const options = ['tls=false', 'tls=false&tlsVerifyCert=maybe', 'tls=true'];
const addresses = [
  ...passwords.map((password) => `kurrentdb://user:${password}@${hosts[0]}?${options[0]}`),
  ...hosts.map((host) => `kurrentdb://user:${passwords[0]}@${host}?${options[0]}`),
  ...options.map((option) => `kurrentdb+discover://user:${passwords[1]}@${hosts[0]}?${option}&maxDiscoverAttempts=1`),
];

let directory: string;
let printed: string;
const keep = (...texts: unknown[]): boolean => {
  printed += texts.map(String).join(' ');
  return true;
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-passwords-'));
  printed = '';
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  for (const level of ['log', 'warn', 'error'] as const) jest.spyOn(console, level).mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});
const expectNoPassword = () => {
  for (const piece of PIECES) expect(printed).not.toContain(piece);
};

test('no verb that cannot reach its ledger prints the password in the address of it', async () => {
  const outcomes = await Promise.all(
    addresses.map(async (address, index) => {
      const DATA_DIR = join(directory, String(index));
      const file = join(directory, `${index}.url`);
      writeFileSync(file, `${address}\n`);
      const type = typingIn({ DATA_DIR, EVENT_STORE: address, ADDRESS: address });
      const lines = [
        ['verify'],
        ['heads'],
        ['verify', '--json'],
        ['copy', '--from', address, '--to', `sqlite:${join(DATA_DIR, 'copy')}`],
        ['copy', '--from', 'sqlite:', '--to', 'env:ADDRESS'],
        ['copy', '--from', `file:${file}`, '--to', 'env:ADDRESS'],
        ['copy', '--from', `file:${file}`, '--to', `sqlite:${join(DATA_DIR, 'copy')}`],
      ];
      // The verbs read the address in one place: each address is given to some of them, and each of them gets several.
      return Promise.all(lines.filter((_, number) => number % 3 === index % 3).map((line) => type(...line)));
    }),
  );
  for (const { code, out, err } of outcomes.flat()) {
    expect(code).not.toBe(0);
    expect(err).not.toBe('');
    keep(out + err);
  }
  expectNoPassword();
});

test('no server that cannot reach its event store has the password in its log, its health or its metrics', async () => {
  const logger = buildLogger('trace', new Writable({ write: (chunk, _, done) => (keep(chunk), done()) }));
  // A server takes seconds: the passwords in turn, and each kind of host and option once.
  const served = addresses.filter((_, number) => number % 2 === 0);
  const READ_MODEL = `redis://user:${PIECES.join('%2F')}@127.0.0.1:9`;
  await Promise.all(
    [...served.map((address) => ({ EVENT_STORE: address })), { READ_MODEL }].map(async (stores, index) => {
      const environment = { DATA_DIR: join(directory, String(index)), PORT: '0', ...stores };
      try {
        const server = await start(readSettings(environment), { logger });
        const failed = server.ready.catch((error: Error) => keep(`${error.stack}`));
        const headers = { authorization: `Bearer ${server.firstToken}` };
        for (const path of ['/health/ready', '/health/live', '/metrics']) {
          const response = await fetch(`${server.url}${path}`, { headers });
          keep(await response.text());
          if (path === '/health/ready') expect(response.status).toBe(503);
        }
        await server.stop();
        await failed;
      } catch (error) {
        keep((error as Error).stack);
      }
    }),
  );
  expect(printed).toContain('KurrentDB cannot be reached');
  expectNoPassword();
});

test('a password that was changed under a running instance makes it unready, also if it is asked nothing', async () => {
  const kurrentdb = await KurrentStandIn.start();
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', EVENT_STORE: kurrentdb.url });
  const server = await start(settings, { logger: buildLogger('silent') });
  await server.ready;
  const ready = async () => {
    const response = await fetch(`${server.url}/health/ready`, { headers: { authorization: `Bearer ${server.firstToken}` } });
    return { status: response.status, text: await response.text() };
  };
  expect((await ready()).status).toBe(200);
  // Open subscriptions go on; every read is refused.
  kurrentdb.faults.readsDenied = true;
  while ((await ready()).status === 200) await delay(100);
  kurrentdb.faults.readsDenied = false;
  while ((await ready()).status === 503) await delay(100);
  await server.stop();
  await kurrentdb.dispose();
});

test('what copy is given by a variable or a file is read from there, and what is missing is named', async () => {
  const type = typingIn({ DATA_DIR: directory, OLD: 'sqlite:old' });
  expect((await type('copy', '--from', 'env:NONE', '--to', 'sqlite:x')).err).toMatch(
    /--from names the environment variable NONE, which is not set/,
  );
  expect((await type('copy', '--from', `file:${directory}/none`, '--to', 'sqlite:x')).err).toMatch(
    /--from names a file that cannot be read: ENOENT/,
  );
  expect((await type('copy', '--from', 'env:OLD', '--to', 'sqlite:old')).err).toMatch(/--from and --to are the same ledger/);
});
