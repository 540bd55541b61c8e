import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { isNoApp, type Caller } from '../application/caller';
import type { Actor } from '../domain/event';
import { checkName, cleanName } from '../domain/text';

/** The names cannot be read, or kept, now. */
export class ActorNamesUnavailable extends Error {}

/** `outdated`: a newer name is kept, or the actor was forgotten since. `full`: it holds as many actors as it may. */
export type KeepOutcome = 'kept' | 'outdated' | 'full';

/** The most actors of whom a store keeps a name. */
export const MOST_NAMES = 10_000;

/**
 * What actors are called, outside the ledger, so that it can be erased. Every method rejects with `ActorNamesUnavailable` while the store cannot be
 * used. Instances share it: what one has erased, none gives again.
 */
export interface ActorNameStore {
  /** In the order of the actors; undefined where none is kept. */
  names(actors: readonly Actor[]): Promise<readonly (string | undefined)[]>;
  /** `saidAt`: when a token said so, in UTC milliseconds. Once an actor is forgotten, names that were said until then are not kept again. */
  keep(actor: Actor, name: string, saidAt: number): Promise<KeepOutcome>;
  /** Erases the name. Answers whether there was one. */
  forget(actor: Actor, forgottenAt: number): Promise<boolean>;
  close(): Promise<void>;
}

/** What tells one actor from all others: a person and a program may have the same id. */
export function actorKey({ kind, id }: Actor): string {
  return `${kind}:${id}`;
}

/** For how long a name that was read is given again, in milliseconds: one that another instance erased is not given for longer. */
const FRESH_MS = 2_000;
/** How often the same name of one actor is written again, in milliseconds. */
const KEPT_AGAIN_MS = 10 * 60_000;
/** At most one line of the log in so many milliseconds says that names cannot be read or kept. */
const LOGGED_EVERY_MS = 60_000;
const MOST_AT_ONCE = 500;

/** What actors are called, as one instance knows it. */
export class ActorNames {
  private readonly fresh = new LRUCache<string, { readonly name: string | undefined }>({ max: 10_000, ttl: FRESH_MS });
  private readonly kept = new LRUCache<string, string>({ max: 10_000, ttl: KEPT_AGAIN_MS });
  private readonly loader: DataLoader<Actor, string | undefined, string>;
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: ActorNameStore,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly now: () => number = Date.now,
  ) {
    const load = async (actors: readonly Actor[]) => {
      this.loader.clearAll();
      const names = await this.store.names(actors);
      actors.forEach((actor, at) => this.fresh.set(actorKey(actor), { name: names[at] }));
      return names;
    };
    this.loader = new DataLoader(load, { cacheKeyFn: actorKey, maxBatchSize: MOST_AT_ONCE });
  }

  /** undefined: none is known, or the names cannot be read now, which the log says. */
  async nameOf(actor: Actor): Promise<string | undefined> {
    const fresh = this.fresh.get(actorKey(actor));
    if (fresh !== undefined) return fresh.name;
    return this.loader.load(actor).catch((error: unknown) => void this.warn(error, 'the names of actors cannot be read: ids stand alone'));
  }

  /** Keeps the name that a token says, in the background. Tokens of apps act for users, of whom the ledger knows nothing. */
  learn({ actor, grants, claimed }: Pick<Caller, 'actor' | 'grants' | 'claimed'>): void {
    if (claimed === undefined || !isNoApp({ grants }) || checkName(claimed.name, 'name').length > 0) return;
    const name = cleanName(claimed.name);
    const key = actorKey(actor);
    if (this.kept.get(key) === name) return;
    this.kept.set(key, name);
    this.store.keep(actor, name, claimed.at).then(
      (outcome) => {
        if (outcome === 'kept') this.fresh.delete(key);
        if (outcome === 'full') this.warn(undefined, 'the names of as many actors are kept as may be: this one is not');
      },
      (error: unknown) => {
        this.kept.delete(key);
        this.warn(error, 'the name of an actor could not be kept: it is tried again with the next token');
      },
    );
  }

  /** Erases the name; tokens that were issued until now do not bring it back. Answers whether there was one. */
  async forget(actor: Actor): Promise<boolean> {
    const wasKnown = await this.store.forget(actor, this.now());
    this.fresh.delete(actorKey(actor));
    this.kept.delete(actorKey(actor));
    return wasKnown;
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private warn(err: unknown, message: string): void {
    if (this.now() - this.loggedAt < LOGGED_EVERY_MS) return;
    this.loggedAt = this.now();
    this.logger.warn({ err }, message);
  }
}
