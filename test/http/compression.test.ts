import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

let directory: string;
let running: Running;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-compression-'));
  const settings = readSettings({
    DATA_DIR: directory,
    EVENT_STORE: 'memory:',
    PORT: '0',
    DASHBOARD: 'false',
    CORS_ORIGINS: 'http://a.test',
  });
  running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  await post('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
  const keys = Array.from({ length: 400 }, (_, index) => ({ name: `key_${index}`, type: 'STRING', default: 'x'.repeat(index) }));
  const setup = { version: 2, keys };
  await post('mutation ($setup: JSON!) { applySetup(input: { projectId: "shop", setup: $setup }) { __typename } }', {}, { setup });
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Sent by hand, since `fetch` decodes what it gets and says nothing of it. */
function send(path: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${running.firstToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    };
    const sent = httpRequest(`${running.url}${path}`, options, resolve);
    sent.once('error', reject);
    sent.end(body);
  });
}

async function post(query: string, headers: Record<string, string> = {}, variables: object = {}) {
  const answer = await send('/graphql', headers, JSON.stringify({ query, variables }));
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { headers: answer.headers, body: Buffer.concat(chunks) };
}

const KEYS = '{ keys(projectId: "shop", first: 500) { nodes { name type defaultValue version createdAt } } }';
const decoded = { br: brotliDecompressSync, gzip: gunzipSync } as const;

test.each([
  ['br', 'gzip, deflate, br'],
  ['br', '*'],
  ['gzip', 'gzip'],
  ['gzip', 'br;q=0, gzip;q=0.5'],
] as const)('an answer of more than 4 kB is compressed with %s for a client that takes %s', async (encoding, accepted) => {
  const plain = await post(KEYS);
  const { headers, body } = await post(KEYS, { 'accept-encoding': accepted });
  expect([headers['content-encoding'], headers['vary']]).toEqual([encoding, expect.stringMatching(/accept-encoding/i)]);
  expect(decoded[encoding](body)).toEqual(plain.body);
  expect(body.length).toBeLessThan(plain.body.length / 5);
});

test('an answer that is short, or whose client takes no encoding of ours, is sent as it is', async () => {
  for (const accepted of ['', 'identity', 'zstd', 'br;q=0', 'gzip;q=0, *;q=0', ';;q=,']) {
    const { headers, body } = await post(KEYS, { 'accept-encoding': accepted });
    expect([accepted, headers['content-encoding'], body.toString().slice(0, 17)]).toEqual([accepted, undefined, '{"data":{"keys":{']);
  }
  const short = await post('{ keys(projectId: "shop") { totalCount } }', { 'accept-encoding': 'br' });
  expect([short.headers['content-encoding'], short.body.toString()]).toEqual([undefined, '{"data":{"keys":{"totalCount":400}}}\n']);
});

test('an answer that is sent in pieces is compressed in pieces', async () => {
  const many = Array.from({ length: 9 }, (_, at) => `a${at}: keys(projectId: "shop", first: 400) { nodes { name defaultValue } }`).join(
    ' ',
  );
  const plain = await post(`{ ${many} }`);
  expect(plain.body.length).toBeGreaterThan(500_000);
  for (const encoding of ['br', 'gzip'] as const) {
    const { headers, body } = await post(`{ ${many} }`, { 'accept-encoding': encoding });
    expect(headers).toMatchObject({ 'content-encoding': encoding, 'transfer-encoding': 'chunked' });
    expect(headers['content-length']).toBeUndefined();
    expect(decoded[encoding](body).equals(plain.body)).toBe(true);
  }
});

test('answers name in `vary` what they depend on, beside what CORS says', async () => {
  const { headers } = await post(KEYS, { origin: 'http://a.test', 'accept-encoding': 'gzip' });
  expect(headers['vary']?.toLowerCase().split(/, */).sort()).toEqual(['accept-encoding', 'origin']);
});

/** The first piece of a stream, and how long it took, in milliseconds. */
async function first(
  answer: Promise<IncomingMessage>,
): Promise<{ readonly encoding: string | undefined; readonly text: string; readonly ms: number }> {
  const started = performance.now();
  const response = await answer;
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (/\n.*\n|^\{.*\}\n/s.test(text)) break;
  }
  response.destroy();
  return { encoding: response.headers['content-encoding'], text, ms: performance.now() - started };
}

const subscription = JSON.stringify({ query: 'subscription { changes(projectId: "shop", fromStart: true) { __typename } }' });
test.each<[string, () => Promise<IncomingMessage>, RegExp]>([
  ['GraphQL over SSE', () => send('/graphql', { ...TAKES, accept: 'text/event-stream' }, subscription), /^(:|event: next)/],
  ['the plain feed', () => send('/projects/shop/changes?fromStart=true', { ...TAKES, accept: 'application/x-ndjson' }), /"revision":0|^\{/],
  [
    'the plain feed over SSE',
    () => send('/projects/shop/changes?fromStart=true', { ...TAKES, accept: 'text/event-stream' }),
    /^(:|retry: |id: |event: )/,
  ],
  ['the stream of OFREP', () => ofrepStream(), /^(:|event: |retry: |id: |data: )/],
])('%s is not compressed, and its first event comes within 100 ms', async (_what, open, begins) => {
  // The best of a few, since the machine may have other work: a compressor would hold the event back for ever.
  const taken: number[] = [];
  for (let attempt = 0; attempt < 10 && Math.min(...taken, Infinity) >= 100; attempt++) {
    const { encoding, text, ms } = await first(open());
    expect([encoding ?? 'none', text.slice(0, 80)]).toEqual(['none', expect.stringMatching(begins)]);
    taken.push(ms);
  }
  expect(Math.min(...taken)).toBeLessThan(100);
});

const TAKES = { 'accept-encoding': 'gzip, br' };

/** As a bulk answer names it. */
async function ofrepStream(): Promise<IncomingMessage> {
  const answer = await fetch(`${running.url}/projects/shop/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.firstToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ context: { targetingKey: 'ann' } }),
  });
  const { eventStreams } = (await answer.json()) as { eventStreams: { endpoint: { requestUri: string } }[] };
  return send(eventStreams[0]!.endpoint.requestUri, { ...TAKES, accept: 'text/event-stream' });
}
