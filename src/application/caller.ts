import type { Actor } from '../domain/event';

/** What a token can allow. What each role may do is decided where the operations are. */
export const ROLES = ['admin', 'creator', 'member', 'auditor', 'analyst', 'app', 'app-server'] as const;
export type Role = (typeof ROLES)[number];

/** In a caller's grants, every project there is or will be. */
export const ALL_PROJECTS = '*';

/** The caller of a request, as the token says. */
export interface Caller {
  readonly actor: Actor;
  /** Roles by project id; those under `ALL_PROJECTS` hold in every project. */
  readonly grants: ReadonlyMap<string, ReadonlySet<Role>>;
  /** When the token ends, in UTC milliseconds: a stream that is open must end then too. */
  readonly expiresAt: number;
  /** The session, if the caller is a browser that is signed in: it can end before. */
  readonly sessionId?: string;
  /** What the token calls the actor, and when it was issued, in UTC milliseconds. It goes into no event. */
  readonly claimed?: { readonly name: string; readonly at: number };
}

/** Tells tokens apart, for what is counted per token: two of one actor that end in the same second count as one. */
export function tokenOf({ actor, expiresAt, sessionId }: Pick<Caller, 'actor' | 'expiresAt' | 'sessionId'>): string {
  return sessionId === undefined ? `${actor.kind}:${actor.id}:${expiresAt}` : `session:${sessionId}`;
}

/** Whether it works in a ledger, and does not only act for an app and its users. */
export function isNoApp({ grants }: Pick<Caller, 'grants'>): boolean {
  return [...grants.values()].some((roles) => [...roles].some((role) => role !== 'app' && role !== 'app-server'));
}

/** An actor is of no project: its id has `*`, which no project can be called, in the project's place. */
const SHAPE = /^\*\/(user|service)\/([\x21-\x7e]{1,200})$/;

/** The id under which clients of the API know an actor. */
export const actorIdOf = ({ kind, id }: Actor): string => `*/${kind}/${id}`;

/** undefined: it is no actor's. */
export function actorWithId(text: string): Actor | undefined {
  const [, kind, id] = SHAPE.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { id, kind: kind as Actor['kind'] };
}
