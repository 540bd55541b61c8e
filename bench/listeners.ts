import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What stands before the time of a change: in the plain feed, and in GraphQL's. */
const MARKS = { feed: Buffer.from('"time":"'), graphql: Buffer.from('"occurredAt":"') };
/** Bytes of a time. */
const TIME_LENGTH = 24;
const AT_ONCE = 100;

/**
 * Many listeners in this process, as cheap as they can be, so that it is the server that is measured: of what comes they look for the time at which a change was
 * decided, and note how long ago that was.
 */
export class Listeners {
  /** Milliseconds from the decision of a change, before its commit, until a listener has it: one for each. */
  latencies: number[] = [];
  received = 0;
  /** The text of one change, as it came. */
  sample = '';
  private mark = MARKS.feed;
  private readonly sockets: { destroy(): void }[] = [];

  /** Plain sockets that send this request and take what comes. */
  async open(count: number, port: number, request: string): Promise<void> {
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - opened) }, () => this.one(port, request)));
    }
    await sleep(300);
    this.reset();
  }

  /** Clients of GraphQL over WebSocket. */
  async openGraphql(count: number, url: string, token: string, query: string): Promise<void> {
    this.mark = MARKS.graphql;
    for (let opened = 0; opened < count; opened += AT_ONCE) {
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, count - opened) }, async () => {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { perMessageDeflate: false });
          await once(socket, 'open');
          socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
          await once(socket, 'message');
          socket.on('message', (data) => void this.take(data as Buffer));
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
          await once(socket, 'message');
          this.sockets.push({ destroy: () => socket.terminate() });
        }),
      );
    }
    this.reset();
  }

  async until(received: number, patience = 120_000): Promise<void> {
    const last = performance.now() + patience;
    while (this.received < received) {
      if (performance.now() > last) throw new Error(`of ${received} changes only ${this.received} have come`);
      await sleep(1);
    }
  }

  reset(): void {
    this.latencies = [];
    this.received = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.splice(0)) socket.destroy();
    await sleep(300);
  }

  /** Of the latencies, in milliseconds. */
  percentile(part: number): number {
    const sorted = this.latencies.sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  }

  private async one(port: number, request: string): Promise<void> {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    this.sockets.push(socket);
    await once(socket, 'connect');
    socket.write(request);
    await once(socket, 'data');
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => (rest = this.take(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]))));
  }

  /** Answers what may be the beginning of something that the next chunk ends. */
  private take(chunk: Buffer): Buffer<ArrayBuffer> {
    const now = Date.now();
    const { mark } = this;
    let done = 0;
    for (let at = chunk.indexOf(mark); at >= 0; at = chunk.indexOf(mark, done)) {
      if (at + mark.length + TIME_LENGTH > chunk.length) return Buffer.from(chunk.subarray(at));
      done = at + mark.length;
      this.received += 1;
      this.latencies.push(now - Date.parse(chunk.toString('latin1', done, done + TIME_LENGTH)));
      if (this.sample === '') this.sample = chunk.toString('utf8');
    }
    return Buffer.from(chunk.subarray(Math.max(done, chunk.length - mark.length + 1)));
  }
}
