import type { Envelope } from '../domain/event';
import type { EventStore, StreamHead } from '../event-store/event-store';
import { Chain } from './chain';
import { NotWhole } from './copy';
import { differs, headsOf, HistoryMismatch, BulkAppend } from './bulk-append';
import { verifyChain } from './verify-chain';

export interface ImportProgress {
  /** `checking` and `writing` read what is brought, `verifying` reads the whole target. */
  readonly phase: 'checking' | 'writing' | 'verifying';
  /** How many events have been read in this phase. */
  readonly events: number;
  /** Writing: of how many, and how many have been appended. */
  readonly total: number;
  readonly appended: number;
}

export interface Import {
  /** The same verified events each time it is called. */
  readonly events: () => AsyncIterable<Envelope>;
  readonly target: EventStore;
  readonly onEvent?: (progress: ImportProgress) => void;
}

export interface Imported {
  readonly events: number;
  readonly projects: number;
  /** How many of them were appended; the others were there. */
  readonly appended: number;
}

/**
 * Brings events into a store whose projects have none of them yet, or a part of them from an import that was ended. All events are looked at before
 * the first is written, so whatever is wrong with them leaves the store as it was; killed while it writes, it can be begun again.
 *
 * Rejects with what `events` rejects with, with `OtherHistory`, and with `NotWhole` if the store gives back something else.
 */
export async function importEvents({ events, target, onEvent }: Import): Promise<Imported> {
  const heads = await headsOf(target);
  const bulk = new BulkAppend(target, heads);
  let total = 0;
  const report = (phase: ImportProgress['phase'], read: number): void => onEvent?.({ phase, events: read, total, appended: bulk.appended });
  const ends = await check(events(), heads, (read) => report('checking', (total = read)));
  let count = 0;
  for await (const event of events()) {
    count += 1;
    report('writing', count);
    const written = bulk.add(event);
    if (written !== undefined) await written;
  }
  await bulk.flush();
  const chain = new Chain();
  const { problem } = await verifyChain({ store: target, chain, onProgress: () => void report('verifying', chain.events) });
  if (problem !== undefined) throw new NotWhole('target', problem);
  for (const [projectId, { hash }] of ends) {
    if (chain.head(projectId).hash !== hash) throw new HistoryMismatch(`project "${projectId}" was written by someone else meanwhile`);
  }
  return { events: count, projects: ends.size, appended: bulk.appended };
}

/** Reads everything once, and holds it against what the store has. Answers where each project ends. */
async function check(
  events: AsyncIterable<Envelope>,
  heads: readonly StreamHead[],
  report: (events: number) => void,
): Promise<Map<string, StreamHead>> {
  const known = new Map(heads.map((head) => [head.projectId, head]));
  const ends = new Map<string, StreamHead>();
  const others: string[] = [];
  let count = 0;
  for await (const { projectId, revision, hash } of events) {
    report((count += 1));
    const head = known.get(projectId);
    if (head?.revision === revision && head.hash !== hash) others.push(differs(head));
    ends.set(projectId, { projectId, revision, hash });
  }
  for (const { projectId, revision } of ends.values()) {
    const head = known.get(projectId);
    if (head !== undefined && head.revision > revision)
      others.push(`project "${projectId}": the target is at revision ${head.revision}, and what is brought ends at ${revision}`);
  }
  if (others.length > 0) throw new HistoryMismatch(others.join('\n'));
  return ends;
}
