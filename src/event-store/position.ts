import { AheadOfStore, type Position } from './event-store';

/** Positions of the stores that count their events from 1; 0 is before the first. */
export function positionOf(count: number): Position {
  return String(count);
}

/**
 * Where to read on from. A position ahead of the store's last event is refused: it is of another store, or the store was restored
 * from an older copy, and going on from there would silently leave out the events that are written next.
 */
export function countOf(position: Position | undefined, last: number): number {
  if (position === undefined) return 0;
  if (!/^(0|[1-9]\d{0,15})$/.test(position)) throw new Error(`"${position}" is not a position of this store`);
  const count = Number(position);
  if (count > last) {
    throw new AheadOfStore(
      `position ${position} is ahead of this store, which ends at ${last}: it is another or a restored store, so read it from the beginning`,
    );
  }
  return count;
}
