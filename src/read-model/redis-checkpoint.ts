import type { Checkpoint } from './read-model';

/** Of the hash that is a project's checkpoint, as Redis answers them; null where there is none. */
export type CheckpointFields = readonly [revision: string | null, hash: string | null, occurredAt: string | null];

export const FIELDS = ['revision', 'hash', 'occurredAt'] as const;

/** In place of a revision: a key that the answer would have been read from is gone. */
export const DAMAGED = 'damaged';

/** undefined: there is none. */
export function checkpointIn([revision, hash, occurredAt]: CheckpointFields): Checkpoint | undefined {
  if (revision === null || hash === null) return undefined;
  return Object.freeze({ revision: Number(revision), hash, occurredAt: Number(occurredAt) });
}
