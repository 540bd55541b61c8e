import { status, type ServerWritableStream } from '@grpc/grpc-js';
import { StreamIdentifier, UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Faults } from './faults';
import { compare, type Log, type Logged, type Place } from './log';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/** How many events a filter looks at between two checkpoints, times the client's multiplier. */
const CHECKPOINT_WINDOW = 32;
const BACKWARDS = ReadReq.Options.ReadDirection.BACKWARDS;

/** `Streams/Read`: reads of a stream or of all of them, and catch-up subscriptions. */
export function read(log: Log, faults: Faults, sending: () => void): (call: Call) => void {
  return (call) => {
    const write = call.write.bind(call);
    call.write = ((...given: Parameters<Call['write']>) => {
      sending();
      return write(...given);
    }) as Call['write'];
    void answer(call, log, faults).catch((error: Error) => call.emit('error', { code: status.INTERNAL, details: error.message }));
  };
}

async function answer(call: Call, log: Log, faults: Faults): Promise<void> {
  const options = call.request.getOptions();
  if (options === undefined) throw new Error('a read without options');
  await faults.before();
  const refusal = faults.refusal(call.metadata.get('requires-leader')[0] === 'true');
  if (refusal !== undefined) {
    call.emit('error', refusal);
    return;
  }
  if (options.hasSubscription()) return follow(call, options, log, faults);
  const name = options.getStream()?.getStreamIdentifier();
  if (name !== undefined && log.stream(Buffer.from(name.getStreamName_asU8()).toString()) === undefined) {
    call.write(new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(name)));
    call.end();
    return;
  }
  let left = BigInt(options.getCount());
  for (const event of selected(options, log)) {
    if (left-- <= 0n || call.cancelled) break;
    await send(call, eventOf(event, options));
  }
  call.end();
}

/** The events of a read in its direction, from its beginning, through its filter. A read begins *at* its position. */
function* selected(options: Options, log: Log): Iterable<Logged> {
  const backwards = options.getReadDirection() === BACKWARDS;
  const stream = options.getStream();
  const all = options.getAll();
  const source = stream === undefined ? log.events : (log.stream(nameOf(stream)) ?? []);
  const position = all?.getPosition();
  const from = position === undefined ? undefined : placeOf(position);
  const within = (event: Logged): boolean => {
    if (stream?.hasRevision())
      return backwards ? event.revision <= Number(stream.getRevision()) : event.revision >= Number(stream.getRevision());
    if (from !== undefined) return backwards ? compare(event, from) < 0 : compare(event, from) >= 0;
    return (stream ?? all)?.hasEnd() ? backwards : true;
  };
  for (const event of backwards ? [...source].reverse() : source.slice()) if (within(event) && passes(event, options)) yield event;
}

/** History *after* the position, `caught up`, then what is appended. Checkpoints come by the number of events looked at. */
async function follow(call: Call, options: Options, log: Log, faults: Faults): Promise<void> {
  call.write(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())));
  const position = options.getAll()?.getPosition();
  const after = position === undefined ? undefined : placeOf(position);
  const window = CHECKPOINT_WINDOW * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
  let looked = 0;
  let live = false;
  for (let at = after === undefined ? 0 : log.events.filter((event) => compare(event, after) <= 0).length; !call.cancelled;) {
    await faults.before();
    const event = log.events[at];
    if (event === undefined) {
      if (!live) call.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
      live = true;
      await appendedOrGone(call, log);
      continue;
    }
    at += 1;
    if (passes(event, options)) await send(call, eventOf(event, options));
    looked += 1;
    if (looked % window === 0) call.write(new ReadResp().setCheckpoint(checkpointOf(event)));
  }
}

function appendedOrGone(call: Call, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      log.off('appended', done);
      call.off('cancelled', done);
      resolve();
    };
    log.on('appended', done);
    call.on('cancelled', done);
  });
}

async function send(call: Call, answer: ReadResp): Promise<void> {
  if (call.write(answer)) return;
  const gone = new AbortController();
  const cancelled = () => gone.abort();
  call.once('cancelled', cancelled);
  await once(call, 'drain', { signal: gone.signal }).catch((error: Error) => {
    if (!gone.signal.aborted) throw error;
  });
  call.off('cancelled', cancelled);
}

function passes(event: Logged, options: Options): boolean {
  const filter = options.getFilter();
  if (filter === undefined) return true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const text = filter.hasStreamIdentifier() ? event.stream : event.type;
  const prefixes = expression?.getPrefixList() ?? [];
  return prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : new RegExp(expression?.getRegex() ?? '').test(text);
}

function eventOf(event: Logged, options: Options): ReadResp {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(options.getUuidOption()?.hasStructured() ? structured(event.id) : new UUID().setString(event.id));
  recorded.setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(event.stream)));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.commit));
  recorded.setPreparePosition(String(event.prepare));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', String(BigInt(event.created) * 10_000n));
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.commit)));
}

function structured(id: string): UUID {
  const hex = id.replaceAll('-', '');
  const half = (from: number) => String(BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)));
  return new UUID().setStructured(new UUID.Structured().setMostSignificantBits(half(0)).setLeastSignificantBits(half(16)));
}

function checkpointOf({ commit, prepare }: Place): ReadResp.Checkpoint {
  return new ReadResp.Checkpoint().setCommitPosition(String(commit)).setPreparePosition(String(prepare));
}

function nameOf(stream: ReadReq.Options.StreamOptions): string {
  return Buffer.from(stream.getStreamIdentifier()?.getStreamName_asU8() ?? '').toString();
}

function placeOf(position: ReadReq.Options.Position): Place {
  return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
}
