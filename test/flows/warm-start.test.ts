import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { replayed, stories } from '../../bench/stories';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

const PROJECTS = 12;
const EVENTS = 80;

describeRedis('a start on KurrentDB with what is projected in Redis', () => {
  let redis: RedisServer;
  let server: KurrentStandIn;
  let directory: string;
  let running: Running;
  let token: string | undefined;

  beforeAll(async () => {
    [redis, server] = await Promise.all([RedisServer.start(), KurrentStandIn.start()]);
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    const store = await KurrentEventStore.open(server.url);
    const story = stories.edits(EVENTS);
    for (let at = 0; at < PROJECTS; at += 1) await store.append(`p${at}`, -1, replayed(story, `p${at}`));
    await store.close();
    server.log.fill('other-1', 300_000);
  });
  afterEach(() => running.stop());
  afterAll(async () => {
    await server.dispose();
    await redis.stop();
    rmSync(directory, { recursive: true });
  });

  /** Answers how many events and notices the server has sent until all is shown. */
  async function begin(): Promise<number> {
    const { sent } = server;
    const environment = { PORT: '0', DATA_DIR: directory, EVENT_STORE: server.url, READ_MODEL: `redis://127.0.0.1:${redis.port}` };
    running = await start(readSettings(environment), { logger: pino({ level: 'silent' }) });
    token ??= running.firstToken;
    await running.ready;
    return server.sent - sent;
  }

  async function ask(query: string): Promise<unknown> {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query }),
    });
    return response.json();
  }
  const heads = '{ projects(first: 50) { nodes { id head } } }';

  test('reads all of the store once if nothing is projected, and nothing of it again if all is', async () => {
    const cold = await begin();
    expect(cold).toBeGreaterThanOrEqual(PROJECTS * EVENTS);
    // Beside the events, a notice for each 4,096 that were looked at.
    expect(cold).toBeLessThan(1.2 * PROJECTS * EVENTS);
    const shown = await ask(heads);
    await running.stop();
    // As long as it would take to look at all of them again.
    server.faults.scanUs = 20;
    expect(await begin()).toBeLessThan(30);
    expect(await ask(heads)).toEqual(shown);
    const { sent } = server;
    expect(await ask('mutation { createProject(input: { projectId: "late", name: "Late" }) { __typename } }')).toEqual({
      data: { createProject: { __typename: 'Project' } },
    });
    // That its stream was never used is known as well.
    expect(server.sent - sent).toBeLessThan(30);
  });

  test('reads on from where it was when it had been killed, and all of it after Redis was emptied', async () => {
    server.faults.scanUs = 0;
    expect(await begin()).toBeLessThan(30);
    const shown = await ask(heads);
    await running.stop();
    await redis.command('FLUSHALL');
    expect(await begin()).toBeGreaterThanOrEqual(PROJECTS * EVENTS);
    expect(await ask(heads)).toEqual(shown);
  });
});
