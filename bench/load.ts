import autocannon from 'autocannon';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { scripts } from '../package.json';
import { RedisServer } from '../test/fixtures/redis-server';

export interface BenchServer {
  readonly url: string;
  readonly token: string;
  readonly child: ChildProcess;
}

/** What Node is started with where the product is. */
const NODE_OPTIONS = scripts.start.match(/--\S+/g) ?? [];

/** Runs the work against a server process of its own, with these settings, in an empty directory that is removed afterwards. */
export async function withServer(work: (server: BenchServer) => Promise<void>, settings: NodeJS.ProcessEnv = {}): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const child = spawn(
    process.execPath,
    [...NODE_OPTIONS, '--require', join(__dirname, '../bin/load-typescript.js'), join(__dirname, 'server.ts')],
    {
      env: { ...process.env, DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'silent', ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with code ${code}`))),
    ])) as [string];
    await work({ ...(JSON.parse(line) as { url: string; token: string }), child });
  } finally {
    const ended = once(child, 'exit');
    if (child.kill('SIGTERM')) await ended;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The same against two servers at once, one with its read models in memory and one with them in a Redis of its own, so that runs can alternate. */
export async function withBoth(work: (servers: Readonly<Record<'memory' | 'redis', BenchServer>>) => Promise<void>): Promise<void> {
  const redisServer = await RedisServer.start({ lines: ['maxmemory-policy noeviction'] });
  try {
    await withServer((memory) => withServer((redis) => work({ memory, redis }), { READ_MODEL: `redis://127.0.0.1:${redisServer.port}` }));
  } finally {
    await redisServer.stop();
  }
}

/** One request outside the measurement; throws unless it was answered with data and without a refusal. */
export async function ask(server: BenchServer, query: string, variables: object = {}): Promise<unknown> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: Record<string, { code?: string }>; errors?: unknown };
  const refused = Object.values(body.data ?? {}).some((value) => value?.code !== undefined);
  if (!response.ok || body.errors !== undefined || refused) throw new Error(`not answered: ${JSON.stringify(body)}`);
  return body.data;
}

export interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** How many requests a second so many clients get answered, each with one under way. Every answer must be data without a refusal. */
export async function load(server: BenchServer, clients: number, seconds: number, body: (number: number) => object): Promise<Figures> {
  let number = 0;
  let wrong: string | undefined;
  const result = await autocannon({
    url: `${server.url}/graphql`,
    connections: clients,
    duration: seconds,
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    requests: [
      {
        setupRequest: (request) => ({ ...request, body: JSON.stringify(body((number += 1))) }),
        onResponse: (status, text) => {
          if (status !== 200 || text.includes('"errors"') || text.includes('"code"')) wrong ??= text;
        },
      },
    ],
  });
  if (wrong !== undefined) throw new Error(`an answer was not data: ${wrong}`);
  const { latency, requests } = result;
  return { perSecond: requests.total / result.duration, p50: latency.p50, p99: latency.p99 };
}

/** The middle one of several runs. */
export function median(runs: readonly Figures[]): Figures {
  const sorted = [...runs].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Figures;
}

export function row(label: string, { perSecond, p50, p99 }: Figures, ratio?: number): string {
  const cells = [label.padEnd(44), `${Math.round(perSecond)}/s`.padStart(10), `p50 ${p50} ms`.padStart(12), `p99 ${p99} ms`.padStart(13)];
  return `${cells.join(' ')}${ratio === undefined ? '' : `   ratio ${ratio.toFixed(2)}`}`;
}
