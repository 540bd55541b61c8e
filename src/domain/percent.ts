import type { EntityKind } from './event';
import type { Json, JsonObject } from './json';

/* N2: percent with at most two decimals in the API, files and texts; whole basis points in commands, events and documents. */

/** 100 %, in basis points. */
export const WHOLE = 10_000;

/** What a share must be, as a refusal says it. */
export const PERCENT_RULE = 'must be a percentage from 0 to 100 with at most two decimals';

/** Percent as its decimal digits: no more than two of them behind the point. */
const DIGITS = /^(\d{1,3})(?:\.(\d{1,2}))?$/;

/** The percent of whole basis points: the number whose digits are exactly that. */
export function percentOf(basisPoints: number): number {
  return basisPoints / 100;
}

/**
 * The basis points of a percentage; NaN if it is none, which every check of basis points refuses. It reads the decimal digits, since
 * `percent * 100` is not a whole number for 1,146 of the 10,001 percentages, such as 0.29.
 */
export function basisPointsOf(percent: unknown): number {
  const [, whole, decimals = ''] = (typeof percent === 'number' && DIGITS.exec(String(percent === 0 ? 0 : percent))) || [];
  const basisPoints = whole === undefined ? Number.NaN : Number(`${whole}${decimals.padEnd(2, '0')}`);
  return basisPoints <= WHOLE ? basisPoints : Number.NaN;
}

/** The fields of a thing, as events and documents have them, with its shares in percent. Values that people gave are left as they are. */
export function inPercent(kind: EntityKind, fields: JsonObject): JsonObject {
  const shares = SHARES[kind];
  if (shares === undefined) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Object.hasOwn(shares, name) ? shares[name]!(value) : value]),
  );
}

type Shares = { readonly [field: string]: (value: Json) => Json };

const share = (value: Json): Json => (typeof value === 'number' ? percentOf(value) : value);

const inside =
  (...names: readonly string[]) =>
  (value: Json): Json => {
    if (Array.isArray(value)) return value.map((item: Json) => inside(...names)(item));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, names.includes(name) ? share(member) : member]));
  };

/** The holdouts in force are inside what a start records. */
const startedShares = (value: Json): Json => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { holdouts } = value as JsonObject;
  return holdouts === undefined ? value : { ...value, holdouts: inside('share')(holdouts) };
};

/** By kind, the fields that are shares, or have some in them. */
const SHARES: { readonly [Kind in EntityKind]?: Shares } = {
  flag: { rows: inside('percentage') },
  experiment: {
    traffic: share,
    variants: inside('weight'),
    goals: inside('margin'),
    roles: inside('margin'),
    addedGoals: inside('margin'),
    started: startedShares,
  },
  holdout: { share },
};
