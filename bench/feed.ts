import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Listeners } from './listeners';
import { ask, withServer, type BenchServer } from './load';

/**
 * How long a change takes to those who follow it, how many can, and what each of them costs, beside a bare `ws` broadcast of the same bytes. Aims: p99 under 100 ms
 * with 1,000 subscribers, under 1 s with 10,000, and half the bare broadcast's throughput. BENCH_FULL=1 takes 10,000 instead of 2,000 (twice as many file handles).
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const MANY = process.env['BENCH_FULL'] === '1' ? 10_000 : 2_000;
const IDLE = 4_000;
const ROUNDS = 50;
const BURST = 400;
const KEYS = Array.from({ length: BURST }, (_, index) => `key_${index}`);
const LIVE = `subscription { changes(projectId: "bench") { ... on Change { cursor sentence before after event { id type revision data cursor occurredAt } } ... on CaughtUp { cursor } } }`;
const EDIT = `mutation ($input: EditKeyInput!) { editKey(input: $input) { __typename ... on Refusal { code message } } }`;

async function main(): Promise<void> {
  process.env['SUBSCRIPTIONS_PER_TOKEN'] = process.env['SUBSCRIPTION_LIMIT'] = '20000';
  process.env['FEED_HEARTBEAT_SECONDS'] = '300';
  await withServer(async (server) => {
    await setUp(server);
    const bare = await bareServer();
    try {
      // First, before there is garbage to collect.
      await memory(server, bare);
      await latencies(server);
      await throughput(server, bare);
    } finally {
      bare.child.kill('SIGKILL');
    }
  });
}

async function latencies(server: BenchServer): Promise<void> {
  for (const [subscribers, perSecond] of [
    [1, 10],
    [1_000, 10],
    [MANY, 1],
  ] as const) {
    const listeners = new Listeners();
    await listeners.open(subscribers, portOf(server), requestFor(server));
    await steadily(server, listeners, subscribers, perSecond);
    console.log(`${`${subscribers} subscribers, ${perSecond} changes a second`.padEnd(52)}${percentiles(listeners)}`);
    await listeners.close();
  }
  const listeners = new Listeners();
  await listeners.openGraphql(1_000, server.url, server.token, LIVE);
  await steadily(server, listeners, 1_000, 10);
  console.log(`${'1,000 over GraphQL and WebSocket, 10 a second'.padEnd(52)}${percentiles(listeners)}`);
  await listeners.close();
}

async function throughput(server: BenchServer, bare: Bare): Promise<void> {
  const subscribers = 1_000;
  const feed = new Listeners();
  await feed.open(subscribers, portOf(server), requestFor(server));
  const sockets = new Listeners();
  await sockets.open(subscribers, bare.port, UPGRADE);

  await edit(server, 0);
  await feed.until(subscribers);
  const text = feed.sample.trim();
  const one = await rate(feed, subscribers * ROUNDS, async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      await edit(server, round);
      await feed.until(subscribers * round);
    }
  });
  const bareOne = await rate(sockets, subscribers * ROUNDS, async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      bare.child.send({ text, times: 1 });
      await sockets.until(subscribers * round);
    }
  });
  console.log(`${'one change to 1,000, after another: bare broadcast'.padEnd(52)}${each(bareOne)}`);
  console.log(`${'  plain feed, its command and commit included'.padEnd(52)}${each(one)}   ratio ${(one / bareOne).toFixed(2)}`);

  const burst = await rate(feed, subscribers * BURST, () => editAll(server));
  const bareBurst = await rate(sockets, subscribers * BURST, async () => void bare.child.send({ text, times: BURST }));
  console.log(`${`${BURST} changes at once to 1,000: bare broadcast`.padEnd(52)}${each(bareBurst)}`);
  console.log(`${'  plain feed, its command and commit included'.padEnd(52)}${each(burst)}   ratio ${(burst / bareBurst).toFixed(2)}`);
  await Promise.all([feed.close(), sockets.close()]);
}

async function memory(server: BenchServer, bare: Bare): Promise<void> {
  const cost = async (rss: () => Promise<number>, port: number, request: string): Promise<number> => {
    const listeners = new Listeners();
    await listeners.open(IDLE / 10, port, request);
    const before = await rss();
    await listeners.open(IDLE, port, request);
    await sleep(500);
    const bytes = (await rss()) - before;
    await listeners.close();
    return bytes / IDLE / 1_024;
  };
  const ofFeed = await cost(() => rssOf(server), portOf(server), requestFor(server));
  const ofBare = await cost(() => bare.rss(), bare.port, UPGRADE);
  console.log(`${`memory for each of ${IDLE} idle more: bare socket`.padEnd(52)}${ofBare.toFixed(1)} KiB`);
  console.log(`${'  subscriber of the plain feed'.padEnd(52)}${ofFeed.toFixed(1)} KiB`);
}

async function steadily(server: BenchServer, listeners: Listeners, subscribers: number, perSecond: number): Promise<void> {
  const changes = Math.max(3, SECONDS * perSecond);
  const began = performance.now();
  for (let change = 0; change < changes; change += 1) {
    await sleep(Math.max(0, began + (change * 1_000) / perSecond - performance.now()));
    await edit(server, change);
  }
  await listeners.until(subscribers * changes);
}

/** Deliveries a second, from the beginning of the work until all have come. */
async function rate(listeners: Listeners, deliveries: number, work: () => Promise<void>): Promise<number> {
  listeners.reset();
  const began = performance.now();
  await work();
  await listeners.until(deliveries);
  return deliveries / ((performance.now() - began) / 1_000);
}

let edits = 0;
async function edit(server: BenchServer, change: number): Promise<void> {
  const input = { projectId: 'bench', name: KEYS[change % KEYS.length], defaultValue: (edits += 1) };
  await ask(server, EDIT, { input });
}

/** One command with a change for each key. */
async function editAll(server: BenchServer): Promise<void> {
  edits += 1;
  const keys = KEYS.map((name) => ({ name, type: 'NUMBER', default: edits }));
  await ask(server, APPLY, { input: { projectId: 'bench', setup: { version: 1, keys } } });
}

const APPLY = `mutation ($input: ApplySetupInput!) { applySetup(input: $input) { __typename ... on Refusal { code message } } }`;

async function setUp(server: BenchServer): Promise<void> {
  await ask(server, 'mutation { createProject(input: { projectId: "bench", name: "Bench" }) { __typename ... on Refusal { code } } }');
  await editAll(server);
}

const portOf = ({ url }: BenchServer): number => Number(new URL(url).port);
const requestFor = ({ token }: BenchServer): string =>
  `GET /projects/bench/changes HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\nAccept: application/x-ndjson\r\n\r\n`;
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

const percentiles = (listeners: Listeners): string =>
  `p50 ${listeners.percentile(0.5)} ms`.padStart(14) + `p99 ${listeners.percentile(0.99)} ms`.padStart(16);
const each = (perSecond: number): string => `${Math.round(perSecond)} deliveries/s`.padStart(24);

async function rssOf({ url, token }: BenchServer): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(await response.text())?.[1]);
}

interface Bare {
  readonly child: ChildProcess;
  readonly port: number;
  rss(): Promise<number>;
}

async function bareServer(): Promise<Bare> {
  const child = fork(join(__dirname, 'bare-broadcast.ts'), { execArgv: ['--require', join(__dirname, '../bin/load-typescript.js')] });
  const [port] = (await once(child, 'message')) as [number];
  const rss = async () => {
    const reported = once(child, 'message');
    child.send('memory');
    return ((await reported) as [number])[0];
  };
  return { child, port, rss };
}

void main();
