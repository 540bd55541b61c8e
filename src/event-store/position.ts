import { AheadOfStore, type Position } from './event-store';

/** Positions of the stores that count their events from 1; 0 is before the first. */
export function positionOf(count: number): Position {
  return String(count);
}

/** The same, with the start of the id of the event there. */
export function anchoredPosition(position: Position, idAt: (count: number) => string | undefined): Position {
  const [count = ''] = position.split('/');
  return `${count}/${(idAt(Number(count)) ?? '').slice(0, MARK)}`;
}

const MARK = 8;

/**
 * Where to read on from. A position ahead of the store's last event, or of another event than is there, is refused: it is of another store, or the
 * store was restored from an older copy, and going on from there would silently leave out events.
 */
export function countOf(position: Position | undefined, last: number, idAt: (count: number) => string | undefined): number {
  if (position === undefined) return 0;
  const [, digits, mark] = /^(0|[1-9]\d{0,15})(?:\/([0-9a-f]{0,8}))?$/.exec(position) ?? [];
  if (digits === undefined) throw new AheadOfStore(`"${position}" is not a position of this store`);
  const count = Number(digits);
  const again = 'it is another or a restored store, so read it from the beginning';
  if (count > last) throw new AheadOfStore(`position ${position} is ahead of this store, which ends at ${last}: ${again}`);
  if (mark !== undefined && mark !== (idAt(count) ?? '').slice(0, MARK))
    throw new AheadOfStore(`position ${position} is of an event that this store does not have: ${again}`);
  return count;
}
