import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { typingIn } from '../cli/typing';
import { RUNNING_TEST } from '../fixtures/running-test';
import { ServerProcess } from './server-process';

/**
 * Kills the server while clients evaluate and send events, each event until it is acknowledged. Answers what went wrong: a value that changed, an event
 * that is missing or is there twice; and how many events were acknowledged, and how many requests were not answered.
 */
export async function serveThroughKills({ kills, betweenMs, clients }: { kills: number; betweenMs: number; clients: number }) {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-user-kills-'));
  const limits = { RATE_LIMIT_PER_CLIENT: '1000000', RATE_LIMIT_PER_TOKEN: '10000000' };
  let server = await ServerProcess.start(directory, { environment: limits });
  const token = server.token as string;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${server.url}/projects/shop${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, text: await response.text() };
  };
  const problems: string[] = [];
  const acknowledged = new Map<string, number>();
  let unanswered = 0;
  let isOver = false;
  const until = async (status: number, path: string, body: unknown): Promise<string> => {
    for (;;) {
      const answer = await post(path, body).catch(() => undefined);
      if (answer?.status === status) return answer.text;
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
    await writeFile(file, RUNNING_TEST);
    const type = typingIn({ DATA_DIR: directory, LEDGER_TOKEN: token, LEDGER_URL: server.url });
    const applied = await type('apply', file, '--project', 'shop', '--create-project');
    if (applied.code !== 0) throw new Error(applied.err);
    const working = Array.from({ length: clients }, (_, at) => client(`user-${at}`));
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep(betweenMs);
      await server.kill();
      server = await ServerProcess.start(directory, { environment: limits });
    }
    isOver = true;
    await Promise.all(working);
    for (const [user, count] of acknowledged) {
      const lines = (await until(200, '/users/known', { user })).split('\n').filter((line) => line.includes('"Purchase"'));
      if (lines.length !== count) problems.push(`${user} has ${lines.length} events, not the ${count} that were acknowledged`);
    }
    return { problems, unanswered, events: [...acknowledged.values()].reduce((sum, count) => sum + count, 0) };
  } finally {
    isOver = true;
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
