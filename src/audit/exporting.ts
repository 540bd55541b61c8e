import { createHash } from 'node:crypto';
import type { Envelope } from '../domain/event';
import type { EventStore } from '../event-store/event-store';
import { Chain } from './chain';
import type { ExportEnd } from './cloud-event';
import { NotWhole } from './copy';
import { walk } from './walk';

export interface Exporting {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly projectId?: string;
  /** Is given each event, in the store's order, and waited for if it answers a promise. */
  readonly write: (event: Envelope, chain: Chain) => Promise<void> | undefined;
}

/** Gives out a store, or one project, as it is at the beginning, event by event, each verified. Rejects with `NotWhole` at the first flaw. */
export async function exportEvents({ store, projectId, write }: Exporting): Promise<ExportEnd> {
  const chain = new Chain(projectId);
  const digest = createHash('sha256');
  const { flaw } = await walk({
    store,
    chain,
    ...(projectId === undefined ? {} : { projectId }),
    take: (event) => {
      digest.update(`${event.hash}\n`);
      return write(event, chain);
    },
  });
  if (flaw !== undefined) throw new NotWhole('source', flaw);
  return { events: chain.events, projects: chain.projects, digest: digest.digest('hex') };
}
