import { setImmediate as turn } from 'node:timers/promises';
import { Limiter } from '../concurrency/limiter';
import type { Link } from '../domain/link';
import type { EventStore } from '../event-store/event-store';
import { Chain, type ChainProblem } from './chain';
import { edgesOf } from './edges';
import type { HeadLog } from './head-log';
import { isGenuine, signHead, type SignedHead } from './signed-head';
import { openSigningKey, type SigningKey } from './signing-key';
import { verifyChain } from './verify-chain';
import { KnownHeads } from './known-heads';

/** How many events are hashed before the server's requests have their turn: about a millisecond's. */
const AT_ONCE = 50;

export interface HeadSignerOptions {
  readonly store: Pick<EventStore, 'read' | 'readAll' | 'heads' | 'isShared'>;
  readonly log: HeadLog;
  /** Where the key pair is, or will be. */
  readonly dataDir: string;
  readonly clock: () => number;
}

/** What is stored does not follow from what was signed before, or is not whole. It is not signed. */
export class HistoryBroken extends Error {
  constructor(readonly problem: ChainProblem) {
    super(problem.message);
  }
}

/**
 * Signs the heads of projects and keeps them in a log. Nothing is signed that has not been verified: of a project that was signed before, what has
 * come since, down to the head that was signed; of another, all.
 *
 * The key is made with the first signature, and the log read with it, so a start needs neither.
 */
export class HeadSigner {
  private ready: Promise<{ readonly key: SigningKey; readonly last: Map<string, SignedHead> }> | undefined;
  /** Two at once would both read the same history. */
  private readonly limiter = new Limiter({ atOnce: 1 });

  constructor(private readonly options: HeadSignerOptions) {}

  /**
   * Signs the head of every project that has moved since it was last signed, and answers the last signed head of every project. `broken` is called with
   * each project that cannot be signed, those included that were signed once and are gone.
   */
  async signMoved(broken: (projectId: string, problem: ChainProblem) => void): Promise<readonly SignedHead[]> {
    return this.alone(async ({ key, last }) => {
      const [gone, heads, moved] = [new Set(last.keys()), [] as SignedHead[], [] as SignedHead[]];
      for await (const head of this.options.store.heads()) {
        gone.delete(head.projectId);
        const before = last.get(head.projectId);
        const signed = before?.hash === head.hash ? before : await this.signed(head.projectId, key, before);
        const wrong = signed !== undefined && 'code' in signed ? signed : await edgesOf(this.options.store, head);
        if (wrong !== undefined) broken(head.projectId, wrong);
        else if (signed === before) heads.push(before as SignedHead);
        else if (signed !== undefined) moved.push(signed as SignedHead);
      }
      for (const projectId of gone) {
        const signed = await this.signed(projectId, key, last.get(projectId));
        if (signed !== undefined && 'code' in signed) broken(projectId, signed);
      }
      await this.keep(moved, last);
      return [...heads, ...moved];
    });
  }

  /** Signs the head of one project, as it is now; undefined: there is no such project. Rejects with `HistoryBroken`. */
  async sign(projectId: string): Promise<SignedHead | undefined> {
    return this.alone(async ({ key, last }) => {
      const signed = await this.signed(projectId, key, last.get(projectId));
      if (signed === undefined) return undefined;
      if ('code' in signed) throw new HistoryBroken(signed);
      const wrong = await edgesOf(this.options.store, signed);
      if (wrong !== undefined) throw new HistoryBroken(wrong);
      await this.keep([signed], last);
      return signed;
    });
  }

  /** The newest in the log, newest first. */
  newest(projectId: string, limit: number, before?: number): Promise<SignedHead[]> {
    return this.options.log.newest(projectId, limit, before);
  }

  async key(): Promise<SigningKey> {
    return (await this.open()).key;
  }

  private open(): NonNullable<HeadSigner['ready']> {
    this.ready ??= this.read().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  private async read(): NonNullable<HeadSigner['ready']> {
    const key = await openSigningKey(this.options.dataDir);
    const last = new Map<string, SignedHead>();
    // What someone else has written into the log is nothing to go by.
    for await (const head of this.options.log.read()) if (isGenuine(head, key)) last.set(head.projectId, head);
    return { key, last };
  }

  private alone<T>(act: (open: Awaited<NonNullable<HeadSigner['ready']>>) => Promise<T>): Promise<T> {
    return this.limiter.run(async () => act(await this.open()));
  }

  private async signed(projectId: string, key: SigningKey, before: SignedHead | undefined): Promise<SignedHead | ChainProblem | undefined> {
    const from = before?.revision ?? 0;
    const chain = new Chain(projectId, from);
    const knownHeads = new KnownHeads(`its head was signed${before === undefined ? '' : ` at ${before.signedAt}`}`);
    if (before !== undefined) knownHeads.add(before);
    const look = (event: Link): ChainProblem | undefined => knownHeads.check(event);
    const take = (): Promise<void> | undefined => (chain.events % AT_ONCE === 0 ? turn() : undefined);
    const { problem } = await verifyChain({ store: this.options.store, chain, projectId, from, check: look, accept: take });
    const [truncated] = knownHeads.truncated(chain);
    if (problem !== undefined || truncated !== undefined) return problem ?? truncated;
    const { revision, hash } = chain.head(projectId);
    return chain.events === 0 ? undefined : signHead({ projectId, revision, hash }, this.options.clock(), key);
  }

  private async keep(heads: readonly SignedHead[], last: Map<string, SignedHead>): Promise<void> {
    await this.options.log.append(heads);
    for (const head of heads) last.set(head.projectId, head);
  }
}
