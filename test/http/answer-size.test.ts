import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import pino from 'pino';
import WebSocket from 'ws';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const MIB = 2 ** 20;
const TOO_LARGE = {
  errors: [
    {
      message: 'The answer would be larger than 10 MiB, which is the limit. Ask for fewer fields, or for smaller pages.',
      extensions: { code: 'LIMIT_EXCEEDED' },
    },
  ],
};
const LONG = 'x'.repeat(32_000);

let directory: string;
let running: Running;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-answer-size-'));
  running = await start(readSettings({ DATA_DIR: directory, EVENT_STORE: 'memory:', PORT: '0' }), { logger: pino({ level: 'silent' }) });
  await running.ready;
  await ask('mutation { createProject(input: { projectId: "shop", name: "Shop" }) { __typename } }');
  for (let from = 0; from < 100; from += 20) {
    const keys = Array.from(
      { length: 20 },
      (_, at) => `k${at}: createKey(input: { projectId: "shop", name: "k${from + at}", type: JSON, defaultValue: $value }) { __typename }`,
    );
    await ask(`mutation ($value: JSON) { ${keys.join(' ')} }`, { value: { text: LONG } });
  }
  const keys = Array.from({ length: 400 }, (_, at) => ({ name: `k${at}`, type: 'NUMBER', default: at }));
  const apply = 'mutation ($setup: JSON!) { applySetup(input: { projectId: "wide", setup: $setup }) { __typename } }';
  await ask('mutation { createProject(input: { projectId: "wide", name: "Wide" }) { __typename } }');
  expect((await ask(apply, { setup: { version: 2, keys } })).data).toEqual({ applySetup: { __typename: 'SetupApplied' } });
});
afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function text(query: string, variables: object = {}): Promise<string> {
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.firstToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}
const ask = async (query: string, variables: object = {}) => JSON.parse(await text(query, variables)) as Answer;
const aliases = (count: number, selection: string) => Array.from({ length: count }, (_, at) => `a${at}: ${selection}`).join(' ');
/** 3.2 MB. */
const VALUES = 'keys(projectId: "shop", first: 100) { nodes { defaultValue } }';

test('an answer of some megabytes is whole', async () => {
  const whole = await text(`{ ${aliases(3, VALUES)} }`);
  expect(whole.length).toBeGreaterThan(9 * MIB);
  expect((JSON.parse(whole) as Answer).errors).toBeUndefined();
});

test.each([
  ['JSON values', `{ ${aliases(4, VALUES)} }`],
  ['99 aliases of them', `{ ${aliases(99, VALUES)} }`],
  ['whole set-ups', `{ ${aliases(8, 'setup(projectId: "shop")')} }`],
  ['the events of a history', `{ ${aliases(6, 'history(projectId: "shop", first: 50) { nodes { event { data } changes { after } } }')} }`],
  ['lists that no page bounds', '{ keys(projectId: "wide", first: 400) { nodes { affected { kind } } } }'],
  ['what was', `{ ${aliases(4, `project(id: "shop", asOf: { revision: 90 }) { ${VALUES.replace('projectId: "shop", ', '')} }`)} }`],
])('more than 10 MiB is one error, and nothing else: %s', async (_what, query) => {
  expect(await ask(query)).toEqual(TOO_LARGE);
});

/** 400 times the 32 kB that the last event of a key holds. */
const EVENTS = aliases(10, 'history(first: 1) { nodes { event { ...Data } } }');
const DATA = `fragment Data on LedgerEvent { ${aliases(40, 'data')} }`;

test('a mutation whose answer is too large says that it may have been carried out, and those after it are not', async () => {
  const edit = (at: number) =>
    `e${at}: editKey(input: { projectId: "shop", name: "k${at}", defaultValue: $value }) { ... on Key { ${EVENTS} } }`;
  const { data, errors } = await ask(`mutation ($value: JSON) { ${edit(0)} ${edit(1)} } ${DATA}`, { value: { text: `${LONG} again` } });
  expect(data).toBeUndefined();
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/larger than 10 MiB.*may have been carried out: read, or send them again with the same commandId/),
      extensions: { code: 'LIMIT_EXCEEDED' },
    },
  ]);
  const versions = (await ask(`{ ${[0, 1].map((at) => `e${at}: key(projectId: "shop", name: "k${at}") { version }`).join(' ')} }`)).data;
  expect(versions).toEqual({ e0: { version: 2 }, e1: { version: 1 } });
});

const subscriber = () =>
  createClient({
    url: `${running.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${running.firstToken}` },
    retryAttempts: 0,
  });
const following = (selection: string) =>
  `subscription { changes(projectId: "shop", fromStart: true, types: [KeyCreated]) { ... on Change { ${selection} } } }`;

test('items of more than a megabyte are whole, over a socket beside others and as a stream', async () => {
  const query = `${following(aliases(1, 'event { ...Data }'))} ${DATA}`;
  const client = subscriber();
  const sizes = async (subscribed: string, count: number): Promise<number[]> => {
    const found: number[] = [];
    for await (const event of client.iterate({ query: subscribed })) {
      expect(event.errors).toBeUndefined();
      if (found.push(JSON.stringify(event).length) === count) break;
    }
    return found;
  };
  const [large, small] = await Promise.all([sizes(query, 1), sizes(following('cursor'), 10)]);
  for (const size of large) expect(size).toBeGreaterThan(MIB);
  expect(Math.max(...small)).toBeLessThan(1_000);
  await client.dispose();

  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${running.firstToken}`, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  });
  const parts: string[] = [];
  let characters = 0;
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    characters += part.length;
    if (parts.push(part) && characters > 2 * MIB) break;
  }
  const [first] = parts
    .join('')
    .split('\n\n')
    .filter((message) => message.startsWith('event: next'));
  expect((JSON.parse(first!.slice(first!.indexOf('data: ') + 6)) as Answer).errors).toBeUndefined();
});

test('of a subscription, an item that is too large is an error in its place', async () => {
  const client = subscriber();
  const query = `${following(aliases(10, 'event { ...Data }'))} ${DATA}`;
  for await (const event of client.iterate({ query })) {
    expect(event).toMatchObject({ data: null, errors: [{ ...TOO_LARGE.errors[0] }] });
    break;
  }
  await client.dispose();
});
