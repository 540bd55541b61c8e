import { AheadOfStore, type Position } from './event-store';

/** Where an event is in the log of a KurrentDB. The events of one append share `commit`, so only both together say where. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** The place of one event, with the start of its id: in a store that was restored from an older copy another event may have come to be there. */
export interface EventPlace extends Place {
  readonly mark: string;
}

const MARK = 8;

export function eventPlace({ commit, prepare }: Place, id: string): EventPlace {
  return { commit, prepare, mark: id.slice(0, MARK) };
}

export function compare(a: Place, b: Place): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare === b.prepare) return 0;
  return a.prepare < b.prepare ? -1 : 1;
}

export function isSame(a: EventPlace, b: EventPlace): boolean {
  return compare(a, b) === 0 && a.mark === b.mark;
}

export function positionOf({ commit, prepare, mark }: EventPlace): Position {
  return `${commit}/${prepare}/${mark}`;
}

export function placeOf(position: Position): EventPlace {
  const [, commit, prepare, mark] = /^(\d{1,20})\/(\d{1,20})\/([0-9a-f]{8})$/.exec(position) ?? [];
  if (commit === undefined || prepare === undefined || mark === undefined) throw new Error(`"${position}" is not a position of this store`);
  return { commit: BigInt(commit), prepare: BigInt(prepare), mark };
}

/**
 * Refuses a position after the last event. The server would take it and wait, and what is written next, up to that position, would
 * silently be left out.
 */
export function assertReached(after: EventPlace, last: EventPlace | undefined): void {
  if (last !== undefined && compare(after, last) <= 0) return;
  const end = last === undefined ? 'is empty' : `ends at ${positionOf(last)}`;
  throw new AheadOfStore(
    `position ${positionOf(after)} is ahead of this store, which ${end}: it is another or a restored store, so read it from the beginning`,
  );
}

/** The event at a position is gone, or another: what comes after it here is not what comes after it there. */
export function replaced(after: EventPlace): AheadOfStore {
  return new AheadOfStore(
    `position ${positionOf(after)} is of an event that this store does not have: it is another or a restored store, so read it from the beginning`,
  );
}
