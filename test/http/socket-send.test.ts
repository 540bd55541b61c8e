import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
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
  readonly frames: [number, boolean][] = [];
  readonly sent: ((error?: Error) => void)[] = [];

  send(data: string | Buffer, { fin }: { readonly fin: boolean }, done: (error?: Error) => void): void {
    this.frames.push([data.length, fin]);
    this.sent.push(done);
  }
  /** Says that all went out, until the message is sent. */
  async allSent(sending: unknown): Promise<void> {
    let isSent = false;
    void Promise.resolve(sending).then(() => (isSent = true));
    while (!isSent) {
      for (const done of this.sent.splice(0)) done();
      await turn();
    }
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
  const long = 70_000;
  expect(outgoing.take(UNDER_WAY_BYTES - long)).toBe(true);
  const sending = side.send('x'.repeat(long));
  expect(outgoing.take(1)).toBe(false);
  await fake.allSent(sending);
  outgoing.give(UNDER_WAY_BYTES - long);
  expect(outgoing.take(UNDER_WAY_BYTES)).toBe(true);
  const sentBefore = fake.sent.length;
  void side.send('short');
  expect(fake.sent).toHaveLength(sentBefore + 1);
  await side.send('x'.repeat(70_000));
  expect(fake.closes).toEqual([1013]);
  socket.gone();
});

test('a long message goes out in fragments, and nothing else in between', async () => {
  const { fake, socket, side } = connected();
  const long = [side.send('x'.repeat(300_000)), side.send('short'), side.send('y'.repeat(70_000)), side.send('shorter')];
  await fake.allSent(Promise.all(long));
  expect(fake.frames).toEqual([
    [131_072, false],
    [131_072, false],
    [37_856, false],
    [0, true],
    [5, true],
    [70_000, false],
    [0, true],
    [7, true],
  ]);
  socket.gone();
});

test('of a long message nothing more is sent once the socket closes', async () => {
  const { fake, socket, side } = connected();
  const sending = side.send('x'.repeat(300_000));
  await turn();
  fake.readyState = 2;
  await fake.allSent(sending);
  expect(fake.frames.length).toBeLessThanOrEqual(2);
  socket.gone();
});
