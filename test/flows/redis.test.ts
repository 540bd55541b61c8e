import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

interface Answer {
  readonly data?: Record<string, Record<string, unknown> | null> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describeRedis('the server with its read model in Redis', () => {
  let redis: RedisServer;
  let running: Running;
  let directory: string;

  beforeAll(async () => {
    redis = await RedisServer.start();
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    const environment = { PORT: '0', DATA_DIR: directory, READ_MODEL: `redis://127.0.0.1:${redis.port}` };
    running = await start(readSettings(environment), { logger: pino({ level: 'silent' }) });
    await running.ready;
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
  const createKey = (name: string): string =>
    `mutation { createKey(input: { projectId: "shop", name: "${name}", type: NUMBER, defaultValue: 3 }) { __typename ... on Accepted { cursor } } }`;
  const names = `{ keys(projectId: "shop") { totalCount nodes { name } } }`;

  async function becomesReady(status: number): Promise<void> {
    for (const deadline = performance.now() + 8_000; (await ready()) !== status;) {
      if (performance.now() > deadline) throw new Error(`/health/ready does not become ${status}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('what is written is read at once; without Redis it is accepted and reading is refused; with an empty one all is there again', async () => {
    const created = await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
    expect(created).toEqual({ data: { createProject: { __typename: 'Project' } } });
    expect((await ask(createKey('before'))).data).toEqual({ createKey: { __typename: 'Key' } });
    expect((await ask(names)).data?.keys).toEqual({ totalCount: 1, nodes: [{ name: 'before' }] });
    expect(await ready()).toBe(200);

    await redis.kill();
    await becomesReady(503);
    const refused = await ask(names);
    expect(refused.errors?.[0]?.extensions.code).toBe('READ_MODEL_UNAVAILABLE');
    const accepted = await ask(createKey('meanwhile'));
    expect(accepted).toEqual({ data: { createKey: { __typename: 'Accepted', cursor: expect.any(String) as string } } });

    await redis.start();
    await becomesReady(200);
    const cursor = accepted.data?.createKey?.cursor as string;
    const all = await ask(`{ keys(projectId: "shop", atLeast: "${cursor}") { totalCount nodes { name } } }`);
    expect(all.data?.keys).toEqual({ totalCount: 2, nodes: [{ name: 'before' }, { name: 'meanwhile' }] });
    const history = await ask('{ history(projectId: "shop", entity: { kind: KEY }) { totalCount nodes { sentence } } }');
    const wasCreated = (name: string) => ({ sentence: `admin created number key *${name}* with default 3` });
    expect(history.data?.history).toEqual({ totalCount: 2, nodes: [wasCreated('meanwhile'), wasCreated('before')] });
  });
});
