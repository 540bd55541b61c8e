import type { Actor } from '../domain/event';

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
