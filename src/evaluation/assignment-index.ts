import type { Assignment } from './user-record';

/** A user's assignments, found without going through all of them. */
export interface AssignmentIndex {
  readonly byExperiment: ReadonlyMap<string, Assignment>;
  /** The highest revision of any; -1 if there is none. */
  readonly newest: number;
}

const NONE: AssignmentIndex = { byExperiment: new Map(), newest: -1 };
const indexes = new WeakMap<readonly Assignment[], AssignmentIndex>();

/** Made once for a record: most of a long list are of experiments that have ended, and they must not cost every request. */
export function indexOf(assignments: readonly Assignment[]): AssignmentIndex {
  if (assignments.length === 0) return NONE;
  const known = indexes.get(assignments);
  if (known !== undefined) return known;
  let newest = -1;
  for (const { revision } of assignments) if (revision > newest) newest = revision;
  const index = { byExperiment: new Map(assignments.map((assignment) => [assignment.experiment, assignment])), newest };
  indexes.set(assignments, index);
  return index;
}
