import { LRUCache } from 'lru-cache';
import { RevisionConflict, type Append } from './event-store';
import { envelopeOf } from './kurrentdb-event';
import type { KurrentReads } from './kurrentdb-read';

/** For so long after it was seen, unless a call has failed since, the event that an append follows is taken to be there: a restore takes longer. */
const SEEN_MS = 1_000;
/** How many projects' last events are remembered. One that is forgotten costs a read. */
const PROJECTS = 10_000;

/**
 * Sees to it that an append follows the very event that its own first event names. The server compares revisions alone: one that was restored from an
 * older copy, and has grown to the same revision since, would take it after another event, and break the chain for good.
 */
export class KurrentBases {
  private readonly seen = new LRUCache<string, { readonly hash: string; readonly atMs: number }>({ max: PROJECTS });

  constructor(
    private readonly reads: KurrentReads,
    /** When a call to the server last failed. */
    private readonly disturbedAtMs: () => number,
  ) {}

  /** The event with this hash is the project's last one, as the server has just shown or acknowledged. */
  note(projectId: string, hash: string): void {
    this.seen.set(projectId, { hash, atMs: performance.now() });
  }

  /** Rejects with `RevisionConflict` where there is another event at the revision that the append expects. Where none is shown, the server refuses it. */
  async assertStands({ projectId, expectedRevision, events }: Append): Promise<void> {
    const first = events[0];
    if (first === undefined || expectedRevision < 0 || this.isKnown(projectId, first.previousHash)) return;
    let base: string | undefined;
    for await (const record of this.reads.forwards(projectId, expectedRevision, 1)) {
      if (record.revision === BigInt(expectedRevision)) base = envelopeOf(record).hash;
    }
    if (base !== undefined && base !== first.previousHash) throw new RevisionConflict(projectId, expectedRevision, expectedRevision);
  }

  private isKnown(projectId: string, hash: string): boolean {
    const seen = this.seen.get(projectId);
    if (seen === undefined || seen.hash !== hash) return false;
    return performance.now() - seen.atMs < SEEN_MS && seen.atMs > this.disturbedAtMs();
  }
}
