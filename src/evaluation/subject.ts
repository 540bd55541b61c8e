import type { Json } from '../domain/json';
import { HOUR_MS } from './counter';
import { EMPTY_RECORD, type Properties, type UserRecord, type Assignment } from './user-record';

/** A user's assignments, found without going through all of them. */
interface AssignmentIndex {
  readonly byExperiment: ReadonlyMap<string, Assignment>;
  /** The highest revision of any; -1 if there is none. */
  readonly newest: number;
}

const NONE: AssignmentIndex = { byExperiment: new Map(), newest: -1 };
const indexes = new WeakMap<readonly Assignment[], AssignmentIndex>();

/** Made once for a record: most of a long list are of experiments that have ended, and they must not cost every request. */
function indexOf(assignments: readonly Assignment[]): AssignmentIndex {
  if (assignments.length === 0) return NONE;
  const known = indexes.get(assignments);
  if (known !== undefined) return known;
  let newest = -1;
  for (const { revision } of assignments) if (revision > newest) newest = revision;
  const index = { byExperiment: new Map(assignments.map((assignment) => [assignment.experiment, assignment])), newest };
  indexes.set(assignments, index);
  return index;
}

/** What a request says of the user it asks for. */
export interface Facts {
  /** undefined: no sample, behaviour or experiment takes the request (V3). */
  readonly userId: string | undefined;
  /** They come before stored properties of the same name. */
  readonly properties: Properties;
}

let passes = 0;

/** Whom one evaluation is about: the request's facts, the stored record, and the hour. Made once for a request, whatever number of keys it asks for. */
export class Subject {
  readonly userId: string | undefined;
  readonly record: UserRecord;
  readonly given: Properties;
  readonly stored: Properties;
  /** A number that no other subject has: results of rules and counters are kept under it until the next one. */
  readonly pass = (passes += 1);

  /** `hour`: whole hours since 1970, UTC. Without a user id the record has no say (V3). */
  constructor(
    record: UserRecord,
    facts: Facts,
    readonly hour: number,
  ) {
    this.userId = facts.userId;
    this.given = facts.properties;
    this.record = facts.userId === undefined ? EMPTY_RECORD : record;
    this.stored = this.record.properties;
  }

  get assignments(): AssignmentIndex {
    return indexOf(this.record.assignments);
  }
}

export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}

/** A plain read of a name such as `constructor` would find what JavaScript gives every object. */
export function own(properties: Properties, name: string): Json | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
