import { AheadOfStore, type Position } from './event-store';

/** Where an event is in the log of a KurrentDB. The events of one append share `commit`, so only both together say where. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

export function compare(a: Place, b: Place): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  if (a.prepare === b.prepare) return 0;
  return a.prepare < b.prepare ? -1 : 1;
}

export function positionOf({ commit, prepare }: Place): Position {
  return `${commit}/${prepare}`;
}

export function placeOf(position: Position): Place {
  const [, commit, prepare] = /^(\d{1,20})\/(\d{1,20})$/.exec(position) ?? [];
  if (commit === undefined || prepare === undefined) throw new Error(`"${position}" is not a position of this store`);
  return { commit: BigInt(commit), prepare: BigInt(prepare) };
}

/**
 * Refuses a position after the last event. The server would take it and wait, and what is written next, up to that position, would
 * silently be left out.
 */
export function assertReached(after: Place, last: Place | undefined): void {
  if (last !== undefined && compare(after, last) <= 0) return;
  const end = last === undefined ? 'is empty' : `ends at ${positionOf(last)}`;
  throw new AheadOfStore(
    `position ${positionOf(after)} is ahead of this store, which ${end}: it is another or a restored store, so read it from the beginning`,
  );
}
