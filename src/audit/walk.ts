import type { Envelope } from '../domain/event';
import { DamagedRecord, HiddenRecord, RewrittenText, StreamDeleted, type EventStore, type Position } from '../event-store/event-store';
import { Chain, flaw, type Flaw } from './chain';

export interface Walk {
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'isShared'>;
  /** What has been seen before, and is carried on. */
  readonly chain: Chain;
  /** One project alone; otherwise all. */
  readonly projectId?: string;
  /** One project alone: the revision to begin with. */
  readonly from?: number;
  /** All projects: where to go on. */
  readonly after?: Position | undefined;
  /** What else there is to say of an event that follows the one before it. */
  readonly look?: (event: Envelope) => Flaw | undefined;
  /** Is given each event that is found right, and waited for if it answers a promise. */
  readonly take?: (event: Envelope) => Promise<void> | undefined;
  /** All projects: is given the first flaw of each; what comes behind it in its project is passed over. Without it the walk ends at the first. */
  readonly onFlaw?: (flaw: Flaw) => void;
}

export interface Walked {
  /** The first event that is not as it was written, or not where it was, at which the walk ended; undefined: there is none. */
  readonly flaw?: Flaw;
  /** All projects: where the walk ended. */
  readonly position: Position | undefined;
  /** All projects: what stands in streams that hold no event of a ledger, one record of each. */
  readonly strays: readonly DamagedRecord[];
}

/**
 * Goes through a store, as it is at the beginning of the walk. It only reads, in chunks, and keeps no event: so it can go on beside a running server
 * for as long as it takes.
 */
export async function walk(options: Walk): Promise<Walked> {
  const { projectId } = options;
  return projectId === undefined ? walkAll(options) : walkOne({ ...options, projectId });
}

async function walkOne({ store, chain, projectId, from = 0, look, take }: Walk & { readonly projectId: string }): Promise<Walked> {
  const end = (found?: Flaw): Walked => ({ ...(found && { flaw: found }), position: undefined, strays: [] });
  try {
    for await (const event of store.read(projectId, from)) {
      const found = chain.follow(event) ?? look?.(event);
      if (found !== undefined) return end(await explained(store, found));
      const taken = take?.(event);
      if (taken !== undefined) await taken;
    }
    return end();
  } catch (error) {
    if (error instanceof DamagedRecord) return end(flawOf(error));
    throw error;
  }
}

async function walkAll({ store, chain, after, look, take, onFlaw }: Walk): Promise<Walked> {
  let position = after;
  const strays = new Map<string, DamagedRecord>();
  const found: Flaw[] = [];
  const note = (each: Flaw): void => {
    if (chain.isExcluded(each.projectId)) return;
    chain.exclude(each.projectId);
    found.push(each);
  };
  const onDamaged = (damaged: DamagedRecord): void => {
    const { projectId } = damaged;
    if (store.isShared !== true || chain.head(projectId).revision >= 0) note(flawOf(damaged));
    else if (!strays.has(projectId)) strays.set(projectId, damaged);
  };
  /** Gives out what was found; answers what the walk ends with. */
  const settle = async (): Promise<Flaw | undefined> => {
    for (const each of found.splice(0)) {
      const flaw = await explained(store, each);
      if (onFlaw === undefined) return flaw;
      onFlaw(flaw);
    }
    return undefined;
  };
  const end = (flaw?: Flaw): Walked => ({ ...(flaw && { flaw }), position, strays: [...strays.values()] });
  for await (const recorded of store.readAll(after, onDamaged)) {
    const { event } = recorded;
    const before = strays.get(event.projectId);
    if (before !== undefined) {
      strays.delete(event.projectId);
      note(flawOf(before));
    }
    const wrong = chain.isExcluded(event.projectId) ? undefined : (chain.follow(event) ?? look?.(event));
    if (wrong !== undefined) note({ ...wrong, projectId: event.projectId });
    if (found.length > 0) {
      const last = await settle();
      if (last !== undefined) return end(last);
    }
    if (!chain.isExcluded(event.projectId)) {
      const taken = take?.(event);
      if (taken !== undefined) await taken;
    }
    ({ position } = recorded);
  }
  return end(await settle());
}

/** What it means that a store could not give out what it holds. */
export function flawOf(damaged: DamagedRecord): Flaw {
  const { projectId, revision, event, why } = damaged;
  if (damaged instanceof StreamDeleted) return { code: 'DELETED', projectId, revision, message: `project "${projectId}": ${why}` };
  if (damaged instanceof HiddenRecord) return flaw('HIDDEN', damaged, why);
  if (event === undefined || event === null) return flaw('NOT_AN_EVENT', damaged, why);
  const found = new Chain(event.projectId, event.revision).follow(event);
  if (found !== undefined) return flaw(found.code, { projectId, revision }, `${why}: something in it was changed after it was written`);
  if (damaged instanceof RewrittenText) return flaw('REWRITTEN_TEXT', damaged, why);
  return flaw('MISPLACED', { projectId, revision }, `${why}, which is as it was sealed: two events were swapped, or one was moved`);
}

/** A gap may be an event that is gone, or one that stands behind those it comes before. */
async function explained(store: Walk['store'], found: Flaw): Promise<Flaw> {
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
