import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { OutgoingBytes, UNDER_WAY_BYTES } from '../../src/http/answer-budget';
import { GraphqlSocket } from '../../src/http/graphql-socket';
import { buildLogger } from '../../src/http/logger';

/** A socket that says of each message what became of it only when it is asked to. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readyState = 1;
  bufferedAmount = 0;
  readonly protocol = 'graphql-transport-ws';
  readonly closes: number[] = [];
  readonly sent: ((error?: Error) => void)[] = [];

  send(_data: string, done: (error?: Error) => void): void {
    this.sent.push(done);
  }
  close(code: number): void {
    this.closes.push(code);
  }
  terminate(): void {}
}

function connected() {
  const log: string[] = [];
  const fake = new FakeSocket();
  const outgoing = new OutgoingBytes();
  const socket = new GraphqlSocket(
    fake as unknown as WebSocket,
    undefined,
    'id',
    buildLogger('info', { write: (line: string) => void log.push(line) }),
    outgoing,
  );
  return { fake, log, outgoing, socket, side: socket.protocolSide() };
}

test('a client that goes away while a message is sent is no fault of a subscription, and nothing for the log', async () => {
  const { fake, log, socket, side } = connected();
  const sending = side.send('x');
  fake.sent[0]!(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  await expect(sending).resolves.toBeUndefined();
  expect(log).toEqual([]);
  socket.gone();
});

test('long messages share what all answers may take until they have gone out', async () => {
  const { fake, outgoing, socket, side } = connected();
  const sending = side.send('x'.repeat(UNDER_WAY_BYTES));
  expect(outgoing.take(1)).toBe(false);
  fake.sent[0]!();
  await sending;
  expect(outgoing.take(UNDER_WAY_BYTES)).toBe(true);
  void side.send('short');
  expect(fake.sent).toHaveLength(2);
  await side.send('x'.repeat(70_000));
  expect(fake.closes).toEqual([1013]);
  socket.gone();
}, 20_000);
