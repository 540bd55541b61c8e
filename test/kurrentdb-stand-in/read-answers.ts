import { StreamIdentifier, UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb';
import { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import type { Logged } from './log';

export type ReadOptions = ReadReq.Options;
export type Matches = (stream: string, type: string) => boolean;

export const BACKWARDS = ReadReq.Options.ReadDirection.BACKWARDS;
/** How many events the server takes at a time, and looks at between two checkpoints unless the client says otherwise. */
export const PAGE = 32;

export function streamName(options: ReadReq.Options.StreamOptions): string {
  return Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? '').toString();
}

export function filterOf(options: ReadOptions): Matches {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = new RegExp(expression?.getRegex() ?? '');
  const passes = (text: string) => (prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text));
  return filter.hasStreamIdentifier() ? (stream) => passes(stream) : (_, type) => passes(type);
}

export function windowOf(options: ReadOptions): number {
  const filter = options.getFilter();
  return filter?.hasMax() === true ? filter.getMax() : PAGE;
}

/** Thrown for what the server has no answer to but the end of the call, without a word of why. */
export class HandlerFailed extends Error {}

/** Where a read of `$all` begins. The server keeps one number for a place, and fails if the client's two make no sense. */
export function positionOf(position: ReadReq.Options.Position): bigint {
  const commit = BigInt(position.getCommitPosition());
  const prepare = BigInt(position.getPreparePosition());
  if (prepare > commit) throw new HandlerFailed(`a prepare position ${prepare} after the commit position ${commit}`);
  return commit;
}

export function eventAnswer(event: Logged, options: ReadOptions): ReadResp {
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

export function checkpointAnswer(position: bigint): ReadResp {
  return new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)));
}

function structured(id: string): UUID {
  const hex = id.replaceAll('-', '');
  const half = (from: number) => String(BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)));
  return new UUID().setStructured(new UUID.Structured().setMostSignificantBits(half(0)).setLeastSignificantBits(half(16)));
}
