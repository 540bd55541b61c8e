import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Role } from '../application/caller';
import type { Actor } from '../domain/event';

/** How a person signed in: by a link that the server printed, by a token, or at an identity provider. */
export type SignedInBy = 'link' | 'token' | 'provider';

/** That a browser is signed in. */
export interface Session {
  /** Says which it is, and opens nothing. */
  readonly id: string;
  readonly actor: Actor;
  /** Roles by project id, or by `*` for every project. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
  readonly by: SignedInBy;
  /** UTC milliseconds. */
  readonly startedAt: number;
  /** When it ends at the latest, in UTC milliseconds, however much it is used. */
  readonly endsAt: number;
}

/** What can be used once. */
export interface OneTimeCode {
  readonly id: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The sessions cannot be asked for, or kept, now. */
export class SessionsUnavailable extends Error {}

/**
 * Which sessions there are, and which codes have been used: for all instances that share it. A session that is not there has ended, so that a store
 * that has lost what it held signs out, and lets no one in. Every method rejects with `SessionsUnavailable` while it cannot be reached.
 */
export interface SessionStore {
  /** Uses the code up. False: it was used before, or the store may have lost that it was. */
  use(code: OneTimeCode): Promise<boolean>;
  add(session: Session): Promise<void>;
  /** Those of these that have not ended. */
  present(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Ends it. False: it is not there. */
  remove(id: string): Promise<boolean>;
  list(): Promise<readonly Session[]>;
  close(): Promise<void>;
}

/** For how long the store's answer about a session is cached, in milliseconds: one that was ended at another instance ends here within twice that. */
const BELIEVED_MS = 800;
/** How long a session that is not used stays signed in, in milliseconds. */
export const IDLE_MS = 12 * 3_600_000;
/** How long a session lasts at most, in milliseconds; its token may end before. */
export const LONGEST_MS = 7 * 24 * 3_600_000;

/** The sessions as one instance knows them. */
export class Sessions {
  private readonly seen = new Map<string, number>();
  private readonly watchers = new Map<string, Set<() => void>>();
  private looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: SessionStore,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Uses a code up; false: it was used before. */
  use(code: OneTimeCode): Promise<boolean> {
    return this.store.use(code);
  }

  /** Begins a session, which ends at `endsAt` or after the longest time that there is. */
  async begin({ endsAt, ...signedIn }: Omit<Session, 'id' | 'startedAt'>): Promise<Session> {
    const startedAt = this.now();
    const session = {
      ...signedIn,
      id: randomBytes(16).toString('base64url'),
      startedAt,
      endsAt: Math.min(endsAt, startedAt + LONGEST_MS),
    };
    await this.store.add(session);
    this.seen.set(session.id, startedAt);
    return session;
  }

  /** Whether it has not ended. While the store is away, one that it had a moment before goes on; rejects for any other. */
  async isPresent(id: string): Promise<boolean> {
    const seenAt = this.seen.get(id);
    if (seenAt !== undefined && this.now() - seenAt < BELIEVED_MS) return true;
    try {
      const present = (await this.store.present([id])).has(id);
      if (present) this.remember(id);
      else this.forget(id);
      return present;
    } catch (error) {
      if (seenAt === undefined) throw error;
      this.logger.warn({ err: error }, 'the sessions cannot be asked for: those that were known go on');
      return true;
    }
  }

  list(): Promise<readonly Session[]> {
    return this.store.list();
  }

  /** Ends it, here at once. False: it is not there. */
  async end(id: string): Promise<boolean> {
    const ended = await this.store.remove(id);
    this.forget(id);
    return ended;
  }

  /** Ends all sessions of the actor, and answers how many there were. */
  async endAllOf({ kind, id }: Actor): Promise<number> {
    const theirs = (await this.store.list()).filter(({ actor }) => actor.id === id && actor.kind === kind);
    const ended = await Promise.all(theirs.map((session) => this.end(session.id)));
    return ended.filter(Boolean).length;
  }

  /** Calls back once when the session ends, wherever it is ended; answers how to stop waiting for that. */
  onEnd(id: string, ended: () => void): () => void {
    const watching = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, watching.add(ended));
    this.looking ??= setInterval(() => void this.look(), BELIEVED_MS).unref();
    return () => {
      watching.delete(ended);
      if (watching.size === 0 && this.watchers.get(id) === watching) this.watchers.delete(id);
      this.rest();
    };
  }

  async close(): Promise<void> {
    this.watchers.clear();
    this.rest();
    await this.store.close();
  }

  /** One question for all sessions that something waits for. */
  private async look(): Promise<void> {
    const ids = [...this.watchers.keys()];
    try {
      const present = await this.store.present(ids);
      for (const id of ids.filter((each) => !present.has(each))) this.forget(id);
    } catch (error) {
      this.logger.warn({ err: error }, 'the sessions cannot be asked for: streams of those that were known go on');
    }
  }

  private remember(id: string): void {
    // In the order of when they were seen, so that the oldest are the first.
    this.seen.delete(id);
    this.seen.set(id, this.now());
    for (const [oldest, seenAt] of this.seen) {
      if (this.now() - seenAt < IDLE_MS) break;
      this.seen.delete(oldest);
    }
  }

  private forget(id: string): void {
    this.seen.delete(id);
    const watching = this.watchers.get(id);
    this.watchers.delete(id);
    watching?.forEach((ended) => ended());
    this.rest();
  }

  private rest(): void {
    if (this.watchers.size > 0) return;
    clearInterval(this.looking);
    this.looking = undefined;
  }
}
