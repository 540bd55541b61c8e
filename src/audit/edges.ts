import type { Envelope } from '../domain/event';
import { DamagedRecord, type EventStore, type StreamHead } from '../event-store/event-store';
import { Chain, chainProblem, type ChainProblem } from './chain';
import { damageProblem } from './verify-chain';

/**
 * What of a project's stream is not where the order of the whole store says that it is: its first event, the last one, or what stands behind it. Commands are decided on the
 * stream, and a store may show in its order for years what it no longer shows there.
 */
export async function edgesOf(store: Pick<EventStore, 'read'>, head: StreamHead): Promise<ChainProblem | undefined> {
  const { projectId, revision, hash } = head;
  try {
    const first = await eventAt(store, projectId, 0);
    if (first === undefined) return hidden({ projectId, revision: 0 });
    const wrong = new Chain(projectId).follow(first);
    if (wrong !== undefined) return wrong;
    const last = await eventAt(store, projectId, revision);
    if (last === undefined) return hidden(head);
    if (last.hash !== hash) return chainProblem('REWRITTEN', head, 'the stream has another event there than the order of the whole store');
    // What follows may be new; what was put there by another program throws.
    await eventAt(store, projectId, revision + 1);
    return undefined;
  } catch (error) {
    if (error instanceof DamagedRecord) return damageProblem(error);
    throw error;
  }
}

function hidden(place: { readonly projectId: string; readonly revision: number }): ChainProblem {
  return chainProblem(
    'HIDDEN',
    place,
    'the order of the whole store has it, and the stream does not show it: it was deleted or hidden there',
  );
}

async function eventAt(store: Pick<EventStore, 'read'>, projectId: string, revision: number): Promise<Envelope | undefined> {
  for await (const event of store.read(projectId, revision, 1)) return event;
  return undefined;
}
