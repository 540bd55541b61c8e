import { createHash } from 'node:crypto';
import type { Envelope } from '../domain/event';
import type { EventStore } from '../event-store/event-store';
import { Chain, flaw } from './chain';
import type { ExportEnd } from './cloud-event';
import { NotWhole } from './copy';
import { headsOf } from './pour';
import { walk } from './walk';

export interface Exporting {
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'heads'>;
  readonly projectId?: string;
  /** Is given each event, and waited for if it answers a promise. */
  readonly write: (event: Envelope, chain: Chain) => Promise<void> | undefined;
}

/**
 * Gives out all projects as they are at the beginning, or one, event by event, each verified. Project follows project by their ids: the order in
 * which a store has them is its own, and an import elsewhere would not keep it. Rejects with `NotWhole` at the first flaw.
 */
export async function exportEvents({ store, projectId, write }: Exporting): Promise<ExportEnd> {
  const chain = new Chain(projectId);
  const digest = createHash('sha256');
  const take = (event: Envelope): Promise<void> | undefined => {
    digest.update(`${event.hash}\n`);
    return write(event, chain);
  };
  const heads = projectId === undefined ? await headsOf(store) : [{ projectId, revision: -1 }];
  for (const head of heads.sort((a, b) => (a.projectId < b.projectId ? -1 : 1))) {
    const walked = await walk({ store, chain, projectId: head.projectId, take });
    if (walked.flaw !== undefined) throw new NotWhole('source', walked.flaw);
    const { revision } = chain.head(head.projectId);
    if (revision < head.revision) {
      const at = { projectId: head.projectId, revision: revision + 1 };
      throw new NotWhole('source', flaw('TRUNCATED', at, `the stream ends before it, but the store knows of revision ${head.revision}`));
    }
  }
  return { events: chain.events, projects: chain.projects, digest: digest.digest('hex') };
}
