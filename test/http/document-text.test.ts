import { once } from 'node:events';
import WebSocket from 'ws';
import { analyst, serveFeed } from './feed-server';
import { startServer, tokenFor, type Running } from './running-server';

const LIMIT_BYTES = 65_536;

let running: Running;
beforeAll(async () => (running = await startServer({ bodyLimitBytes: 1_048_576 })));
afterAll(() => running.server.stop());

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const padded = (bytes: number, fill = 'x'): string => {
  const start = '{ hello } #';
  return start + fill.repeat((bytes - start.length) / Buffer.byteLength(fill));
};
const ask = async (query: string) => (await (await running.ask(query)).json()) as Answer;

describe('the text of a document is bounded before it is parsed', () => {
  test('64 KiB are answered', async () => {
    expect(await ask(padded(LIMIT_BYTES))).toEqual({ data: { hello: 'you' } });
  });

  test.each([
    ['a comment', padded(LIMIT_BYTES + 1)],
    ['blanks', `{ hello }${' '.repeat(LIMIT_BYTES)}`],
    ['characters of several bytes', padded(LIMIT_BYTES + 11, '\u0436')],
    ['a literal', `{ hello(name: "${'x'.repeat(LIMIT_BYTES)}") }`],
    ['no GraphQL at all', '!'.repeat(LIMIT_BYTES + 1)],
  ])('one byte more is refused, whatever it is made of: %s', async (_what, query) => {
    expect(await ask(query)).toEqual({
      errors: [
        {
          message: `The document has more than ${LIMIT_BYTES} bytes, which is the limit, blanks and comments included. Send values as variables.`,
          extensions: { code: 'LIMIT_EXCEEDED' },
        },
      ],
    });
  });

  test('over a socket, too', async () => {
    const { server, url } = await serveFeed({}, 2, { bodyLimitBytes: 1_048_576 });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    try {
      const next = async () => JSON.parse(String((await once(socket, 'message'))[0])) as { type: string; payload: Answer['errors'] };
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${await tokenFor(analyst)}` } }));
      expect(await next()).toMatchObject({ type: 'connection_ack' });
      const query = `subscription { changes(projectId: "shop") { __typename } } #${'x'.repeat(LIMIT_BYTES)}`;
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      expect(await next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
    } finally {
      socket.terminate();
      await server.stop();
    }
  });
});

describe('the first message of a socket', () => {
  const send = async (bytes: number) => {
    const { server, url } = await serveFeed({}, 2, { bodyLimitBytes: 1_048_576 });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    try {
      await once(socket, 'open');
      const message = JSON.stringify({
        type: 'connection_init',
        payload: { authorization: `Bearer ${await tokenFor(analyst)}`, padding: '' },
      });
      const heard = Promise.race([
        once(socket, 'message').then(([data]) => (JSON.parse(String(data)) as { type: string }).type),
        once(socket, 'close').then(([code, reason]) => `${code}: ${String(reason)}`),
      ]);
      socket.send(message.replace('""', JSON.stringify('x'.repeat(bytes - message.length))));
      return await heard;
    } finally {
      socket.terminate();
      await server.stop();
    }
  };

  test('of 16,000 bytes is read', async () => {
    expect(await send(16_000)).toBe('connection_ack');
  });

  test('of more than 16,384 bytes closes the socket', async () => {
    expect(await send(16_385)).toBe('1009: Before connection_ack a client may send at most 16384 bytes');
    expect(await send(1_000_000)).toMatch(/^1009: /);
  });
});
