import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { buildLogger } from '../../src/http/logger';
import { start } from '../../src/main';
import { readSettings } from '../../src/settings';
import { Instance } from '../application/instance';
import { typingIn } from '../cli/typing';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';

const YEAR_MS = 365 * 24 * 3_600_000;

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'ledger-clocks-'))));
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(dataDir, { recursive: true, force: true });
});

const createProject = async (url: string, token: string): Promise<unknown> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"query":"mutation { createProject(input: { projectId: \\"shop\\", name: \\"Shop\\" }) { __typename } }"}',
  });
  return response.json();
};

describeRedis('beside a Redis whose clock is another', () => {
  let redis: RedisServer;
  beforeEach(async () => (redis = await RedisServer.start()));
  afterEach(() => redis.stop());

  test.each([
    [undefined, 'CLOCK_DIFFERS'],
    ['true', 'done'],
  ])('with ALLOW_CLOCK_DIFFERENCE=%s a command is %s', async (allowed, expected) => {
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 10 * YEAR_MS);
    const settings = readSettings({
      DATA_DIR: dataDir,
      PORT: '0',
      READ_MODEL: `redis://127.0.0.1:${redis.port}`,
      ...(allowed === undefined ? {} : { ALLOW_CLOCK_DIFFERENCE: allowed }),
    });
    const running = await start(settings, { logger: buildLogger('silent') });
    await running.ready;
    // The token's times are read by the clock too, so it is issued by the wrong one.
    const answer = (await createProject(running.url, running.firstToken as string)) as {
      errors?: { extensions: { code: string } }[];
    };
    expect(answer.errors?.[0]?.extensions.code ?? 'done').toBe(expected);
    const ready = await fetch(`${running.url}/health/ready`);
    expect(await ready.text()).toMatch(expected === 'done' ? /"clock","ok":true/ : /3650 days ahead of that of Redis/);
    await running.stop();
  });
});

test('events dated ahead: a warning, a metric and a line of verify, and commands go on', async () => {
  const store = new SqliteEventStore(dataDir);
  const instance = new Instance(store, { clock: () => Date.now() + 10 * YEAR_MS });
  await instance.createProject();
  await instance.executor.close(1_000);
  await store.close();
  const { code, out } = await typingIn({ DATA_DIR: dataDir })('verify');
  expect(code).toBe(0);
  expect(out).toMatch(/^Whole: .*\nDated ahead of this machine's clock: the newest event, 20\d\d-.*Z\.\n$/);

  const warn = jest.fn();
  const logger = buildLogger('silent');
  logger.warn = warn;
  const running = await start(readSettings({ DATA_DIR: dataDir, PORT: '0' }), { logger });
  await running.ready;
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ newest: expect.any(String) as string }),
    expect.stringContaining('dated ahead of this clock'),
  );
  const headers = { authorization: `Bearer ${running.firstToken}` };
  const metrics = await (await fetch(`${running.url}/metrics`, { headers })).text();
  expect(Number(/^ledger_events_ahead_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan((9 * YEAR_MS) / 1_000);
  expect(await createProject(running.url, running.firstToken as string)).toMatchObject({
    data: { createProject: expect.anything() as object },
  });
  await running.stop();
});
