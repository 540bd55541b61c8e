import { AheadOfStore, type Position } from './event-store';

/** Where a record is in the log of a KurrentDB. In old logs the events of one append share `commit`, so only both together say where. */
export interface LogPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** The place of one event, with the start of its id: in a store that was restored from an older copy another event may have come to be there. */
export interface EventPosition extends LogPosition {
  readonly mark: string;
}

/** How far the log has been read: the last event that was met, and up to where there was none after it. */
export interface Reached {
  readonly event?: EventPosition;
  /** A checkpoint of the server after the event: between the two there are only events of others. */
  readonly checkpoint?: bigint;
  /** The start of the id of the record at the checkpoint, whose ever it is. Absent: the checkpoint is of this process. */
  readonly checkpointMark?: string;
}

export const NOWHERE: Reached = {};
const MARK = 8;
const POSITION = /^(?:(\d{1,20})\/(\d{1,20})\/([0-9a-f]{8}))?(?:\+(\d{1,20})(?:\/([0-9a-f]{8}))?)?$/;

export function eventPosition({ commit, prepare }: LogPosition, id: string): EventPosition {
  return { commit, prepare, mark: id.slice(0, MARK) };
}

export function compare(a: LogPosition, b: LogPosition): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare === b.prepare) return 0;
  return a.prepare < b.prepare ? -1 : 1;
}

/** Whether less of the log has been read, where the one is reached, than where the other is. */
export function isBefore(a: Reached, b: Reached): boolean {
  const [first, second] = [end(a), end(b)];
  if (second === undefined) return false;
  return first === undefined || compare(first, second) < 0;
}

function end({ event, checkpoint }: Reached): LogPosition | undefined {
  return checkpoint === undefined ? event : { commit: checkpoint, prepare: checkpoint };
}

export function isSame(a: EventPosition, b: EventPosition): boolean {
  return compare(a, b) === 0 && a.mark === b.mark;
}

/** Undefined: nothing has been read. */
export function positionOf({ event, checkpoint, checkpointMark }: Reached): Position | undefined {
  const mark = checkpointMark === undefined ? '' : `/${checkpointMark}`;
  const after = checkpoint === undefined ? '' : `+${checkpoint}${mark}`;
  if (event === undefined) return after === '' ? undefined : after;
  return `${event.commit}/${event.prepare}/${event.mark}${after}`;
}

export function reachedAt(position: Position | undefined): Reached {
  if (position === undefined) return NOWHERE;
  const [whole, commit, prepare, mark, checkpoint, checkpointMark] = POSITION.exec(position) ?? [];
  if (whole === undefined || whole === '') throw new AheadOfStore(`"${position}" is not a position of this store`);
  const isEvent = commit !== undefined && prepare !== undefined && mark !== undefined;
  return {
    ...(isEvent && { event: { commit: BigInt(commit), prepare: BigInt(prepare), mark } }),
    ...(checkpoint !== undefined && { checkpoint: BigInt(checkpoint) }),
    ...(checkpointMark !== undefined && { checkpointMark }),
  };
}

/**
 * Refuses a position after the last event. The server would take it and wait, and what is written next, up to that position, would
 * silently be left out.
 */
export function assertReached(after: EventPosition, last: LogPosition | undefined): void {
  if (last !== undefined && compare(after, last) <= 0) return;
  const end = last === undefined ? 'is empty' : `ends at ${last.commit}`;
  throw new AheadOfStore(
    `position ${positionOf({ event: after })} is ahead of this store, which ${end}: it is another or a restored store, so read it from the beginning`,
  );
}

/** The event at a position is gone or is another one: what follows it now is not what followed it before. */
export function replaced(after: EventPosition): AheadOfStore {
  return new AheadOfStore(
    `position ${positionOf({ event: after })} is of an event that this store does not have: it is another or a restored store, so read it from the beginning`,
  );
}
