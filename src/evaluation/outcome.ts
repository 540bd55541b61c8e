import type { Json } from '../domain/json';

/**
 * Why a value is served, in the words that the OpenFeature Remote Evaluation Protocol 0.3 allows in a success (there is no DEFAULT):
 * https://github.com/open-feature/protocol. STATIC: all get it, or nothing targeted took the user and this is the default. TARGETING_MATCH: the user
 * is in an audience. SPLIT: the user is in a sample or variant. DISABLED: the default, since what would give the key a value is paused.
 */
export type Reason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED';

/** What gives the value (E8). */
export type SourceKind = 'override' | 'experiment' | 'rollout' | 'flag' | 'config' | 'default';

/** One answer that a key can have. Made when a ruleset is compiled, once for each row, and given to every user who gets it. */
export interface Outcome {
  readonly key: string;
  readonly value: Json;
  readonly reason: Reason;
  readonly source: SourceKind;
  /** The id of the experience that gives the value; undefined: it is the key's default. */
  readonly id: string | undefined;
  /** The id of the row or variant. */
  readonly variant: string | undefined;
  /** The beginning of the OFREP success: all but the last members of `metadata`, which the ruleset's `tail` gives and closes. */
  readonly fragment: string;
}

export function outcomeOf(key: string, value: Json, reason: Reason, source: SourceKind, id?: string, variant?: string): Outcome {
  // The members in this order, and members that are undefined left out, so the bytes are always the same (V2).
  const text = JSON.stringify({ key, value, reason, variant, metadata: { source, id } });
  return Object.freeze({ key, value, reason, source, id, variant, fragment: text.slice(0, -2) });
}

/** The metadata of every answer of one request. */
export interface AnswerMetadata {
  /** The last revision that changed the serving digest. */
  readonly revision?: number;
  readonly detail?: string;
  /** The user store was away, or did not take the assignment: what experiments serve is not kept. */
  readonly unstored?: true;
}

/** In the metadata of a request without a user id, which no sample, behaviour or experiment takes (V3). */
const NO_USER_DETAIL = 'no user id: samples, behaviour and experiments were passed over';

/** The end of an OFREP success, which follows `fragment`. */
export function tailOf(metadata: AnswerMetadata): string {
  const members = JSON.stringify(metadata).slice(1);
  return members === '}' ? '}}' : `,${members}}`;
}

/** The ends of a request's answers. */
export interface Tails {
  readonly plain: string;
  readonly noUser: string;
  readonly unstored: string;
}

export function tailsOf(metadata: AnswerMetadata): Tails {
  return {
    plain: tailOf(metadata),
    noUser: tailOf({ ...metadata, detail: NO_USER_DETAIL }),
    unstored: tailOf({ ...metadata, unstored: true }),
  };
}
