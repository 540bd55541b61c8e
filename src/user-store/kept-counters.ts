import { cellsAt, HOUR_MS, cellOf } from '../evaluation/counter';
import type { Cell, Counter, Counters } from '../evaluation/user-record';
import type { CountedEvent, KeptCounter } from './user-store';

/** A counter with its number, under which cells are stored: one that is dropped and kept again has another. */
export interface NumberedCounter extends KeptCounter {
  readonly no: number;
}

/** The counters of a project as they were at some moment. */
export interface KeptCounters {
  readonly byId: ReadonlyMap<string, NumberedCounter>;
  /** The highest number that was given at that moment. */
  readonly lastNo: number;
}

/** A cell of any counter of a user, by the counter's number. */
export interface NumberedCell extends Cell {
  readonly no: number;
}

/** How far the clocks of instances, and an evaluation for an earlier hour, may be behind. */
const SLACK_HOURS = 48;

/** A user's counters. What is counted under a number that is not kept any more is not seen. */
export function countersOf(kept: KeptCounters, cells: readonly NumberedCell[]): Counters {
  const byNo = new Map<number, Cell[]>();
  for (const { no, at, count } of cells) {
    const ofCounter = byNo.get(no);
    if (ofCounter) ofCounter.push({ at, count });
    else byNo.set(no, [{ at, count }]);
  }
  return {
    get(id): Counter | undefined {
      const counter = kept.byId.get(id);
      if (counter === undefined) return undefined;
      const { no, isFilled, countingSince } = counter;
      // V6: not known yet, for no user.
      return { cells: byNo.get(no) ?? [], ...(!isFilled && { countingSince }) };
    },
  };
}

/** Where an event is counted: in none of the counters that began to count after it was received, since the fill counts it there. */
export function cellsOf(
  kept: KeptCounters,
  { at, receivedAt, counters }: CountedEvent,
): readonly { readonly no: number; readonly at: number }[] {
  return counters.flatMap((id) => {
    const counter = kept.byId.get(id);
    const cell = counter && receivedAt >= counter.countingSince ? cellOf(counter.window, at) : undefined;
    return counter === undefined || cell === undefined ? [] : [{ no: counter.no, at: cell }];
  });
}

/** Whether a cell can be dropped, since no evaluation at this hour or later has it (U3), or its counter is not kept any more. */
export function staleAt(kept: KeptCounters, nowMs: number): (cell: { readonly no: number; readonly at: number }) => boolean {
  const hour = Math.floor(nowMs / HOUR_MS) - SLACK_HOURS;
  const byNo = new Map([...kept.byId.values()].map(({ no, window }) => [no, cellsAt(window, hour).after]));
  return ({ no, at }) => {
    const after = byNo.get(no);
    // One that was kept since is not known here.
    return after === undefined ? no <= kept.lastNo : at <= after;
  };
}

/** Whether a note that a counter was filled for one user is of no use: it was filled for all, or is not kept any more. */
export function isFillDone(kept: KeptCounters, no: number): boolean {
  const counter = [...kept.byId.values()].find((other) => other.no === no);
  return counter === undefined ? no <= kept.lastNo : counter.isFilled;
}

/** Without its number, as the port has it. */
export function withoutNo({ no: _, ...counter }: NumberedCounter): KeptCounter {
  return counter;
}
