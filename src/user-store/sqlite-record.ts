import { EMPTY_RECORD, type Assignment, type Override, type Properties, type UserRecord } from '../evaluation/user-record';
import { countersOf, type KeptCounters } from './kept-counters';
import type { UserRow } from './sqlite-reads';

/** The record of a row; undefined: nothing is known of the user. */
export function recordOf(kept: KeptCounters, row: UserRow | undefined): UserRecord {
  if (row === undefined) return { ...EMPTY_RECORD, counters: countersOf(kept, []) };
  return {
    factsVersion: row.factsVersion,
    assignmentVersion: row.assignmentVersion,
    properties: JSON.parse(row.properties) as Properties,
    counters: countersOf(
      kept,
      row.cells.map(([no, at, count]) => ({ no, at, count })),
    ),
    assignments: JSON.parse(row.assignments) as Assignment[],
    overrides: JSON.parse(row.overrides) as Override[],
  };
}
