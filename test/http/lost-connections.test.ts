import fc from 'fast-check';
import { GraphQLBoolean, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { UNDER_WAY_BYTES, type AnswerBudget } from '../../src/http/answer-budget';
import { authenticator } from '../../src/http/authentication';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';
import { analyst, serveFeed } from './feed-server';
import { SECRET, tokenFor } from './running-server';

const LARGE_BYTES = 9 * 2 ** 20;
const SOCKETS_PER_TOKEN = 5;
const pause = (): Promise<void> => sleep(Math.random() * 10);

/** Answers after a moment; `large` counts as so many bytes until it has gone out. */
const large = {
  type: GraphQLBoolean,
  resolve: async (_: unknown, __: unknown, { answer }: { answer: Pick<AnswerBudget, 'take'> }) => {
    await pause();
    return answer.take(LARGE_BYTES) ?? true;
  },
};
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { large } }),
  mutation: new GraphQLObjectType({ name: 'Mutation', fields: { large } }),
});

const known = authenticator({ kind: 'local', secret: SECRET });
/** As where keys are fetched. */
const authenticate = async (authorization: string | undefined) => {
  await pause();
  return known(authorization);
};

const ASKED = ['{ large }', 'mutation { large }', 'feed'] as const;
type Lost = { readonly asks: readonly (typeof ASKED)[number][]; readonly leavesMs: number } | { readonly socketLeavesMs: number };
const leaves = fc.nat(30);
const lost: fc.Arbitrary<Lost> = fc.oneof(
  fc.record({ asks: fc.array(fc.constantFrom(...ASKED), { minLength: 1, maxLength: 4 }), leavesMs: leaves }),
  fc.record({ socketLeavesMs: leaves }),
);

test('whenever connections are lost, with whatever on them, nothing that all share stays taken', async () => {
  const { server, url, harness } = await serveFeed({}, 2, {
    schema,
    context: (caller, requestId, answer) => ({ caller, requestId, answer }),
    authenticate,
    socketsPerToken: SOCKETS_PER_TOKEN,
    stopSeconds: 60,
  });
  const [host, port] = ['127.0.0.1', Number(new URL(url).port)];
  const token = await tokenFor(analyst);
  const headers = ['Host: x', `Authorization: Bearer ${token}`];
  const textOf = (asked: (typeof ASKED)[number]): string => {
    if (asked === 'feed') return ['GET /projects/shop/changes HTTP/1.1', ...headers, '', ''].join('\r\n');
    const body = JSON.stringify({ query: asked });
    const ofBody = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    return ['POST /graphql HTTP/1.1', ...headers, ...ofBody, '', body].join('\r\n');
  };
  /** With the first that the server says, or why it closes it. */
  const openSocket = async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const said = new Promise<string>((resolve) => {
      socket.once('message', (data) => resolve(String(data as Buffer)));
      socket.once('close', (_, reason) => resolve(String(reason)));
    });
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    return { socket, said };
  };
  const lose = async (connection: Lost): Promise<void> => {
    if ('socketLeavesMs' in connection) {
      const { socket } = await openSocket();
      await sleep(connection.socketLeavesMs);
      return socket.terminate();
    }
    const socket = connect(port, host);
    socket.resume().write(connection.asks.map(textOf).join(''));
    await sleep(connection.leavesMs);
    socket.destroy();
  };
  const ask = async (): Promise<unknown> => {
    const request = { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } };
    return (await fetch(`${url}/graphql`, { ...request, body: '{"query":"{ large }"}' })).json();
  };
  const expectFree = async (): Promise<void> => {
    await until(() => harness.feed.size === 0);
    const most = Math.floor(UNDER_WAY_BYTES / LARGE_BYTES);
    const answers = await Promise.all(Array.from({ length: most }, ask));
    expect(answers).toEqual(Array.from({ length: most }, () => ({ data: { large: true } })));
    const sockets = await Promise.all(Array.from({ length: SOCKETS_PER_TOKEN }, openSocket));
    expect(await Promise.all(sockets.map(({ said }) => said))).toEqual(sockets.map(() => '{"type":"connection_ack"}'));
    await Promise.all(sockets.map(({ socket }) => (socket.close(), once(socket, 'close'))));
  };
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(lost, { minLength: 1, maxLength: SOCKETS_PER_TOKEN }), async (connections) => {
        await Promise.all(connections.map(lose));
        // What was begun is carried to its end.
        await sleep(50);
        await expectFree();
      }),
      { numRuns: 40, endOnFailure: true },
    );
  } finally {
    // It waits for no one who has gone.
    expect((await timed(server.stop())).ms).toBeLessThan(10_000);
  }
});
