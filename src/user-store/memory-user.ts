import type { Json } from '../domain/json';
import type { Assignment, Override, UserRecord } from '../evaluation/user-record';
import { countersOf, isFillDone, staleAt, type KeptCounters, type NumberedCell } from './kept-counters';
import { dayOf } from './versions';

/** A user of the store in memory. */
export interface User {
  factsVersion: number;
  assignmentVersion: number;
  seenAt: number;
  compactedDay: number;
  readonly properties: Map<string, Json>;
  readonly assignments: Map<string, Assignment>;
  readonly overrides: Map<string, Override>;
  /** By number and cell. */
  readonly cells: Map<string, NumberedCell>;
  readonly fills: Set<number>;
  /** Each with when it expires. */
  readonly ids: Map<string, number>;
}

export function newUser(): User {
  const collections = { properties: new Map(), assignments: new Map(), overrides: new Map(), cells: new Map(), ids: new Map() };
  return { factsVersion: 0, assignmentVersion: 0, seenAt: 0, compactedDay: 0, fills: new Set(), ...collections };
}

export function recordOf(user: User, kept: KeptCounters): UserRecord {
  return {
    factsVersion: user.factsVersion,
    assignmentVersion: user.assignmentVersion,
    properties: Object.fromEntries(user.properties),
    counters: countersOf(kept, [...user.cells.values()]),
    assignments: [...user.assignments.values()],
    overrides: [...user.overrides.values()],
  };
}

/** Adds to what a counter counted in a cell. */
export function addCell({ cells }: User, cell: NumberedCell): void {
  const key = `${cell.no} ${cell.at}`;
  cells.set(key, { ...cell, count: (cells.get(key)?.count ?? 0) + cell.count });
}

/** Removes what no window has any more. */
export function compact(user: User, kept: KeptCounters, nowMs: number): void {
  const isStale = staleAt(kept, nowMs);
  for (const [key, cell] of user.cells) if (isStale(cell)) user.cells.delete(key);
  for (const no of user.fills) if (isFillDone(kept, no)) user.fills.delete(no);
  user.compactedDay = dayOf(nowMs);
}
