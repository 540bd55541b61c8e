import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const KEYS = 20;

describeRedis('a Redis that has lost what was projected, and is queried at once', () => {
  let redis: RedisServer;
  let running: Running;
  let directory: string;
  let cursor: string;

  beforeAll(async () => {
    redis = await RedisServer.start();
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    const environment = { PORT: '0', DATA_DIR: directory, READ_MODEL: `redis://127.0.0.1:${redis.port}` };
    running = await start(readSettings(environment), { logger: pino({ level: 'silent' }) });
    await running.ready;
    await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
    for (let at = 0; at < KEYS; at += 1) {
      const input = `{ projectId: "shop", name: "key_${at}", type: NUMBER, defaultValue: ${at} }`;
      await ask(`mutation { createKey(input: ${input}) { __typename } }`);
    }
    const { data } = await ask('{ project(id: "shop") { head } }');
    cursor = (data!.project as { readonly head: string }).head;
  });
  afterAll(async () => {
    await running.stop();
    await redis.stop();
    rmSync(directory, { recursive: true });
  });

  async function ask(query: string): Promise<Answer> {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${running.firstToken}` },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  }
  const ready = async (): Promise<number> => (await fetch(`${running.url}/health/ready`)).status;

  const QUERIES: readonly (readonly [name: string, query: () => string])[] = [
    ['a key with atLeast', () => `{ key(projectId: "shop", name: "key_3", atLeast: "${cursor}") { name } }`],
    ['the head of a project with atLeast', () => `{ project(id: "shop", atLeast: "${cursor}") { head } }`],
    ['a key', () => '{ key(projectId: "shop", name: "key_3") { name } }'],
    ['a list', () => '{ keys(projectId: "shop") { totalCount } }'],
    ['a history', () => '{ history(projectId: "shop") { totalCount } }'],
    ['all projects', () => '{ projects { nodes { id } } }'],
    ['a digest', () => '{ readModelDigest(projectId: "shop") { cursor } }'],
  ];

  async function expectRefusedAndMadeGood(query: string): Promise<void> {
    const before = await ask(query);
    expect(before.errors).toBeUndefined();
    await redis.command('FLUSHALL');
    const answer = await ask(query);
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['READ_MODEL_UNAVAILABLE']);
    expect(await ready()).toBe(503);
    for (const deadline = performance.now() + 8_000; (await ready()) !== 200;) {
      if (performance.now() > deadline) throw new Error('it does not become ready again');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await ask(query)).toEqual(before);
  }

  test.each(QUERIES)('%s is refused, readiness is red, and all is projected again', async (_, query) => {
    await expectRefusedAndMadeGood(query());
  });
});
