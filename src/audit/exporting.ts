import { createHash } from 'node:crypto';
import type { Envelope } from '../domain/event';
import type { EventStore } from '../event-store/event-store';
import { Chain, chainProblem, type ChainProblem } from './chain';
import type { ExportEnd, LeftOut } from './cloud-event';
import { headsOf } from './bulk-append';
import { verifyChain } from './verify-chain';

export interface Exporting {
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'heads' | 'isShared'>;
  readonly projectId?: string;
  /** Is given each event, and waited for if it answers a promise. */
  readonly write: (event: Envelope, chain: Chain) => Promise<void> | undefined;
  /** Is given what is wrong with a project, and how many of its events, from the first on, were given out all the same. */
  readonly onProblem: (problem: ChainProblem, events: number) => void;
}

/**
 * Gives out all projects as they are at the beginning, or one, event by event, each verified. Project follows project by their ids: the order in
 * which a store has them is its own, and an import elsewhere would not keep it. Of a project in which something is wrong come those events that
 * follow each other from the first on, which is a history that an import takes.
 */
export async function exportEvents({ store, projectId, write, onProblem }: Exporting): Promise<ExportEnd> {
  const chain = new Chain(projectId);
  const digest = createHash('sha256');
  const leftOut: LeftOut[] = [];
  const take = (event: Envelope): Promise<void> | undefined => {
    digest.update(`${event.hash}\n`);
    return write(event, chain);
  };
  const heads = projectId === undefined ? await headsOf(store) : [{ projectId, revision: -1 }];
  for (const head of heads.sort((a, b) => (a.projectId < b.projectId ? -1 : 1))) {
    const { problem: wrong } = await verifyChain({ store, chain, projectId: head.projectId, accept: take });
    const found = wrong ?? cutShort(chain, head);
    if (found === undefined) continue;
    await takeHidden({ store, chain, projectId: head.projectId, accept: take });
    const from = chain.head(head.projectId).revision + 1;
    leftOut.push({ projectId: head.projectId, from });
    onProblem(found, from);
  }
  return { events: chain.events, projects: chain.projects, digest: digest.digest('hex'), ...(leftOut.length > 0 && { leftOut }) };
}

function cutShort(
  chain: Chain,
  { projectId, revision }: { readonly projectId: string; readonly revision: number },
): ChainProblem | undefined {
  const next = chain.head(projectId).revision + 1;
  if (next > revision) return undefined;
  return chainProblem('HIDDEN', { projectId, revision: next }, `the stream ends before it, and the store has had revision ${revision}`);
}

/** Takes the events after those already taken that the project's stream does not show, but the order of the whole store may still have. */
async function takeHidden({
  store,
  chain,
  projectId,
  accept: take,
}: Required<Pick<Parameters<typeof verifyChain>[0], 'store' | 'chain' | 'projectId' | 'accept'>>) {
  for await (const { event } of store.readAll(undefined, () => {})) {
    if (event.projectId !== projectId || event.revision <= chain.head(projectId).revision) continue;
    if (chain.follow(event) !== undefined) return;
    const taken = take(event);
    if (taken !== undefined) await taken;
  }
}
