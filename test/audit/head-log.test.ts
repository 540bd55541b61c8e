import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadLog } from '../../src/audit/head-log';
import { signHead, type SignedHead } from '../../src/audit/signed-head';
import { openSigningKey, type SigningKey } from '../../src/audit/signing-key';
import { LOAD_TYPESCRIPT } from '../fixtures/load-typescript';

let directory: string;
let key: SigningKey;
let log: HeadLog;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'head-log-'));
  key = await openSigningKey(directory);
  log = HeadLog.in(join(directory, 'data'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const head = (projectId: string, revision: number): SignedHead =>
  signHead({ projectId, revision, hash: revision.toString(16).padStart(64, '0') }, 1_700_000_000_000 + revision, key);

async function read(): Promise<SignedHead[]> {
  const heads: SignedHead[] = [];
  for await (const one of log.read()) heads.push(one);
  return heads;
}

test('what was appended is read, and the newest of a project from the end', async () => {
  expect([await read(), await log.newest('shop', 5)]).toEqual([[], []]);
  const heads = Array.from({ length: 3_000 }, (_, at) => head(at % 3 === 0 ? 'shop' : 'other', at));
  for (let from = 0; from < heads.length; from += 500) await log.append(heads.slice(from, from + 500));
  expect(await read()).toEqual(heads);
  const shop = heads.filter(({ projectId }) => projectId === 'shop').reverse();
  expect(await log.newest('shop', 5_000)).toEqual(shop);
  expect(await log.newest('shop', 7)).toEqual(shop.slice(0, 7));
  expect(await log.newest('shop', 7, 300)).toEqual(shop.filter(({ revision }) => revision < 300).slice(0, 7));
  expect(await log.newest('sho', 7)).toEqual([]);
});

test('what a crash has left of a line is dropped with the next append', async () => {
  await log.append([head('shop', 1)]);
  const whole = readFileSync(log.file, 'utf8');
  appendFileSync(log.file, whole.slice(0, 90));
  expect(await read()).toEqual([head('shop', 1)]);
  await log.append([head('shop', 2)]);
  expect(await read()).toEqual([head('shop', 1), head('shop', 2)]);
  expect(readFileSync(log.file, 'utf8').split('\n')).toHaveLength(3);
});

test('a file that never had a whole line begins anew', async () => {
  await log.append([head('shop', 1)]);
  writeFileSync(log.file, 'x'.repeat(200_000));
  await log.append([head('shop', 2)]);
  expect(await read()).toEqual([head('shop', 2)]);
});

test('a line that is no head is passed over', async () => {
  await log.append([head('shop', 1)]);
  appendFileSync(log.file, 'hello\n{"projectId":"shop"}\n');
  await log.append([head('shop', 2)]);
  expect((await log.newest('shop', 5)).map(({ revision }) => revision)).toEqual([2, 1]);
});

/** A process of its own that appends; resolves with its exit code. */
async function appending(projectId: string, batches: number, size: number): Promise<unknown> {
  const child = spawn(
    process.execPath,
    [...LOAD_TYPESCRIPT, join(__dirname, 'head-log-child.ts'), directory, projectId, `${batches}`, `${size}`],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = (await once(child, 'exit')) as [unknown];
  return code;
}

test('two processes that append to one log lose nothing that was acknowledged, however large a batch is', async () => {
  log = HeadLog.in(directory);
  expect(await Promise.all([appending('many', 6, 2_500), appending('few', 200, 1), appending('few-more', 200, 1)])).toEqual([0, 0, 0]);
  const counts = new Map<string, number>();
  for (const { projectId } of await read()) counts.set(projectId, (counts.get(projectId) ?? 0) + 1);
  expect(Object.fromEntries(counts)).toEqual({ many: 15_000, few: 200, 'few-more': 200 });
  expect(readFileSync(log.file, 'utf8').trimEnd().split('\n')).toHaveLength(15_400);
});
