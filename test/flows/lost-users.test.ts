import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { RUNNING_TEST } from '../fixtures/running-test';

const USERS = Array.from({ length: 6 }, (_, at) => `user-${at}`);

let directory: string;
let running: Running;
let token: string;
const open = async () => {
  running = await start(readSettings({ DATA_DIR: directory, PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
};
const type = (...line: string[]) => typingIn({ DATA_DIR: directory, LEDGER_TOKEN: token, LEDGER_URL: running.url })(...line);
const ask = async (path: string, body: unknown) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${running.url}/projects/shop${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};
const served = async (key: string, user: string) => {
  const { json } = await ask(`/ofrep/v1/evaluate/flags/${key}`, { context: { targetingKey: user } });
  return { value: json['value'], unstored: (json['metadata'] as { unstored?: true }).unstored === true };
};
const readiness = async () => {
  const answer = await fetch(`${running.url}/health/ready`);
  const { checks } = (await answer.json()) as { checks: readonly { name: string; ok: boolean; detail: string }[] };
  return { status: answer.status, check: checks.find(({ name }) => name === 'user store') };
};
const send = (...ids: readonly string[]) => ask('/events', { events: ids.map((id) => ({ user: 'user-0', event: 'Purchase', id })) });
const loseUsers = async () => {
  await running.stop();
  await rm(join(directory, 'users'), { recursive: true });
  await open();
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-lost-users-'));
  await open();
  const roles = { '*': ['admin'] } as const;
  token = await issueToken(await readFile(join(directory, 'secret')), { subject: 'ops', kind: 'service', roles, ttlMs: 600_000 });
  await writeFile(join(directory, 'shop.yaml'), RUNNING_TEST);
  expect(await type('apply', join(directory, 'shop.yaml'), '--project', 'shop', '--create-project')).toMatchObject({ code: 0 });
}, 60_000);
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

test('U6: a user store that was emptied is noticed, and rebuilt from what users were served and did', async () => {
  expect(await type('user-store')).toMatchObject({ code: 0, out: 'The store of users is the known one.\n' });
  expect(await type('user-store', 'accept-loss')).toMatchObject({ code: 1, err: expect.stringContaining('Nothing is lost') as string });
  const before = await Promise.all(USERS.map((user) => served('offer', user)));
  expect(await send('1', '2')).toMatchObject({ json: { accepted: 2 } });

  await loseUsers();
  expect(await readiness()).toMatchObject({ status: 503, check: { ok: false, detail: expect.stringContaining('emptied') as string } });
  const meanwhile = await Promise.all(USERS.map((user) => served('offer', user)));
  expect(meanwhile.map(({ unstored }) => unstored)).toEqual(USERS.map(() => true));
  expect(await send('3')).toMatchObject({ status: 503, json: { errors: [{ extensions: { code: 'USER_STORE_UNAVAILABLE' } }] } });
  expect(await type('user-store')).toMatchObject({ code: 1, err: expect.stringContaining('user-store rebuild') as string });

  expect(await type('user-store', 'rebuild')).toMatchObject({
    code: 0,
    out: expect.stringContaining('6 assignments made again') as string,
  });
  expect(await Promise.all(USERS.map((user) => served('offer', user)))).toEqual(before);
  expect(await send('2', '3')).toMatchObject({ json: { accepted: 2, repeated: 0 } });
  await loseUsers();
  expect(await type('user-store', 'accept-loss')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Losses were accepted at') as string,
  });
  expect((await served('offer', 'user-1')).unstored).toBe(false);
  expect(await readiness()).toMatchObject({ status: 200 });
}, 90_000);

test('what is remembered of the store and cannot be read stops a start, which says what to do', async () => {
  await running.stop();
  await writeFile(join(directory, 'user-store.json'), '{');
  await expect(open()).rejects.toThrow('user-store.json is not what this server wrote: put back the one of a backup, or delete it');
  await rm(join(directory, 'user-store.json'));
  await open();
  expect(await readiness()).toMatchObject({ status: 200 });
});
