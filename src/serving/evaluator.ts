import type { UserKey } from '../domain/user-key';
import { answerTag } from '../evaluation/answer-tag';
import { assign, assignedBefore, type Assigned } from '../evaluation/assign';
import { assignmentsOf, heldOnly, take } from '../evaluation/assignment';
import { bulkOf, successOf, tailFor } from '../evaluation/evaluate';
import type { Ruleset } from '../evaluation/ruleset';
import type { ServedKey } from '../evaluation/served-key';
import { hourOf, Subject } from '../evaluation/subject';
import type { UserRecord } from '../evaluation/user-record';
import { UserStoreUnavailable, type UserStore } from '../user-store/user-store';
import type { RequestContext } from './context';
import type { Exposures } from './exposures';
import { KeptAnswers } from './caches';
import type { Rulesets } from './rulesets';
import { ServedNotes, type Served, type ServedNotesOptions } from './served-notes';
import { servingTag } from './serving-changes';
import { UserRecords, type UserRecordsOptions } from './user-records';

/** The longest that a request waits for a ruleset that knows the experiments its user is in (X4). */
const BEHIND_MS = 500;
/** The longest that a request waits for the ruleset that a change notification named (V5). */
const NOTIFIED_MS = 1_000;

export interface EvaluatorOptions extends UserRecordsOptions, ServedNotesOptions {
  readonly rulesets: Rulesets;
  readonly users: Pick<UserStore, 'load' | 'assign'>;
  readonly exposures: Pick<Exposures, 'note' | 'during'>;
  /** UTC milliseconds. */
  readonly clock: () => number;
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

/** All keys of one request. `flags` is the JSON of OFREP's member of that name, as text or UTF-8; undefined: what the client has is still right. */
export interface BulkAnswer {
  readonly etag: string;
  readonly flags: string | Buffer | undefined;
  readonly revision: number;
  /** Identifies the set-up that the answer was computed from (`servingTag`). */
  readonly tag: string;
}

/** Which values users get: the newest ruleset of a project, applied to what is stored of the user and what the request says (E8, X4). */
export class Evaluator {
  private readonly records: UserRecords;
  private readonly notes: ServedNotes;
  private readonly kept = new KeptAnswers();

  constructor(private readonly options: EvaluatorOptions) {
    this.records = new UserRecords(options);
    this.notes = new ServedNotes(options);
  }

  /**
   * The OFREP success of one key, as JSON; undefined: the project has no such key. It is the user's exposure to the experiments that have the key. Rejects
   * with `NoSuchProject`, or as the event store does. No promise where nothing had to be waited for, as of a user who was served lately.
   */
  one(projectId: string, name: string, context: RequestContext): string | undefined | Promise<string | undefined> {
    return this.oneAtOnce(projectId, name, context) ?? this.options.exposures.during(() => this.serveOne(projectId, name, context));
  }

  private oneAtOnce(projectId: string, name: string, context: RequestContext): string | undefined {
    const ruleset = this.options.rulesets.atHand(projectId);
    const key = ruleset?.keys.get(name);
    if (ruleset === undefined || key === undefined || context.isPreview) return undefined;
    const loaded = this.records.atHand(projectId, context, ruleset);
    if (loaded === undefined) return undefined;
    const nowMs = this.options.clock();
    const held = assignedBefore({ ruleset, record: loaded.record, facts: context, nowMs, keys: [name] });
    return held && this.answerOne(projectId, loaded.user, { ...held, nowMs }, key, context);
  }

  private async serveOne(projectId: string, name: string, context: RequestContext): Promise<string | undefined> {
    const { rulesets } = this.options;
    const ruleset = rulesets.atHand(projectId) ?? (await rulesets.current(projectId));
    if (!ruleset.keys.has(name)) return undefined;
    const { user, record, isAway } =
      this.records.atHand(projectId, context, ruleset) ?? (await this.records.load(projectId, context.userId!));
    const assigned = await this.assigned(projectId, user, ruleset, record, context, [name], isAway);
    // A wait for a newer ruleset may have brought one that has archived the key.
    const key = assigned.ruleset.keys.get(name);
    return key && this.answerOne(projectId, user, assigned, key, context);
  }

  private answerOne(projectId: string, user: UserKey | undefined, served: Served, key: ServedKey, context: RequestContext): string {
    this.notes.exposed(projectId, user, served, [key], context);
    this.notes.unstored(projectId, served, [key], context);
    const { ruleset, subject, taking, unstored } = served;
    return successOf(ruleset, key, subject, taking, tailFor(ruleset, 'one', subject, unstored));
  }

  /** All keys. Assigns the user to what takes them, and exposes them to nothing but what `expose` names. Rejects as `one` does. */
  all(request: BulkRequest): BulkAnswer | Promise<BulkAnswer> {
    return this.allAtOnce(request) ?? this.options.exposures.during(() => this.serveAll(request));
  }

  private allAtOnce(request: BulkRequest): BulkAnswer | undefined {
    const { projectId, context, revision, ifNoneMatch, expose = [] } = request;
    const ruleset = this.options.rulesets.atHand(projectId);
    const isLater = ruleset === undefined || revision !== undefined || context.isPreview || expose.length > 0;
    const loaded = isLater ? undefined : this.records.atHand(projectId, context, ruleset);
    if (isLater || loaded === undefined) return undefined;
    const { record } = loaded;
    const nowMs = this.options.clock();
    const subject = new Subject(record, context, hourOf(nowMs));
    const before = etag({ ruleset, subject, assignmentVersion: record.assignmentVersion, unstored: false }, request);
    if (ifNoneMatch === before) return unchanged(before, ruleset);
    const kept = this.kept.get(projectId, before);
    if (kept !== undefined) return { ...unchanged(before, ruleset), flags: kept };
    const held = assignedBefore({ ruleset, record, facts: context, nowMs, keys: undefined });
    if (held === undefined) return undefined;
    const answer = answerAll(held, before);
    this.kept.answered(projectId, before, answer.flags);
    return answer;
  }

  private async serveAll(request: BulkRequest): Promise<BulkAnswer> {
    const { projectId, context, revision, ifNoneMatch, expose = [] } = request;
    const { rulesets } = this.options;
    const notified = revision === undefined ? rulesets.atHand(projectId) : await rulesets.at(projectId, revision, NOTIFIED_MS);
    const ruleset = notified ?? (await rulesets.current(projectId));
    const isOld = revision !== undefined && ruleset.revision < revision;
    const { user, record, isAway } =
      this.records.atHand(projectId, context, ruleset) ?? (await this.records.load(projectId, context.userId!));
    const subject = new Subject(record, context, hourOf(this.options.clock()));
    const before = etag({ ruleset, subject, assignmentVersion: record.assignmentVersion, unstored: isAway }, request);
    if (ifNoneMatch === before && !isAway && !isOld) {
      if (expose.length > 0) this.exposeHeld(projectId, user, ruleset, record, context, expose);
      return unchanged(before, ruleset);
    }
    const assigned = await this.assigned(projectId, user, ruleset, record, context, undefined, isAway);
    const keys = expose.flatMap((name) => assigned.ruleset.keys.get(name) ?? []);
    this.notes.exposed(projectId, user, assigned, keys, context);
    if (assigned.unstored) this.notes.unstored(projectId, assigned, [...assigned.ruleset.keys.values()], context);
    return answerAll(assigned, etag(assigned, request));
  }

  /** Nothing of the user is remembered any more. */
  forget(projectId: string, user: UserKey): void {
    this.records.forget(projectId, user);
  }

  private async assigned(
    projectId: string,
    user: UserKey | undefined,
    ruleset: Ruleset,
    record: UserRecord,
    context: RequestContext,
    keys: readonly string[] | undefined,
    isAway: boolean,
  ): Promise<Served> {
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
      const served = { ...assigned, nowMs };
      const { fresh } = served.taking;
      if (fresh.length > 0) {
        const taken = assignmentsOf(served.ruleset, served.taking, fresh, nowMs);
        this.records.remember(projectId, user, [...served.subject.record.assignments, ...taken]);
      }
      return served;
    } catch (error) {
      if (!(error instanceof UserStoreUnavailable)) throw error;
      this.options.onUnavailable(error);
      return this.unstored(ruleset, record, context, true);
    }
  }

  /** What the user would get, without anything being stored. */
  private unstored(ruleset: Ruleset, record: UserRecord, context: RequestContext, isAway: boolean): Served {
    const nowMs = this.options.clock();
    const subject = new Subject(record, context, hourOf(nowMs));
    const taking = take(ruleset, subject);
    return {
      nowMs,
      ruleset,
      subject,
      taking,
      assignmentVersion: record.assignmentVersion,
      unstored: isAway && subject.userId !== undefined,
    };
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
    this.notes.exposed(projectId, user, { ...assigned, taking: heldOnly(assigned.taking) }, keys, context);
  }
}

function answerAll({ ruleset, subject, taking, unstored }: Assigned, tag: string): BulkAnswer & { readonly flags: string } {
  const flags = bulkOf(ruleset, subject, taking, tailFor(ruleset, 'all', subject, unstored));
  return { etag: tag, flags, revision: ruleset.servingRevision, tag: servingTag(ruleset) };
}

function unchanged(tag: string, ruleset: Ruleset): BulkAnswer {
  return { etag: tag, flags: undefined, revision: ruleset.servingRevision, tag: servingTag(ruleset) };
}

/** V5: of all that the answer depends on. */
function etag({ ruleset, subject, assignmentVersion, unstored }: Omit<Assigned, 'taking'>, { body }: BulkRequest): string {
  return `"${answerTag(ruleset, subject, { body, assignmentVersion, unstored }).slice(0, 32)}"`;
}
