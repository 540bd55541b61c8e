import type { Actor } from './event';

/** An actor is of no project: `*` stands where things have theirs, which no project can be called. */
const SHAPE = /^\*\/(user|service)\/([\x21-\x7e]{1,200})$/;

/** The id under which clients of the API know an actor. */
export const actorIdOf = ({ kind, id }: Actor): string => `*/${kind}/${id}`;

/** undefined: it is no actor's. */
export function actorWithId(text: string): Actor | undefined {
  const [, kind, id] = SHAPE.exec(text) ?? [];
  return kind === undefined || id === undefined ? undefined : { id, kind: kind as Actor['kind'] };
}
