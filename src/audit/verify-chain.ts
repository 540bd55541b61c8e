import type { Envelope } from '../domain/event';
import type { Link } from '../domain/link';
import {
  DamagedRecord,
  HiddenRecord,
  RewrittenText,
  StreamDeleted,
  type EventStore,
  type Position,
  type Recorded,
  type RecordedLink,
} from '../event-store/event-store';
import { Chain, chainProblem, type ChainProblem } from './chain';

export interface ChainVerification {
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'readLinks' | 'isShared'>;
  /** What has been seen before, and is carried on. */
  readonly chain: Chain;
  /** One project alone; otherwise all. */
  readonly projectId?: string;
  /** One project alone: the revision to begin with. */
  readonly from?: number;
  /** All projects: where to go on. */
  readonly after?: Position | undefined;
  /** What else there is to say of an event that follows the one before it. */
  readonly check?: (link: Link) => ChainProblem | undefined;
  /** Called with each event that is right; if it answers a promise, the verification waits for it. Without it, contents may be verified by other threads. */
  readonly accept?: (event: Envelope) => Promise<void> | undefined;
  /** Called after each event that is right, and behind those that `accept` is given. */
  readonly onProgress?: () => void;
  /** All projects: is given the first problem of each; what comes behind it in its project is passed over. Without it verification ends at the first. */
  readonly onProblem?: (problem: ChainProblem) => void;
}

export interface VerifiedChain {
  /** The first event that is not as it was written, or not where it was, at which the verification ended; undefined: there is none. */
  readonly problem?: ChainProblem;
  /** All projects: where the verification ended. */
  readonly position: Position | undefined;
  /** All projects: what is in streams that hold no event of a ledger, one record of each. */
  readonly strays: readonly DamagedRecord[];
}

/**
 * Goes through a store, as it is at the beginning of the verification. It only reads, in chunks, and keeps no event: so it can go on beside a running server
 * for as long as it takes.
 */
export async function verifyChain(options: ChainVerification): Promise<VerifiedChain> {
  const { projectId } = options;
  return projectId === undefined ? verifyAll(options) : verifyProject({ ...options, projectId });
}

async function verifyProject({
  store,
  chain,
  projectId,
  from = 0,
  check,
  accept,
  onProgress,
}: ChainVerification & { readonly projectId: string }): Promise<VerifiedChain> {
  const end = (found?: ChainProblem): VerifiedChain => ({ ...(found && { problem: found }), position: undefined, strays: [] });
  try {
    for await (const event of store.read(projectId, from)) {
      const found = chain.follow(event) ?? check?.(event);
      if (found !== undefined) return end(await explained(store, found));
      const accepted = accept?.(event);
      if (accepted !== undefined) await accepted;
      onProgress?.();
    }
    return end();
  } catch (error) {
    if (error instanceof DamagedRecord) return end(damageProblem(error));
    throw error;
  }
}

async function verifyAll({ store, chain, after, check, accept, onProgress, onProblem }: ChainVerification): Promise<VerifiedChain> {
  let position = after;
  const strays = new Map<string, DamagedRecord>();
  const found: ChainProblem[] = [];
  const note = (each: ChainProblem): void => {
    if (chain.isExcluded(each.projectId)) return;
    chain.exclude(each.projectId);
    found.push(each);
  };
  const onDamaged = (damaged: DamagedRecord): void => {
    const { projectId } = damaged;
    if (store.isShared !== true || chain.head(projectId).revision >= 0) note(damageProblem(damaged));
    else if (!strays.has(projectId)) strays.set(projectId, damaged);
  };
  /** Gives out what was found; answers what verification ends with. */
  const reportFound = async (): Promise<ChainProblem | undefined> => {
    for (const each of found.splice(0)) {
      const problem = await explained(store, each);
      if (onProblem === undefined) return problem;
      onProblem(problem);
    }
    return undefined;
  };
  const end = (problem?: ChainProblem): VerifiedChain => ({ ...(problem && { problem }), position, strays: [...strays.values()] });
  /** Follows the next event, and notes what is wrong; answers whether it is right. */
  const follow = ({ event, link }: Recorded | RecordedLink): boolean => {
    const { projectId } = link ?? event;
    const before = strays.get(projectId);
    if (before !== undefined) {
      strays.delete(projectId);
      note(damageProblem(before));
    }
    if (chain.isExcluded(projectId)) return false;
    const wrong = (link === undefined ? chain.follow(event) : chain.followLink(link)) ?? check?.(link ?? event);
    if (wrong !== undefined) note({ ...wrong, projectId });
    return wrong === undefined;
  };
  const links = accept === undefined ? store.readLinks?.(after, onDamaged) : undefined;
  for await (const chunk of links ?? oneByOne(store.readAll(after, onDamaged))) {
    for (const recorded of chunk) {
      const isRight = follow(recorded);
      if (found.length > 0) {
        const last = await reportFound();
        if (last !== undefined) return end(last);
      }
      if (isRight) {
        const accepted = recorded.event === undefined ? undefined : accept?.(recorded.event);
        if (accepted !== undefined) await accepted;
        onProgress?.();
      }
      ({ position } = recorded);
    }
  }
  return end(await reportFound());
}

async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly [Item]> {
  for await (const item of items) yield [item];
}

/** What it means that a store could not give out what it holds. */
export function damageProblem(damaged: DamagedRecord): ChainProblem {
  const { projectId, revision, event, why } = damaged;
  if (damaged instanceof StreamDeleted) return { code: 'DELETED', projectId, revision, message: `project "${projectId}": ${why}` };
  if (damaged instanceof HiddenRecord) return chainProblem('HIDDEN', damaged, why);
  if (event === undefined || event === null) return chainProblem('NOT_AN_EVENT', damaged, why);
  const found = new Chain(event.projectId, event.revision).follow(event);
  if (found !== undefined)
    return chainProblem(found.code, { projectId, revision }, `${why}: something in it was changed after it was written`);
  if (damaged instanceof RewrittenText) return chainProblem('REWRITTEN_TEXT', damaged, why);
  return chainProblem('MISPLACED', { projectId, revision }, `${why}, which is as it was sealed: two events were swapped, or one was moved`);
}

/** A gap may be an event that is gone, or one that stands behind those it comes before. */
async function explained(store: ChainVerification['store'], found: ChainProblem): Promise<ChainProblem> {
  if (found.code !== 'MISSING') return found;
  const { projectId, revision } = found;
  try {
    for await (const event of store.read(projectId, revision)) {
      if (event.revision !== revision) break;
      return { ...found, code: 'OUT_OF_ORDER', message: `${found.message}. It is in the store, but further on: events were swapped` };
    }
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
  }
  return { ...found, message: `${found.message}. It was deleted` };
}
