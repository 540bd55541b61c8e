import { LRUCache } from 'lru-cache';
import type { Pepper, UserKey } from '../domain/user-key';
import { answerTag } from '../evaluation/answer-tag';
import { assign, type Assigned } from '../evaluation/assign';
import { assignmentsOf, heldOnly, take } from '../evaluation/assignment';
import { bulkOf, successOf, tailFor } from '../evaluation/evaluate';
import { exposedTo } from '../evaluation/serving';
import type { Ruleset } from '../evaluation/ruleset';
import type { ServedKey } from '../evaluation/served-key';
import { hourOf, Subject } from '../evaluation/subject';
import { EMPTY_RECORD, RECORD_WITHOUT_STORE, type Assignment, type UserRecord } from '../evaluation/user-record';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import type { RequestContext } from './context';
import type { Exposures } from './exposures';
import type { Rulesets } from './rulesets';
import { servingTag } from './serving-changes';
import type { Tallies } from './tallies';

/** The longest that a request waits for a ruleset that knows the experiments its user is in (X4). */
const BEHIND_MS = 500;
/** The longest that a request waits for the ruleset that a change notification named (V5). */
const NOTIFIED_MS = 1_000;
/** Users whose assignments are remembered for when the user store is away. */
const REMEMBERED_USERS = 50_000;

export interface EvaluatorOptions {
  readonly rulesets: Rulesets;
  readonly users: Pick<UserStore, 'load' | 'assign'>;
  /** The record of a user where the store would answer it from memory. */
  readonly recent?: (projectId: string, user: UserKey) => UserRecord | undefined;
  readonly pepper: Pepper;
  readonly exposures: Pick<Exposures, 'note'>;
  readonly tallies: Pick<Tallies, 'note'>;
  /** UTC milliseconds. */
  readonly clock: () => number;
  /** The user store did not answer: the request is served without it. */
  readonly onUnavailable: (error: unknown) => void;
}

export interface BulkRequest {
  readonly projectId: string;
  readonly context: RequestContext;
  /** The request's body as it was sent: an ETag is good for the same body alone. */
  readonly body: string;
  readonly ifNoneMatch?: string | undefined;
  /** The revision that a change notification named. */
  readonly revision?: number | undefined;
  /** Keys whose experiments the user is exposed to by this request. */
  readonly expose?: readonly string[];
}

/** All keys of one request. `flags` is the JSON of OFREP's member of that name; undefined: what the client has is still right. */
export interface BulkAnswer {
  readonly etag: string;
  readonly flags: string | undefined;
  readonly revision: number;
  /** Identifies the set-up that the answer was computed from (`servingTag`). */
  readonly tag: string;
}

interface Loaded {
  readonly user: UserKey | undefined;
  readonly record: UserRecord;
  /** The user store did not answer. */
  readonly isAway: boolean;
}

/** Which values users get: the newest ruleset of a project, applied to what is stored of the user and what the request says (E8, X4). */
export class Evaluator {
  private readonly remembered: LRUCache<string, readonly Assignment[]> = new LRUCache({ max: REMEMBERED_USERS });

  constructor(private readonly options: EvaluatorOptions) {}

  /**
   * The OFREP success of one key, as JSON; undefined: the project has no such key. It is the user's exposure to the experiments that have the key. Rejects
   * with `NoSuchProject`, or as the event store does.
   */
  async one(projectId: string, name: string, context: RequestContext): Promise<string | undefined> {
    const { rulesets } = this.options;
    const ruleset = rulesets.atHand(projectId) ?? (await rulesets.current(projectId));
    if (!ruleset.keys.has(name)) return undefined;
    const { user, record, isAway } = this.loaded(projectId, context, ruleset) ?? (await this.load(projectId, context.userId!));
    const assigned = await this.assigned(projectId, user, ruleset, record, context, [name], isAway);
    // A wait for a newer ruleset may have brought one that has archived the key.
    const key = assigned.ruleset.keys.get(name);
    if (key === undefined) return undefined;
    this.expose(projectId, user, assigned, [key], context);
    this.countUnstored(projectId, assigned, [key], context);
    const { subject, taking, unstored } = assigned;
    return successOf(assigned.ruleset, key, subject, taking, tailFor(assigned.ruleset, 'one', subject, unstored));
  }

  /** All keys. Assigns the user to what takes them, and exposes them to nothing but what `expose` names. Rejects as `one` does. */
  async all(request: BulkRequest): Promise<BulkAnswer> {
    const { projectId, context, revision, ifNoneMatch, expose = [] } = request;
    const { rulesets } = this.options;
    const notified = revision === undefined ? rulesets.atHand(projectId) : await rulesets.at(projectId, revision, NOTIFIED_MS);
    const ruleset = notified ?? (await rulesets.current(projectId));
    const isOld = revision !== undefined && ruleset.revision < revision;
    const { user, record, isAway } = this.loaded(projectId, context, ruleset) ?? (await this.load(projectId, context.userId!));
    const subject = new Subject(record, context, hourOf(this.options.clock()));
    const before = etag({ ruleset, subject, assignmentVersion: record.assignmentVersion, unstored: isAway }, request);
    if (ifNoneMatch === before && !isAway && !isOld) {
      if (expose.length > 0) this.exposeHeld(projectId, user, ruleset, record, context, expose);
      return { etag: before, flags: undefined, revision: ruleset.servingRevision, tag: servingTag(ruleset) };
    }
    const assigned = await this.assigned(projectId, user, ruleset, record, context, undefined, isAway);
    const keys = expose.flatMap((name) => assigned.ruleset.keys.get(name) ?? []);
    this.expose(projectId, user, assigned, keys, context);
    if (assigned.unstored) this.countUnstored(projectId, assigned, [...assigned.ruleset.keys.values()], context);
    const tail = tailFor(assigned.ruleset, 'all', assigned.subject, assigned.unstored);
    return {
      etag: etag(assigned, request),
      flags: bulkOf(assigned.ruleset, assigned.subject, assigned.taking, tail),
      revision: assigned.ruleset.servingRevision,
      tag: servingTag(assigned.ruleset),
    };
  }

  /** Nothing of the user is remembered any more. */
  forget(projectId: string, user: UserKey): void {
    this.remembered.delete(`${projectId}\n${user}`);
  }

  /** What is stored of the user, where it need not be asked for. */
  private loaded(projectId: string, { userId }: RequestContext, { dependsOn }: Ruleset): Loaded | undefined {
    if (userId === undefined) return { user: undefined, record: EMPTY_RECORD, isAway: false };
    const user = this.options.pepper.keyOf(projectId, userId);
    if (!dependsOn.record) return { user, record: EMPTY_RECORD, isAway: false };
    const record = this.options.recent?.(projectId, user);
    if (record === undefined) return undefined;
    this.remember(projectId, user, record.assignments);
    return { user, record, isAway: false };
  }

  private async load(projectId: string, userId: string): Promise<Loaded> {
    const user = this.options.pepper.keyOf(projectId, userId);
    try {
      const record = await this.options.users.load(projectId, user);
      this.remember(projectId, user, record.assignments);
      return { user, record, isAway: false };
    } catch (error) {
      if (!(error instanceof UserStoreUnavailable)) throw error;
      this.options.onUnavailable(error);
      const assignments = this.remembered.get(`${projectId}\n${user}`) ?? [];
      return { user, record: { ...RECORD_WITHOUT_STORE, assignments }, isAway: true };
    }
  }

  private async assigned(
    projectId: string,
    user: UserKey | undefined,
    ruleset: Ruleset,
    record: UserRecord,
    context: RequestContext,
    keys: readonly string[] | undefined,
    isAway: boolean,
  ): Promise<Assigned> {
    const nowMs = this.options.clock();
    if (user === undefined || isAway || context.isPreview) return this.unstored(ruleset, record, context, isAway);
    try {
      const assigned = await assign({
        ruleset,
        record,
        facts: context,
        nowMs,
        keys,
        store: { assign: (version, assignments) => this.options.users.assign(projectId, user, version, assignments) },
        rulesetAt: (revision) => this.options.rulesets.at(projectId, revision, BEHIND_MS),
      });
      if (assigned.taking.fresh.length > 0) this.rememberTaken(projectId, user, assigned);
      return assigned;
    } catch (error) {
      if (!(error instanceof UserStoreUnavailable)) throw error;
      this.options.onUnavailable(error);
      return this.unstored(ruleset, record, context, true);
    }
  }

  /** What the user would get, without anything being stored. */
  private unstored(ruleset: Ruleset, record: UserRecord, context: RequestContext, isAway: boolean): Assigned {
    const subject = new Subject(record, context, hourOf(this.options.clock()));
    const taking = take(ruleset, subject);
    return { ruleset, subject, taking, assignmentVersion: record.assignmentVersion, unstored: isAway && subject.userId !== undefined };
  }

  private expose(
    projectId: string,
    user: UserKey | undefined,
    assigned: Assigned,
    keys: readonly ServedKey[],
    context: RequestContext,
  ): void {
    const { ruleset, subject, taking, unstored } = assigned;
    if (user === undefined || unstored || context.isPreview) return;
    const at = this.options.clock();
    for (const exposed of exposedTo(ruleset, subject, taking, keys))
      this.options.exposures.note(projectId, { kind: 'exposure', user, ...exposed, at, revision: ruleset.revision });
  }

  /** R4: what is served without the store is stored nowhere else. */
  private countUnstored(
    projectId: string,
    { ruleset, subject, taking, unstored }: Assigned,
    keys: readonly ServedKey[],
    { isPreview }: RequestContext,
  ): void {
    if (!unstored || isPreview) return;
    for (const { experiment, variant } of exposedTo(ruleset, subject, taking, keys))
      this.options.tallies.note(projectId, 'UNSTORED', experiment, variant);
  }

  private exposeHeld(
    projectId: string,
    user: UserKey | undefined,
    ruleset: Ruleset,
    record: UserRecord,
    context: RequestContext,
    names: readonly string[],
  ): void {
    const keys = names.flatMap((name) => ruleset.keys.get(name) ?? []);
    const assigned = this.unstored(ruleset, record, context, false);
    this.expose(projectId, user, { ...assigned, taking: heldOnly(assigned.taking) }, keys, context);
  }

  private remember(projectId: string, user: UserKey, assignments: readonly Assignment[]): void {
    const name = `${projectId}\n${user}`;
    // Another instance may have forgotten the user.
    if (assignments.length === 0) this.remembered.delete(name);
    else if (this.remembered.get(name) !== assignments) this.remembered.set(name, assignments);
  }

  private rememberTaken(projectId: string, user: UserKey, { ruleset, subject, taking }: Assigned): void {
    const taken = assignmentsOf(ruleset, taking, taking.fresh, this.options.clock());
    this.remember(projectId, user, [...subject.record.assignments, ...taken]);
  }
}

/** V5: of all that the answer depends on. */
function etag({ ruleset, subject, assignmentVersion, unstored }: Omit<Assigned, 'taking'>, { body }: BulkRequest): string {
  return `"${answerTag(ruleset, subject, { body, assignmentVersion, unstored }).slice(0, 32)}"`;
}
