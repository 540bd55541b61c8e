import { status, type ServerWritableStream } from '@grpc/grpc-js';
import { ReadResp, type ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { once } from 'node:events';
import { streamDeleted, type Faults } from './faults';
import type { Log, Logged } from './log';
import { BACKWARDS, eventAnswer, filterOf, HandlerFailed, PAGE, positionOf, streamName, windowOf, type ReadOptions } from './read-answers';
import { InsideRecord } from './records';
import { follow } from './subscription';

export type Call = ServerWritableStream<ReadReq, ReadResp>;

/** What reads and subscriptions need of their server. */
export interface Readable {
  readonly log: Log;
  readonly faults: Faults;
  /** The release whose behaviour it has. */
  readonly version: string;
  sending(): void;
  /** A scan of the log has begun, or has ended. */
  scanning(by: 1 | -1): void;
}

/** `Streams/Read`: reads of a stream or of all of them, and catch-up subscriptions. */
export function read(server: Readable): (call: Call) => void {
  return (call) => {
    const write = call.write.bind(call);
    call.write = ((...given: Parameters<Call['write']>) => {
      server.sending();
      return write(...given);
    }) as Call['write'];
    void answer(call, server).catch((error: Error) => {
      const failed = error instanceof InsideRecord || error instanceof HandlerFailed;
      const details = failed ? 'Exception was thrown by handler.' : error.message;
      call.emit('error', { code: failed ? status.UNKNOWN : status.INTERNAL, details });
    });
  };
}

async function answer(call: Call, server: Readable): Promise<void> {
  const { faults } = server;
  const options = call.request.getOptions();
  if (options === undefined) throw new Error('a read without options');
  await faults.before();
  const refusal = faults.readRefusal(call.metadata.get('requires-leader')[0] === 'true');
  if (refusal !== undefined) {
    call.emit('error', refusal);
    return;
  }
  if (options.hasSubscription()) return follow(call, options, server);
  const stream = options.getStream();
  if (stream === undefined) await readAll(call, options, server);
  else {
    const events = server.log.read(streamName(stream));
    if (events === 'deleted') {
      call.emit('error', streamDeleted(streamName(stream)));
      return;
    }
    if (events === 'not found')
      call.write(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(stream.getStreamIdentifier())));
    else await sendAll(call, options, ofStream(events, options, stream));
  }
  call.end();
}

function ofStream(events: readonly Logged[], options: ReadOptions, stream: ReadReq.Options.StreamOptions): readonly Logged[] {
  const backwards = options.getReadDirection() === BACKWARDS;
  const ordered = backwards ? [...events].reverse() : events;
  if (stream.hasEnd()) return backwards ? ordered : [];
  if (!stream.hasRevision()) return backwards ? [] : ordered;
  const from = BigInt(stream.getRevision());
  return ordered.filter(({ revision }) => (backwards ? revision <= from : revision >= from));
}

async function sendAll(call: Call, options: ReadOptions, events: readonly Logged[]): Promise<void> {
  for (const event of events.slice(0, Number(options.getCount()))) {
    if (call.cancelled) return;
    await send(call, eventAnswer(event, options));
  }
}

/** Nothing is sent while the server looks at events that do not match; and it goes on looking when the client has left. */
async function readAll(call: Call, options: ReadOptions, { log, faults, scanning }: Readable): Promise<void> {
  const matches = filterOf(options);
  const all = options.getAll();
  const position = all?.getPosition();
  let left = Number(options.getCount());
  if (left === 0) throw new HandlerFailed('a read of no events');
  if (options.getReadDirection() === BACKWARDS) {
    const from = position === undefined ? undefined : positionOf(position);
    const events = all?.hasStart() === true ? [] : log.records.before(from, matches, left);
    return sendAll(call, options, events);
  }
  if (all?.hasEnd() === true) return;
  let from = position === undefined ? 0n : positionOf(position);
  scanning(1);
  try {
    for (;;) {
      const page = log.records.page(from, matches, Math.min(PAGE, left), windowOf(options));
      await faults.scan(page.considered);
      for (const event of page.events) {
        if (call.cancelled) return;
        await send(call, eventAnswer(event, options));
      }
      left -= page.events.length;
      if (page.atEnd || left === 0) return;
      from = page.next;
    }
  } finally {
    scanning(-1);
  }
}

export async function send(call: Call, message: ReadResp): Promise<void> {
  if (call.write(message)) return;
  const gone = new AbortController();
  const cancelled = () => gone.abort();
  call.once('cancelled', cancelled);
  await once(call, 'drain', { signal: gone.signal }).catch((error: Error) => {
    if (!gone.signal.aborted) throw error;
  });
  call.off('cancelled', cancelled);
}
