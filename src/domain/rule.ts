import type { Json } from './json';

/**
 * Which users a segment has (S2): a tree of `all`, `any` and `not` over what is known of a user and what the user did.
 * This is the stored JSON, for ever; the API takes and gives the same shape. Every node has exactly one member.
 */
export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | { readonly property: PropertyCondition }
  | { readonly did: DidCondition }
  | { readonly didNot: DidNotCondition };

/** How a property is compared. Names are stored for ever: they are only ever added. */
export const OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'IN',
  'NOT_IN',
  'CONTAINS',
  'STARTS_WITH',
  'ENDS_WITH',
  'MATCHES',
  'LESS',
  'AT_MOST',
  'GREATER',
  'AT_LEAST',
  'BETWEEN',
  'EXISTS',
  'NOT_EXISTS',
  'VERSION_LESS',
  'VERSION_AT_MOST',
  'VERSION_EQUALS',
  'VERSION_AT_LEAST',
  'VERSION_GREATER',
] as const;
export type Operator = (typeof OPERATORS)[number];

/**
 * A property of a user, or, as a filter, of an event. A missing property matches NOT_EXISTS and nothing else, NOT_EQUALS and
 * NOT_IN included. BETWEEN takes both its ends in. A date stands for its first instant, in UTC.
 */
export interface PropertyCondition {
  readonly name: string;
  readonly operator: Operator;
  /** For the operators of one operand. */
  readonly value?: Json;
  /** For IN and NOT_IN. */
  readonly values?: readonly Json[];
  /** For BETWEEN. */
  readonly from?: Json;
  readonly to?: Json;
}

/** The user did the event so often in the window, counting only events that pass every filter. */
export interface DidCondition {
  readonly event: string;
  /** Absent: at least once. */
  readonly count?: Count;
  readonly window: Window;
  readonly filters?: readonly PropertyCondition[];
}

/** The user did not do the event in the window: no event passes every filter. */
export interface DidNotCondition {
  readonly event: string;
  readonly window: Window;
  readonly filters?: readonly PropertyCondition[];
}

/** `atMost` takes users who never did it only when `includeZero` says so. */
export type Count =
  { readonly atLeast: number } | { readonly atMost: number; readonly includeZero?: boolean } | { readonly exactly: number };

/**
 * Which events count: those of the last n times 24 hours, those from an instant up to, but not including, another, or all.
 * It is always given: what looks back for ever costs the most, so it is said in so many words.
 */
export type Window =
  { readonly lastDays: number } | { readonly between: { readonly from: string; readonly to: string } } | { readonly ever: true };

export const RULE_LIMITS = {
  /** Levels of nodes; a rule that is one leaf has 1. */
  depth: 8,
  leaves: 200,
  filters: 10,
  values: 1_000,
  bytes: 64 * 1024,
  /** Characters of all regular expressions together, since each of them is compiled. */
  patterns: 2_500,
  count: 1_000_000,
  lastDays: 3_650,
  versionLength: 100,
} as const;
