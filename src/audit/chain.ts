import { GENESIS, hashOf, headOf, type Envelope, type Head } from '../domain/event';
import { linkOf, missingPart, type Link } from '../domain/link';
import type { StreamHead } from '../event-store/event-store';

/** What can be wrong with a stored event, for programs. */
export type FlawCode =
  | 'NOT_AN_EVENT'
  | 'FOREIGN'
  | 'ALTERED'
  | 'WRONG_ID'
  | 'MISSING'
  | 'OUT_OF_ORDER'
  | 'UNLINKED'
  | 'BACKDATED'
  | 'MISPLACED'
  | 'DELETED'
  | 'HIDDEN'
  | 'REWRITTEN_TEXT'
  | 'REWRITTEN'
  | 'TRUNCATED';

/** One thing that is wrong: where, what, and in words what it means. */
export interface ChainProblem {
  readonly code: FlawCode;
  readonly projectId: string;
  readonly revision: number;
  readonly message: string;
}

/**
 * Follows the hash chains of any number of projects, event by event as they are stored, before any upcast. What it remembers is one head
 * for each project, however long the histories are.
 *
 * An event's own hash is looked at first: whatever was changed in it after it was written, its revision included, shows there, so the
 * other answers are about events that are as they were sealed, and are not where they belong.
 */
export class Chain {
  private readonly heads = new Map<string, Head>();
  private readonly excluded = new Set<string>();
  private followed = 0;
  private latest = 0;

  /** `only`: the one project that may come. `from`: the revision it begins with, whose own link is taken for granted. */
  constructor(
    private readonly only?: string,
    private readonly from = 0,
  ) {}

  /** How many events have been found right. */
  get events(): number {
    return this.followed;
  }

  /** The latest date of an event that has been found right, in UTC milliseconds; 0: there is none. */
  get latestMs(): number {
    return this.latest;
  }

  get projects(): number {
    return this.heads.size;
  }

  /** The last event of a project that was found right; what comes before the first one if none was. */
  head(projectId: string): Head {
    return this.heads.get(projectId) ?? (this.from === 0 ? GENESIS : { ...GENESIS, revision: this.from - 1 });
  }

  /** Skips all further events of a project: one of them was wrong. */
  exclude(projectId: string): void {
    this.excluded.add(projectId);
  }

  isExcluded(projectId: string): boolean {
    return this.excluded.has(projectId);
  }

  /** The last event of each project that was found right so far, but for those that are excluded. */
  *sound(): Iterable<StreamHead> {
    for (const [projectId, { revision, hash }] of this.heads) if (!this.excluded.has(projectId)) yield { projectId, revision, hash };
  }

  /** Takes the next event of its project; or answers what is wrong with it, and then takes nothing. */
  follow(event: Envelope): ChainProblem | undefined {
    const link = linkOf(event);
    return link === undefined ? (misshapen(event) ?? this.foreign(event) ?? altered(event)) : this.followLink(link);
  }

  /** The same for an event whose content was found to be what its hash was made of. */
  followLink(link: Link): ChainProblem | undefined {
    const { projectId } = link;
    const known = this.heads.get(projectId);
    const head = known === undefined && this.from > 0 ? { ...this.head(projectId), hash: link.previousHash } : this.head(projectId);
    const wrong = this.foreign(link) ?? unlinked(link, head);
    if (wrong !== undefined) return wrong;
    this.heads.set(projectId, headOf(link));
    this.followed += 1;
    if (link.occurredAt > this.latest) this.latest = link.occurredAt;
    return undefined;
  }

  private foreign(event: Link): ChainProblem | undefined {
    if (this.only === undefined || event.projectId === this.only) return undefined;
    return chainProblem(
      'FOREIGN',
      event,
      `it stands in the history of project "${this.only}", and is of another: it was moved here, or made up`,
    );
  }
}

export function chainProblem(code: FlawCode, { projectId, revision }: { projectId: string; revision: number }, why: string): ChainProblem {
  return { code, projectId, revision, message: `revision ${revision} of project "${projectId}": ${why}` };
}

/** Whether it has all that a chain is made of. What else an event must have is under its hash. */
function misshapen(event: Envelope): ChainProblem | undefined {
  const value = event as Partial<Envelope> | null;
  if (typeof value !== 'object' || value === null) return notAnEvent('?', -1, 'it is no object');
  const why = missingPart(value);
  const { projectId, revision } = value;
  const isNumbered = Number.isSafeInteger(revision) && (revision as number) >= 0;
  return why === undefined
    ? undefined
    : notAnEvent(typeof projectId === 'string' ? projectId : '?', isNumbered ? (revision as number) : -1, why);
}

function notAnEvent(projectId: string, revision: number, why: string): ChainProblem {
  return chainProblem('NOT_AN_EVENT', { projectId, revision }, `what is stored there is not an event: ${why}`);
}

/** What is wrong with an event whose content is not what its hash was made of, or whose id is not made of its hash. */
function altered(event: Envelope): ChainProblem {
  let hash: string;
  try {
    hash = hashOf(event);
  } catch (error) {
    return chainProblem('NOT_AN_EVENT', event, `its content cannot be hashed: ${(error as Error).message}`);
  }
  if (hash !== event.hash) {
    return chainProblem(
      'ALTERED',
      event,
      'its content is not what was sealed: something in it was changed after it was written, if only a byte',
    );
  }
  return chainProblem('WRONG_ID', event, `its id ${event.id} is not the one that its hash makes`);
}

function unlinked(event: Link, head: Head): ChainProblem | undefined {
  const { revision } = event;
  const next = head.revision + 1;
  if (revision > next) {
    const missing = revision === next + 1 ? `revision ${next} is` : `revisions ${next} to ${revision - 1} are`;
    return chainProblem('MISSING', { ...event, revision: next }, `it is not there: revision ${revision} comes where ${missing} missing`);
  }
  if (revision < next)
    return chainProblem('OUT_OF_ORDER', event, `it comes after revision ${head.revision}: it is there twice, or out of its place`);
  if (event.previousHash !== head.hash) {
    const before = revision === 0 ? 'the beginning of a history' : `the event that is stored as revision ${head.revision}`;
    return chainProblem(
      'UNLINKED',
      event,
      `it does not follow ${before}: one of the two is of another history, so the record was rewritten`,
    );
  }
  if (event.occurredAt < head.occurredAt) return chainProblem('BACKDATED', event, 'it is dated before the event that it follows');
  return undefined;
}
