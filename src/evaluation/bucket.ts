import { WHOLE } from '../domain/percent';
import { murmur3, murmur3Again } from './murmur3';

/**
 * How a user falls into a share, frozen for ever (V2): `seed = murmur3(salt, 0)`, `hash = murmur3(user id, seed)`,
 * `bucket = floor(hash * 10000 / 2^32)`. A share of p basis points has the buckets below p.
 *
 * Each use has a salt of its own, made of ids and never of names. One salt for two uses would make them dependent: all users of a sample in
 * one variant. Raising a share keeps every user that it had.
 */
export const salts = {
  /** Which users of its audience an experiment takes. */
  traffic: (experiment: string) => `traffic\n${experiment}`,
  /** In which variant of the experiment they are. */
  variant: (experiment: string) => `variant\n${experiment}`,
  /** Which users a row of a flag takes. A row keeps its id, and so its sample, whatever is changed in it. */
  row: (experience: string, row: string) => `row\n${experience}\n${row}`,
  /** Which users a holdout keeps out of experiments (X8). */
  holdout: (holdout: string) => `holdout\n${holdout}`,
} as const;

const HASHES = 2 ** 32;

export function seedOf(salt: string): number {
  return murmur3(salt, 0);
}

/** From 0 to 9,999. For showing: a share is compared by `limitOf`, which needs no division. */
export function bucketOf(userId: string, seed: number): number {
  return Math.floor((murmur3(userId, seed) * WHOLE) / HASHES);
}

/** The hash from which on a user is outside a share of so many basis points. */
export function limitOf(basisPoints: number): number {
  return Math.ceil((basisPoints * HASHES) / WHOLE);
}

/** A share of users: those whose bucket is below it. */
export interface Sample {
  readonly seed: number;
  readonly limit: number;
}

export function sampleOf(salt: string, basisPoints: number): Sample {
  return { seed: seedOf(salt), limit: limitOf(basisPoints) };
}

/** Whom an evaluation is about. Two of the same `pass` have the same id. */
export interface Hashed {
  readonly userId: string | undefined;
  readonly pass: number;
}

/** Not asked of a request without a user id (V3). */
export function takes({ seed, limit }: Sample, user: Hashed): boolean {
  return signedHashOf(user, seed) >>> 0 < limit;
}

/** The hash, as `murmur3Again` gives it: nothing is allocated. */
export function signedHashOf({ userId, pass }: Hashed, seed: number): number {
  return murmur3Again(userId ?? '', seed, pass);
}
