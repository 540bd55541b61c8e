import autocannon from 'autocannon';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BareAnswer } from './bare-ofrep';
import { ask, median, row, withServer, type BenchServer, type Figures } from './load';

/**
 * Values over HTTP beside a bare `node:http` server that reads and parses the same bodies and sends the same bytes, in runs that alternate. The users
 * are known and assigned to a running experiment. Aims, to the bare server: one value 0.55, all of 350 keys 0.5; a 304 0.55, and 0.4 where stored
 * facts of the user matter. The CPU time of a request, of all threads, says the same where the machine has other work. Then how soon an edit is served,
 * with 100 evaluations a second beside it: aim, 99 % within 50 ms of its answer.
 */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const WARM_SECONDS = Math.min(SECONDS, 3);
const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const CLIENTS = Number(process.env['BENCH_CLIENTS'] ?? 32);
const KEYS = 350;
const USERS = 500;
const EDITS = 200;
const CITIES = ['New York', 'Miami', 'Boston', 'Oslo'];
const NO_LIMIT = { RATE_LIMIT_PER_CLIENT: '10000000', RATE_LIMIT_PER_TOKEN: '100000000' };

const range = <T>(count: number, make: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(at));

const keys = range(KEYS, (at) => ({ name: `key_${at}`, type: 'STRING', default: `the default of key ${at}` }));

/** Rules, flags and a test for everyone; and keys alone. */
const SETUPS = {
  targeted: {
    version: 2,
    keys,
    segments: CITIES.map((city) => ({ name: city, rule: { property: { name: 'geo.city', operator: 'EQUALS', value: city } } })),
    flags: range(200, (at) => ({
      name: `Flag ${at}`,
      key: `key_${at}`,
      status: 'LIVE',
      rows: [{ segment: CITIES[at % CITIES.length], percentage: 50, value: `in ${CITIES[at % CITIES.length]}` }],
    })),
    experiments: [
      {
        name: 'Test',
        traffic: 100,
        keys: ['key_300'],
        status: 'RUNNING',
        variants: [
          { name: 'Control', control: true, weight: 50 },
          { name: 'Other', weight: 50, values: { key_300: 'other' } },
        ],
      },
    ],
  },
  plain: { version: 2, keys },
};
type ProjectId = keyof typeof SETUPS;

interface Request {
  readonly path: string;
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
}

const bodies = range(USERS, (at) =>
  JSON.stringify({
    context: { targetingKey: `user-${at}`, plan: 'gold', geo: { city: CITIES[at % CITIES.length] }, device: { os: 'iOS' } },
  }),
);

async function main(): Promise<void> {
  await withServer(async (server) => {
    for (const projectId of Object.keys(SETUPS) as ProjectId[]) await setUp(server, projectId);
    const bare = fork(join(__dirname, 'bare-ofrep.ts'), { execArgv: ['--require', join(__dirname, '../bin/load-typescript.js')] });
    try {
      const [port] = (await once(bare, 'message')) as [number];
      const bareUrl = `http://127.0.0.1:${port}`;
      for (const [label, projectId, key, isKnown] of [
        ['one value of an assigned user', 'targeted', 'key_300', false],
        [`all ${KEYS} values`, 'targeted', undefined, false],
        ['304, stored facts matter', 'targeted', undefined, true],
        ['304, nothing stored matters', 'plain', undefined, true],
      ] as const) {
        const requests = await prepared(server, projectId, key, isKnown);
        await teach(bare, server, requests[0]!);
        for (const url of [server.url, bareUrl]) await load(url, requests, WARM_SECONDS, isKnown ? 304 : 200);
        const [product, least]: [CpuFigures[], CpuFigures[]] = [[], []];
        for (let run = 0; run < RUNS; run += 1) {
          product.push(await measured(() => cpuOf(server), server.url, requests, isKnown ? 304 : 200));
          least.push(await measured(() => cpuOfBare(bare), bareUrl, requests, isKnown ? 304 : 200));
        }
        const [ours, theirs] = [median(product), median(least)];
        const [cpu, bareCpu] = [product, least].map((runs) => Math.min(...runs.map(({ cpuMicroseconds }) => cpuMicroseconds)));
        console.log(row(label, ours, ours.perSecond / theirs.perSecond));
        console.log(row('  the same bytes from a bare server', theirs));
        console.log(
          `  CPU time of a request: ${cpu!.toFixed(1)} us, bare ${bareCpu!.toFixed(1)} us   ratio ${(bareCpu! / cpu!).toFixed(2)}`,
        );
      }
    } finally {
      bare.kill();
    }
    await edits(server);
  }, NO_LIMIT);
}

/** From the answer to a mutation to the first evaluation that has what it set. */
async function edits(server: BenchServer): Promise<void> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const valueOf = async (at: number): Promise<string> => {
    const path = '/projects/targeted/ofrep/v1/evaluate/flags/key_349';
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: bodies[at % USERS]! });
    return ((await answer.json()) as { value: string }).value;
  };
  const beside = setInterval(() => void valueOf(Math.floor(Math.random() * USERS)), 10);
  const edit =
    'mutation ($value: JSON!) { editKey(input: { projectId: "targeted", name: "key_349", defaultValue: $value }) { __typename } }';
  const times: number[] = [];
  for (let number = 0; number < EDITS; number += 1) {
    await ask(server, edit, { value: `edit ${number}` });
    const beganMs = performance.now();
    while ((await valueOf(number)) !== `edit ${number}`);
    times.push(performance.now() - beganMs);
  }
  clearInterval(beside);
  times.sort((a, b) => a - b);
  const [half, most] = [0.5, 0.99].map((share) => times[Math.floor(EDITS * share)]!.toFixed(1));
  console.log(`an edit is served after    p50 ${half} ms   p99 ${most} ms   (${EDITS} edits, 100 evaluations a second beside them)`);
}

async function setUp(server: BenchServer, projectId: ProjectId): Promise<void> {
  await ask(
    server,
    `mutation { createProject(input: { projectId: "${projectId}", name: "Bench" }) { __typename ... on Refusal { code } } }`,
  );
  const apply = `mutation ($setup: JSON!) { applySetup(input: { projectId: "${projectId}", setup: $setup }) { __typename ... on Refusal { code } } }`;
  await ask(server, apply, { setup: SETUPS[projectId] });
}

/** One request for each user, who is assigned by the first time that it is sent; with the tag of that answer, where it is known to the client. */
async function prepared(server: BenchServer, projectId: ProjectId, key: string | undefined, isKnown: boolean): Promise<readonly Request[]> {
  const path = `/projects/${projectId}/ofrep/v1/evaluate/flags${key === undefined ? '' : `/${key}`}`;
  const requests: Request[] = [];
  for (const body of bodies) {
    const headers: Record<string, string> = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
    await answer.text();
    const tag = answer.headers.get('etag');
    if (isKnown) headers['if-none-match'] = tag!;
    requests.push({ path, method: 'POST', headers, body });
  }
  return requests;
}

/** Gives the bare server what the product answers to a request. */
async function teach(bare: ChildProcess, server: BenchServer, { path, headers, body }: Request): Promise<void> {
  const { 'if-none-match': _known, ...plain } = headers;
  const answers: Record<string, BareAnswer> = {};
  for (const [name, sent] of [
    [path, plain],
    [`304 ${path}`, headers],
  ] as const) {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: sent, body });
    const kept = [...answer.headers].filter(([header]) => !['connection', 'keep-alive', 'date', 'transfer-encoding'].includes(header));
    answers[name] = { status: answer.status, headers: Object.fromEntries(kept), body: await answer.text() };
  }
  bare.send(answers);
  await once(bare, 'message');
}

interface CpuFigures extends Figures {
  readonly cpuMicroseconds: number;
}

async function measured(cpu: () => Promise<number>, url: string, requests: readonly Request[], status: number): Promise<CpuFigures> {
  const before = await cpu();
  const figures = await load(url, requests, SECONDS, status);
  return { ...figures, cpuMicroseconds: ((await cpu()) - before) / (figures.perSecond * SECONDS) };
}

/** In microseconds. */
async function cpuOf({ url, token }: BenchServer): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]) * 1_000_000;
}

async function cpuOfBare(bare: ChildProcess): Promise<number> {
  bare.send('cpu');
  const [microseconds] = (await once(bare, 'message')) as [number];
  return microseconds;
}

async function load(url: string, requests: readonly Request[], seconds: number, status: number): Promise<Figures> {
  let wrong: number | undefined;
  const result = await autocannon({
    url,
    connections: CLIENTS,
    duration: seconds,
    requests: requests.map((request) => ({
      ...request,
      onResponse: (answered: number) => {
        if (answered !== status) wrong ??= answered;
      },
    })),
  });
  if (wrong !== undefined || result.errors > 0) throw new Error(`an answer had the status ${wrong}, and ${result.errors} were none`);
  return { perSecond: result.requests.total / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

void main();
