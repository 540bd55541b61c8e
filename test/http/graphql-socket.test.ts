import { createClient, type Client, type ClientOptions } from 'graphql-ws';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { decodeCursor } from '../../src/domain/cursor';
import type { TokenRequest } from '../../src/application/token-request';
import { timed } from '../fixtures/elapsed';
import { analyst, serveFeed } from './feed-server';
import { tokenFor, type Running } from './running-server';

const CHANGES = `subscription Changes($after: Cursor, $fromStart: Boolean, $types: [EventType!], $projectId: ID! = "shop") {
  changes(projectId: $projectId, after: $after, fromStart: $fromStart, types: $types) {
    __typename
    ... on Change { cursor sentence before after event { id type revision data entity { kind name } actor { subject } } }
    ... on CaughtUp { cursor }
    ... on Heartbeat { cursor }
    ... on Parked { cursor revision eventType reason since }
  }
}`;

interface Item {
  readonly __typename: string;
  readonly cursor: string;
  readonly event?: { readonly revision: number };
}
interface Result {
  readonly data?: { readonly changes: Item } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code?: string; readonly cursor?: string } }[];
}

const open: Running[] = [];
const clients: Client[] = [];

async function serve(...args: Parameters<typeof serveFeed>) {
  const running = await serveFeed(...args);
  open.push(running);
  return running;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  for (const { server } of open.splice(0)) await server.stop();
});

async function client(url: string, options: Partial<ClientOptions> = {}): Promise<Client> {
  const made = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${await tokenFor(analyst)}` },
    retryAttempts: 0,
    ...options,
  });
  clients.push(made);
  return made;
}

function iterate(from: Client, variables: object = {}): AsyncIterableIterator<Result> {
  return from.iterate({ query: CHANGES, variables: { ...variables } }) as AsyncIterableIterator<Result>;
}

async function take(items: AsyncIterableIterator<Result>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  while (taken.length < count) {
    const { value } = (await items.next()) as IteratorResult<Result, undefined>;
    if (!value?.data) throw new Error(`no item: ${JSON.stringify(value)}`);
    taken.push(value.data.changes);
  }
  return taken;
}

async function refusalOf(items: AsyncIterableIterator<Result>): Promise<Result['errors']> {
  return ((await items.next()) as IteratorResult<Result, undefined>).value?.errors;
}

/** A socket of our own, for what no honest client does. */
async function raw(url: string, token: string | undefined, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const messages: Record<string, unknown>[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Record<string, unknown>));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  if (token !== undefined) say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  const until = async (condition: () => boolean) => {
    while (!condition()) await sleep(5);
  };
  return { socket, messages, closed, say, until };
}

test('the client of graphql-ws: history, caught up, live, each change with what it was and is and a sentence', async () => {
  const { url, harness } = await serve();
  const items = iterate(await client(url), { fromStart: true });
  const [created, , , caughtUp] = await take(items, 4);
  expect(created).toEqual({
    __typename: 'Change',
    cursor: harness.text(0),
    sentence: 'alice created project *Shop*',
    before: null,
    after: { name: 'Shop', description: '' },
    event: {
      id: harness.ledger.events[0]!.id,
      type: 'ProjectCreated',
      revision: 0,
      data: harness.ledger.events[0]!.data,
      entity: { kind: 'PROJECT', name: 'Shop' },
      actor: { subject: 'alice' },
    },
  });
  expect(caughtUp).toEqual({ __typename: 'CaughtUp', cursor: harness.text(2) });
  await harness.happen(1);
  expect(await take(items, 1)).toMatchObject([{ event: { revision: 3 }, before: { description: '2' }, after: { description: '3' } }]);
});

test('heartbeats, and a parked project', async () => {
  const { url, harness } = await serve({ heartbeatMs: 30 });
  const items = iterate(await client(url), { types: ['KeyCreated'] });
  expect(await take(items, 2)).toMatchObject([{ __typename: 'CaughtUp' }, { __typename: 'Heartbeat', cursor: harness.text(2) }]);
  harness.feed.parked({ projectId: 'shop', revision: 3, type: 'KeyCreated', reason: 'FAILED', since: 0 });
  let item: Item | undefined;
  while (item?.__typename !== 'Parked') [item] = await take(items, 1);
  expect(item).toMatchObject({
    cursor: harness.text(2),
    revision: 3,
    eventType: 'KeyCreated',
    reason: 'FAILED',
    since: '1970-01-01T00:00:00.000Z',
  });
});

test('a client that leaves is let go there and then, also while nothing happens', async () => {
  const { url, harness } = await serve();
  const items = iterate(await client(url));
  await take(items, 1);
  expect(harness.feed.size).toBe(1);
  await items.return?.();
  while (harness.feed.size > 0) await sleep(5);
});

test('after a closed laptop lid it goes on after its last cursor, and has everything once', async () => {
  const { url, harness } = await serve({}, 30);
  const seen: number[] = [];
  let after: string | undefined;
  for (let connection = 0; connection < 4; connection += 1) {
    const one = await client(url);
    const items = iterate(one, after === undefined ? { fromStart: true } : { after });
    for (const { event, cursor } of await take(items, 10)) {
      if (event) seen.push(event.revision);
      after = cursor;
    }
    one.terminate();
    await items.next().catch(() => undefined);
    await harness.happen(3);
  }
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index));
  expect(seen.length).toBeGreaterThan(35);
});

describe('what is refused, in the words and codes of HTTP', () => {
  const refusals: [string, object, string, RegExp][] = [
    ['a cursor that was cut short', { after: 'c2hvc' }, 'BAD_USER_INPUT', /cut short/],
    ['an unknown type', { types: ['Nothing'] }, 'BAD_USER_INPUT', /"Nothing" does not exist in "EventType" enum/],
    ['a variable of another type', { types: [1] }, 'BAD_USER_INPUT', /Enum "EventType" cannot represent non-string value: 1/],
    ['a project that is not there', { projectId: 'missing' }, 'NOT_FOUND', /no project/],
  ];
  test.each(refusals)('%s', async (_, variables, code, message) => {
    const { url, harness } = await serve();
    const error = await refusalOf(iterate(await client(url), variables));
    expect(error).toMatchObject([{ message: expect.stringMatching(message), extensions: { code } }]);
    expect(harness.feed.size).toBe(0);
  });

  test('cursors of another project, beyond the end, and of a rewritten history', async () => {
    const { url } = await serve();
    const other = Buffer.from('other:1:0123456789abcdef').toString('base64url');
    const beyond = Buffer.from('shop:99:0123456789abcdef').toString('base64url');
    const rewritten = Buffer.from('shop:1:0123456789abcdef').toString('base64url');
    const one = await client(url);
    for (const [after, message] of [
      [other, /of the project "other"/],
      [beyond, /beyond the end/],
      [rewritten, /not of this history/],
    ] as const) {
      const errors = await refusalOf(iterate(one, { after }));
      expect(errors).toMatchObject([{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }]);
    }
  });

  test('anyone who may not follow', async () => {
    const { url, harness } = await serve();
    const standings: TokenRequest['roles'][] = [{ shop: ['app'] }, { shop: ['app-server'] }, { other: ['analyst'] }, {}];
    for (const roles of standings) {
      const connectionParams = { authorization: `Bearer ${await tokenFor({ roles })}` };
      const errors = await refusalOf(iterate(await client(url, { connectionParams })));
      expect(errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN' }, message: expect.stringContaining('creator or member or auditor or analyst') },
      ]);
    }
    expect(harness.feed.size).toBe(0);
  });

  test('a subscription too many', async () => {
    const { url } = await serve({ subscriptions: { all: 9, perOwner: 2 } });
    const one = await client(url);
    for (let count = 0; count < 2; count += 1) await take(iterate(one), 1);
    const errors = await refusalOf(iterate(one));
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' }, message: expect.stringContaining('SUBSCRIPTIONS_PER_TOKEN') }]);
  });

  const documents: [string, string, string, RegExp][] = [
    ['a query', '{ projects { nodes { id } } }', 'BAD_REQUEST', /send this query as an HTTP POST/],
    ['a mutation', 'mutation { a: editProject(input: {projectId: "shop"}) { __typename } }', 'BAD_REQUEST', /send this mutation/],
    ['nonsense', 'subscription {', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['an unknown field', 'subscription { changez }', 'GRAPHQL_VALIDATION_FAILED', /changez/],
    ['brackets without end', `subscription ${'{a'.repeat(2_000)}`, 'LIMIT_EXCEEDED', /brackets/],
    ['too many tokens', `subscription { ${'a '.repeat(5_000)} }`, 'LIMIT_EXCEEDED', /QUERY_TOKENS/],
    [
      'a literal that does not fit',
      'subscription { changes(projectId: "shop", after: "x") { __typename } }',
      'GRAPHQL_VALIDATION_FAILED',
      /cursor/,
    ],
    [
      'too many aliases',
      `subscription { changes(projectId: "shop") { ${Array.from({ length: 101 }, (_, index) => `a${index}: __typename`).join(' ')} } }`,
      'LIMIT_EXCEEDED',
      /QUERY_ALIASES/,
    ],
  ];
  test.each(documents)('%s', async (_, query, code, message) => {
    const { url } = await serve();
    const { say, messages, until } = await raw(url, await tokenFor(analyst));
    await until(() => messages.length === 1);
    say({ id: '1', type: 'subscribe', payload: { query } });
    await until(() => messages.length === 2);
    expect(messages[1]).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code }, message: expect.stringMatching(message) }],
    });
  });
});

describe('how a socket is closed', () => {
  test.each([
    ['no token', undefined, /No token was sent/],
    ['nonsense', 'nonsense', /malformed/],
  ])('4401: %s', async (_, token, reason) => {
    const { url } = await serve();
    const { closed, say } = await raw(url, undefined);
    say({ type: 'connection_init', ...(token === undefined ? {} : { payload: { authorization: `Bearer ${token}` } }) });
    expect(await closed).toEqual({ code: 4401, reason: expect.stringMatching(reason) });
  });

  test('the token may come in the header of the upgrade as well', async () => {
    const { url } = await serve();
    const { say, messages, until } = await raw(url, undefined, { authorization: `Bearer ${await tokenFor(analyst)}` });
    say({ type: 'connection_init' });
    await until(() => messages.length === 1);
    expect(messages[0]).toEqual({ type: 'connection_ack' });
  });

  test('4441: the token expires; a client that connects again with a new one is let in', async () => {
    const { url } = await serve();
    const codes: number[] = [];
    const ttls = [2_900, 60_000];
    const one = await client(url, {
      connectionParams: async () => ({ authorization: `Bearer ${await tokenFor({ ...analyst, ttlMs: ttls.shift()! })}` }),
      retryAttempts: 3,
      on: { closed: (event) => codes.push((event as { code: number }).code) },
    });
    expect((await take(iterate(one), 2)).map(({ __typename }) => __typename)).toEqual(['CaughtUp', 'CaughtUp']);
    expect(codes).toEqual([4441]);
  });

  test('4440: a client that never reads, which holds up no one; the reason says where to go on', async () => {
    const { url, harness } = await serve({ stallMs: 1_500 });
    const deaf = await raw(url, await tokenFor(analyst));
    await deaf.until(() => deaf.messages.length === 1);
    deaf.say({ id: '1', type: 'subscribe', payload: { query: CHANGES } });
    await deaf.until(() => deaf.messages.length === 2);
    deaf.socket.pause();
    const items = iterate(await client(url));
    await take(items, 1);
    for (let written = 3; harness.feed.size > 1 && written < 60_000; written += 100) {
      for (let count = 0; count < 100; count += 1) {
        harness.ledger.accept({ type: 'EditProject', id: 'shop', description: `${written + count} ${'x'.repeat(1_900)}` });
      }
      const events = harness.ledger.events.slice(written);
      await harness.write(events);
      harness.deliver(events);
      harness.show(events.at(-1)!);
      await take(items, 100);
    }
    expect(harness.feed.size).toBe(1);
    deaf.socket.resume();
    const { code, reason } = await deaf.closed;
    expect(code).toBe(4440);
    expect(decodeCursor(/go on after (\S+)$/.exec(reason)?.[1] ?? '')?.projectId).toBe('shop');
  });

  test('1001: the server stops, within a second, with streams open', async () => {
    const { url, server, harness } = await serveFeed();
    const events: number[] = [];
    const one = await client(url, { on: { closed: (event) => events.push((event as { code: number }).code) } });
    const items = iterate(one);
    await take(items, 1);
    const rest = items.next().catch((error: unknown) => error);
    expect((await timed(server.stop())).ms).toBeLessThan(3_000);
    expect(await rest).toMatchObject({ code: 1001 });
    expect([events, harness.feed.size]).toEqual([[1001], 0]);
  });

  test('4408: no one says who it is', async () => {
    const { url } = await serve({}, 2, { socketTimes: { init: 50 } });
    expect(await (await raw(url, undefined)).closed).toMatchObject({ code: 4408 });
  });

  test('1009: a message over the limit', async () => {
    const { url } = await serve();
    const { socket, closed } = await raw(url, await tokenFor(analyst));
    socket.send(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(300_000) } }));
    expect(await closed).toMatchObject({ code: 1009 });
  });

  test('4400: what is no message; 4401: who subscribes before saying who it is', async () => {
    const { url } = await serve();
    const one = await raw(url, undefined);
    one.socket.send('what?');
    expect(await one.closed).toMatchObject({ code: 4400 });
    const two = await raw(url, undefined);
    two.say({ id: '1', type: 'subscribe', payload: { query: CHANGES } });
    expect(await two.closed).toMatchObject({ code: 4401 });
  });

  test('a half-open connection is found out and let go', async () => {
    const { url, harness } = await serve({}, 2, { socketTimes: { ping: 300 } });
    const { socket, say, messages, until } = await raw(url, await tokenFor(analyst));
    await until(() => messages.length === 1);
    say({ id: '1', type: 'subscribe', payload: { query: CHANGES } });
    await until(() => messages.length === 2);
    await sleep(700);
    expect(harness.feed.size).toBe(1);
    // Nothing comes from it any more, and nothing says that it has gone.
    socket.pause();
    await until(() => harness.feed.size === 0);
    socket.terminate();
  });

  test('before it is opened: another path, a header of 1 MB, more than there may be', async () => {
    const { url } = await serve({}, 2, { socketLimit: 1 });
    const status = async (path: string, headers: Record<string, string> = {}) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers });
      const [error] = (await once(socket, 'error')) as [Error];
      return error.message;
    };
    expect(await status('/other')).toContain('404');
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    socket.write(`GET /graphql HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Long: ${'x'.repeat(1_048_576)}\r\n\r\n`);
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(String(said)).toMatch(/^HTTP\/1.1 431 /);
    const { messages, until } = await raw(url, await tokenFor(analyst));
    await until(() => messages.length === 1);
    expect(await status('/graphql')).toContain('503');
  });
});
