import type { Envelope } from '../domain/event';
import { DamagedRecord, RewrittenText, type EventStore, type Position } from '../event-store/event-store';
import { Chain, flaw, type Flaw } from './chain';

export interface Walk {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
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
}

export interface Walked {
  /** The first event that is not as it was written, or not where it was; undefined: there is none. */
  readonly flaw?: Flaw;
  /** All projects: where the walk ended. */
  readonly position: Position | undefined;
}

/**
 * Goes through a store, as it is at the beginning of the walk, up to the first flaw. It only reads, in chunks, and keeps no event: so it can go on
 * beside a running server for as long as it takes.
 */
export async function walk({ store, chain, projectId, from = 0, after, look, take }: Walk): Promise<Walked> {
  let position = after;
  const check = (event: Envelope): Flaw | undefined => chain.follow(event) ?? look?.(event);
  const end = async (found: Flaw): Promise<Walked> => ({ flaw: await explained(store, found), position });
  try {
    if (projectId !== undefined) {
      for await (const event of store.read(projectId, from)) {
        const found = check(event);
        if (found !== undefined) return await end(found);
        const taken = take?.(event);
        if (taken !== undefined) await taken;
      }
    } else {
      for await (const recorded of store.readAll(after)) {
        const found = check(recorded.event);
        if (found !== undefined) return await end(found);
        const taken = take?.(recorded.event);
        if (taken !== undefined) await taken;
        ({ position } = recorded);
      }
    }
    return { position };
  } catch (error) {
    if (error instanceof DamagedRecord) return end(flawOf(error));
    throw error;
  }
}

/** What it means that a store could not give out what it holds. */
export function flawOf(damaged: DamagedRecord): Flaw {
  const { projectId, revision, event, why } = damaged;
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
