import { assignmentsOf, freshFor, heldOnly, NOT_ASSIGNED, take, type Taking } from './assignment';
import type { Ruleset } from './ruleset';
import { hourOf, Subject, type Facts } from './subject';
import type { Assignment, AssignResult, UserRecord } from './user-record';

/** How often a write that another one came before is tried again on what is there then. */
const ATTEMPTS = 5;

/** The part of the user store that assigns one user. */
export interface AssignmentStore {
  /** Writes them all if the user's `assignmentVersion` is still the one that was read, durably; otherwise nothing. Rejects if the store is away. */
  assign(expectedAssignmentVersion: number, assignments: readonly Assignment[]): Promise<AssignResult>;
}

/** What decides which experiments a user is in. */
export interface Asked {
  readonly ruleset: Ruleset;
  /** As it was loaded. */
  readonly record: UserRecord;
  readonly facts: Facts;
  readonly nowMs: number;
  /** Those that are asked for; undefined: all. */
  readonly keys: readonly string[] | undefined;
}

export interface AssignRequest extends Asked {
  readonly store: AssignmentStore;
  /** Waits, within the time that the request has left for it (500 ms in all), until the instance has a ruleset of that revision or a later one. */
  readonly rulesetAt: (revision: number) => Promise<Ruleset | undefined>;
}

/** What a request is answered from. */
export interface Assigned {
  readonly ruleset: Ruleset;
  readonly subject: Subject;
  /** With stored assignments only. */
  readonly taking: Taking;
  /** After this request (V5). */
  readonly assignmentVersion: number;
  /** An experiment would take the user, and the assignment could not be made: it was served as if it did not. */
  readonly unstored: boolean;
}

/**
 * X4: assigns the user to what takes them and has one of the keys, by one conditional write on the whole set of their assignments, so that of two
 * requests at once the second decides again on what the first has stored. An instance whose ruleset is older than one of the user's assignments
 * does not know what that may conflict with: it waits for a newer ruleset, and assigns nothing if none comes. Rejects as the store does.
 */
export async function assign(request: AssignRequest): Promise<Assigned> {
  let { ruleset, record } = request;
  for (let attempt = 0; ; attempt += 1) {
    const { taking, numbers, held } = decided({ ...request, ruleset, record });
    if (numbers.length === 0) return held;
    if (attempt === ATTEMPTS) return { ...held, unstored: true };
    if (taking.behind) {
      const newer = await request.rulesetAt(held.subject.assignments.newest);
      if (newer === undefined) return { ...held, unstored: true };
      ruleset = newer;
      continue;
    }
    const assignments = assignmentsOf(ruleset, taking, numbers, request.nowMs);
    const result = await request.store.assign(record.assignmentVersion, assignments);
    if (result.stored) {
      return { ...held, taking: heldOnly(taking, numbers), assignmentVersion: result.assignmentVersion, unstored: false };
    }
    record = result.record;
  }
}

/** The same where nothing is to be written or waited for, as of a user who is assigned to all that takes them; undefined: something is. */
export function assignedBefore(asked: Asked): Assigned | undefined {
  const { numbers, held } = decided(asked);
  return numbers.length === 0 ? held : undefined;
}

/** Which experiments take the user and are not stored, and what is served without them. */
function decided({ ruleset, record, facts, nowMs, keys }: Asked): {
  readonly taking: Taking;
  readonly numbers: readonly number[];
  readonly held: Assigned;
} {
  const subject = new Subject(record, facts, hourOf(nowMs));
  const taking = hasExperiments(ruleset, keys) ? take(ruleset, subject) : NOT_ASSIGNED;
  const { assignmentVersion } = record;
  return {
    taking,
    numbers: freshFor(ruleset, taking, keys),
    held: { ruleset, subject, taking: heldOnly(taking), assignmentVersion, unstored: false },
  };
}

/** Most keys are in no experiment: then it does not matter which ones have the user. */
function hasExperiments({ keys }: Ruleset, names: readonly string[] | undefined): boolean {
  return names === undefined || names.some((name) => (keys.get(name)?.experiments.length ?? 0) > 0);
}
