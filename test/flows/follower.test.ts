import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../fixtures/free-port';
import { buildLogger } from '../../src/http/logger';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let port: number;
let running: Running;
let token: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-follower-'));
  const [, program = ''] = /<!-- follower -->\n```js\n([^]*?)```/.exec(await readFile(join(__dirname, '../../docs/feed.md'), 'utf8')) ?? [];
  await writeFile(join(directory, 'follower.mjs'), program);
  port = await freePort();
  await serve();
  token = running.firstToken as string;
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  running = await start(readSettings({ DATA_DIR: join(directory, 'data'), PORT: String(port) }), { logger: buildLogger('silent') });
  await running.ready;
}

async function ask(query: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${running.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  expect(await response.json()).not.toHaveProperty('errors');
}

const createKeys = async (from: number, to: number): Promise<void> => {
  for (let key = from; key <= to; key += 1)
    await ask(
      `mutation { createKey(input: { projectId: "shop", name: "key_${key}", type: BOOLEAN, defaultValue: false }) { __typename } }`,
    );
};

function follow(environment: Record<string, string> = {}): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(process.execPath, ['follower.mjs'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], LEDGER_URL: running.url, LEDGER_TOKEN: token, PROJECT: 'shop', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr?.on('data', (chunk) => (said += String(chunk)));
  return { child, said: () => said };
}

const file = () => join(directory, 'shop.ndjson');
const wholeLines = async (): Promise<string[]> => (await readFile(file(), 'utf8').catch(() => '')).split('\n').slice(0, -1);
async function untilLines(count: number): Promise<void> {
  while ((await wholeLines()).length < count) await sleep(20);
}

test('the follower of docs/feed.md keeps every change once, through kill -9, half a line and a restart of the server', async () => {
  await createKeys(1, 3);
  const first = follow();
  await untilLines(4);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  await createKeys(4, 6);
  // As if it had been killed while it wrote, also in the middle of a character.
  await appendFile(file(), Buffer.from('{"specversion":"1.0","id":"é').subarray(0, -1));
  follow();
  await untilLines(7);
  await running.stop();
  await serve();
  await createKeys(7, 8);
  await untilLines(9);
  const revisions = (await wholeLines()).map((line) => (JSON.parse(line) as { revision: number }).revision);
  expect(revisions).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('it ends where waiting mends nothing, and says why', async () => {
  const { child, said } = follow({ PROJECT: 'nope' });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said()).toContain('There is no project');
  expect((await stat(join(directory, 'nope.ndjson'))).size).toBe(0);
});
