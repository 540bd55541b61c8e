import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient as createSocketClient } from 'graphql-ws';
import { createClient, type Client, type ClientOptions } from 'graphql-sse';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { timed } from '../fixtures/elapsed';
import { analyst, serveFeed } from './feed-server';
import { tokenFor, type Running } from './running-server';

const CHANGES = `subscription Changes($after: Cursor, $fromStart: Boolean) {
  changes(projectId: "shop", after: $after, fromStart: $fromStart) {
    __typename
    ... on Change { cursor sentence event { revision } }
    ... on CaughtUp { cursor }
    ... on Heartbeat { cursor }
  }
}`;

interface Result {
  readonly data?: {
    readonly changes: { readonly __typename: string; readonly cursor: string; readonly event?: { readonly revision: number } };
  } | null;
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
  for (const client of clients.splice(0)) client.dispose();
  for (const { server } of open.splice(0)) await server.stop();
});

async function client(url: string, options: Partial<ClientOptions> = {}): Promise<Client> {
  const headers = { authorization: `Bearer ${await tokenFor(analyst)}` };
  const made = createClient({ url: `${url}/graphql`, headers, retryAttempts: 0, ...options } as ClientOptions);
  clients.push(made);
  return made;
}

function iterate(from: Client, variables: Record<string, unknown> = {}, query = CHANGES): AsyncIterableIterator<Result> {
  return from.iterate({ query, variables }) as AsyncIterableIterator<Result>;
}

async function results(items: AsyncIterableIterator<Result>, count: number): Promise<Result[]> {
  const taken: Result[] = [];
  while (taken.length < count) {
    const { value, done } = (await items.next()) as IteratorResult<Result, undefined>;
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const revisions = (taken: readonly Result[]) => taken.map(({ data }) => data?.changes.event?.revision ?? data?.changes.__typename);

describe('the client of graphql-sse', () => {
  test('follows history and what is new, and is let go when it leaves', async () => {
    const { url, harness } = await serve();
    const items = iterate(await client(url), { fromStart: true });
    expect(revisions(await results(items, 4))).toEqual([0, 1, 2, 'CaughtUp']);
    await harness.happen(2);
    expect(revisions(await results(items, 2))).toEqual([3, 4]);
    await items.return?.();
    while (harness.feed.size > 0) await sleep(5);
  });

  test('is reported in the stream what is refused, and that the token has expired, with the cursor to go on after', async () => {
    const { url, harness } = await serve();
    const one = await client(url);
    expect(await results(iterate(one, { after: 'c2hvc' }), 9)).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
    expect(await results(iterate(one, {}, '{ projects { nodes { id } } }'), 9)).toMatchObject([
      { errors: [{ message: expect.stringContaining('HTTP POST'), extensions: { code: 'BAD_REQUEST' } }] },
    ]);
    const headers = { authorization: `Bearer ${await tokenFor({ ...analyst, ttlMs: 2_900 })}` };
    expect(await results(iterate(await client(url, { headers })), 9)).toMatchObject([
      { data: { changes: { __typename: 'CaughtUp' } } },
      { errors: [{ extensions: { code: 'UNAUTHENTICATED', cursor: harness.text(2) } }] },
    ]);
  });

  test('is reported when the server stops, which does not wait for it', async () => {
    const { url, harness, server } = await serveFeed();
    const items = iterate(await client(url));
    await results(items, 1);
    const { result, ms } = await timed(Promise.all([results(items, 9), server.stop()]));
    expect(ms).toBeLessThan(3_000);
    expect(result[0]).toMatchObject([{ errors: [{ extensions: { code: 'GOING_AWAY', cursor: harness.text(2) } }] }]);
  });
});

test('over plain HTTP a subscription is refused, with the words for where it goes', async () => {
  const { ask } = await serve();
  const response = await ask(CHANGES);
  expect(response.status).toBe(200);
  expect((await ask(CHANGES, {}, { accept: 'application/graphql-response+json' })).status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'BAD_REQUEST' }, message: expect.stringContaining('WebSocket') }],
  });
});

test('without a token there is no stream', async () => {
  const { url } = await serve();
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: CHANGES }) });
  expect(response.status).toBe(401);
});

test('a client that never reads takes little memory and is cut off', async () => {
  const { url, harness } = await serve({ stallMs: 1_500 });
  const token = await tokenFor(analyst);
  const deaf = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  deaf.pause();
  const body = JSON.stringify({ query: CHANGES.replace('sentence', 'sentence before after') });
  deaf.write(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  while (harness.feed.size < 1) await sleep(5);
  for (let written = 3; harness.feed.size > 0 && written < 60_000; written += 150) {
    for (let count = 0; count < 150; count += 1) {
      harness.ledger.accept({ type: 'EditProject', id: 'shop', description: `${written + count} ${'x'.repeat(1_900)}` });
    }
    const events = harness.ledger.events.slice(written);
    await harness.write(events);
    harness.deliver(events);
    harness.show(events.at(-1)!);
    await sleep(20);
  }
  expect(harness.feed.size).toBe(0);
  const closed = new Promise((resolve) => deaf.once('close', resolve));
  deaf.resume();
  await closed;
});

test('Apollo Client, with a subscription over its WebSocket link', async () => {
  const { url, harness } = await serve();
  const authorization = `Bearer ${await tokenFor(analyst)}`;
  const sockets = createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
  });
  const apollo = new ApolloClient({ link: new GraphQLWsLink(sockets), cache: new InMemoryCache() });
  const seen: (number | string | undefined)[] = [];
  const subscription = apollo
    .subscribe<Result['data'] & object>({ query: gql(CHANGES), variables: { fromStart: true } })
    .subscribe(({ data }) => {
      seen.push(...revisions([{ data: data as Result['data'] }]));
    });
  while (seen.length < 4) await sleep(5);
  await harness.happen(1);
  while (seen.length < 5) await sleep(5);
  expect(seen).toEqual([0, 1, 2, 'CaughtUp', 3]);
  subscription.unsubscribe();
  while (harness.feed.size > 0) await sleep(5);
  apollo.stop();
  await sockets.dispose();
});
