import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { typingIn } from '../cli/typing';
import type { RedisServer } from '../fixtures/redis-server';
import { RUNNING_TEST } from '../fixtures/running-test';
import { ServerProcess } from './server-process';

/** A flag whose rule counts what the clients send. */
const COUNTED = `
segments:
  - { name: Buyers, rule: { did: { event: Purchase, count: { atLeast: 3 }, window: { ever: true } } } }
flags:
  - { name: Gift, key: gift, status: LIVE, rows: [{ segment: Buyers, percentage: 100, value: true }] }
keys:
  - { name: gift, type: BOOLEAN, default: false }
`;
/** What was received before a counter was kept is counted some seconds after. */
const COUNTED_WITHIN_MS = 60_000;
/** Generous: a server is killed and started meanwhile, on a loaded machine. */
const ANSWERED_WITHIN_MS = 90_000;

interface KillsOptions {
  readonly kills: number;
  readonly betweenMs: number;
  readonly clients: number;
  /** The user store: it is killed and started again in turn with the server. Absent: files of the server. */
  readonly redis?: RedisServer;
  /** Whether events are counted as well, and each must be once. */
  readonly counted?: boolean;
}

/**
 * Kills the server while clients evaluate and send events, each event until it is acknowledged. Answers what went wrong: a value that changed, an event
 * that is missing or is there twice; and how many events were acknowledged, and how many requests were not answered.
 */
export async function serveThroughKills({ kills, betweenMs, clients, redis, counted = false }: KillsOptions) {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-user-kills-'));
  const environment = {
    RATE_LIMIT_PER_CLIENT: '1000000',
    RATE_LIMIT_PER_TOKEN: '10000000',
    ...(redis && { USER_STORE: `redis://127.0.0.1:${redis.port}`, SINGLE_INSTANCE: 'true' }),
  };
  let server = await ServerProcess.start(directory, { environment });
  const token = server.token as string;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: unknown) => {
    const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
    const response = await fetch(`${server.url}/projects/shop${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal });
    return { status: response.status, text: await response.text() };
  };
  const problems: string[] = [];
  const acknowledged = new Map<string, number>();
  let unanswered = 0;
  let isOver = false;
  const until = async (status: number, path: string, body: unknown): Promise<string> => {
    const lastMs = performance.now() + ANSWERED_WITHIN_MS;
    for (;;) {
      const answer = await post(path, body).catch((error: Error) => ({
        status: undefined,
        text: `${error.message} (${String(error.cause)})`,
      }));
      if (answer.status === status) return answer.text;
      if (performance.now() > lastMs)
        throw new Error(`${path} is answered by ${answer.status}, not ${status}: ${answer.text}\n${server.log}`);
      unanswered += 1;
      await sleep(20);
    }
  };
  const evaluate = async (user: string): Promise<unknown> => {
    const answer = JSON.parse(await until(200, '/ofrep/v1/evaluate/flags/offer', { context: { targetingKey: user } })) as {
      variant?: unknown;
      value: unknown;
      metadata: { unstored?: true };
    };
    return answer.metadata.unstored ? undefined : answer.value;
  };
  const client = async (user: string): Promise<void> => {
    let first: unknown;
    for (let sent = 0; !isOver; sent += 1) {
      const value = await evaluate(user);
      first ??= value;
      if (value !== undefined && value !== first) problems.push(`${user} had ${String(first)}, and then ${String(value)}`);
      await until(202, '/events', { events: [{ user, event: 'Purchase', id: `${user}-${sent}` }] });
      acknowledged.set(user, sent + 1);
    }
  };
  try {
    const file = join(directory, 'shop.yaml');
    await writeFile(file, counted ? RUNNING_TEST.replace('\nkeys:\n', COUNTED) : RUNNING_TEST);
    const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: token, LEDGER_URL: server.url });
    const applied = await type('apply', file, '--project', 'shop', '--create-project');
    if (applied.code !== 0) throw new Error(applied.err);
    const working = Array.from({ length: clients }, (_, at) => client(`user-${at}`));
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(betweenMs);
      if (redis !== undefined && kill % 2 === 0) {
        await redis.kill();
        await redis.start();
      } else {
        await server.kill();
        server = await ServerProcess.start(directory, { environment });
      }
    }
    isOver = true;
    await Promise.all(working);
    const lastMs = performance.now() + COUNTED_WITHIN_MS;
    for (const [user, count] of acknowledged) {
      const known = async () => (await until(200, '/users/known', { user })).split('\n');
      const lines = (await known()).filter((line) => line.includes('"Purchase"'));
      while (counted && countIn((await known())[0]!) !== count && performance.now() < lastMs) await sleep(500);
      const sum = counted ? countIn((await known())[0]!) : count;
      if (sum !== count) problems.push(`${user} has a count of ${sum}, not the ${count} that were acknowledged`);
      if (lines.length !== count) problems.push(`${user} has ${lines.length} events, not the ${count} that were acknowledged`);
    }
    return { problems, unanswered, events: [...acknowledged.values()].reduce((sum, count) => sum + count, 0) };
  } finally {
    isOver = true;
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function countIn(known: string): number {
  const { counters } = JSON.parse(known) as { counters: readonly { cells: readonly { count: number }[] }[] };
  return counters.flatMap(({ cells }) => cells).reduce((sum, { count }) => sum + count, 0);
}
