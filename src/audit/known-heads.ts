import type { Link } from '../domain/link';
import type { StreamHead } from '../event-store/event-store';
import { chainProblem, type Chain, type ChainProblem } from './chain';

/**
 * What is known of histories from elsewhere: heads that they had at some time. A history that has grown since passes through every one of them; one
 * that was rewritten, or cut off, does not.
 */
export class KnownHeads {
  private readonly hashes = new Map<string, Map<number, string>>();
  private known = 0;

  /** `origin` completes "the hash it had when ...". */
  constructor(private readonly origin: string) {}

  /** The number of places whose hash is known. */
  get count(): number {
    return this.known;
  }

  /** Takes one more head; or answers what is wrong, if it contradicts one that was given before. */
  add({ projectId, revision, hash }: StreamHead): ChainProblem | undefined {
    let hashes = this.hashes.get(projectId);
    if (hashes === undefined) this.hashes.set(projectId, (hashes = new Map()));
    const before = hashes.get(revision);
    if (before === undefined) {
      hashes.set(revision, hash);
      this.known += 1;
      return undefined;
    }
    if (before === hash) return undefined;
    return chainProblem('REWRITTEN', { projectId, revision }, `two heads are given, and they differ: ${before} and ${hash}`);
  }

  /** What is wrong with an event that comes by. */
  check({ projectId, revision, hash }: Link): ChainProblem | undefined {
    const known = this.hashes.get(projectId)?.get(revision);
    if (known === undefined || known === hash) return undefined;
    return chainProblem(
      'REWRITTEN',
      { projectId, revision },
      `it does not have the hash it had when ${this.origin}: the history was rewritten since`,
    );
  }

  /** For each project whose history ends before a head that is known of it, the first such head. To be called after all events were checked. */
  *truncated(chain: Pick<Chain, 'head'>, only?: string): Iterable<ChainProblem> {
    for (const [projectId, hashes] of this.hashes) {
      if (only !== undefined && projectId !== only) continue;
      const last = Math.max(...hashes.keys());
      const { revision } = chain.head(projectId);
      if (revision >= last) continue;
      const why = `the history ends before it, but had reached revision ${last} when ${this.origin}: it was cut off`;
      yield chainProblem('TRUNCATED', { projectId, revision: revision + 1 }, why);
    }
  }
}
