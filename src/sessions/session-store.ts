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
