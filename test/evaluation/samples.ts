import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';

/** Statistics of bucketing that a test of a few seconds and a soak run share. */

/** Ids as apps have them: counted up, with a prefix, random UUIDs, e-mail addresses. */
export const ID_KINDS: { readonly [kind: string]: (number: number) => string } = {
  sequential: (number) => `${number}`,
  prefixed: (number) => `customer-000${number}`,
  uuid: (number) => uuid(number),
  email: (number) => `first.last${number}@example.com`,
};

export const SALTS: readonly string[] = [
  ...['a', 'b', 'c', 'd'].map((id) => salts.traffic(`exp_${id}`)),
  ...['a', 'b', 'c', 'd'].map((id) => salts.variant(`exp_${id}`)),
  ...['1', '2'].map((row) => salts.row('flag_a', `r${row}`)),
  salts.row('flag_b', 'r1'),
  salts.holdout('hold_a'),
];

/** The buckets of so many users, for each salt. */
export function bucketsOf(kind: string, users: number): readonly Uint16Array[] {
  const ids = Array.from({ length: users }, (_, number) => ID_KINDS[kind]!(number));
  return SALTS.map((salt) => {
    const seed = seedOf(salt);
    return Uint16Array.from(ids, (id) => bucketOf(id, seed));
  });
}

/** Chi-squared of the buckets in 100 groups of equal expectation: 99 degrees of freedom. */
export function uniformity(buckets: Uint16Array): number {
  const counts = new Float64Array(100);
  for (const bucket of buckets) counts[(bucket / 100) | 0]! += 1;
  const expected = buckets.length / 100;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Chi-squared of two salts' buckets in a table of 10 x 10 against independence: 81 degrees of freedom. */
export function dependence(a: Uint16Array, b: Uint16Array): number {
  const table = new Float64Array(100);
  const [rows, columns] = [new Float64Array(10), new Float64Array(10)];
  for (let user = 0; user < a.length; user += 1) {
    // Truncated without a global function, which is slow to reach inside a test.
    const row = (a[user]! / 1_000) | 0;
    const column = (b[user]! / 1_000) | 0;
    table[row * 10 + column]! += 1;
    rows[row]! += 1;
    columns[column]! += 1;
  }
  return table.reduce((sum, count, cell) => {
    const expected = (rows[Math.floor(cell / 10)]! * columns[cell % 10]!) / a.length;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/**
 * The chi-squared that a fair hash exceeds in one of `chances` tests, by Wilson and Hilferty (1931): chi-squared / k is nearly the cube of a
 * normal variable with mean 1 - 2/9k and variance 2/9k.
 */
export function criticalValue(degrees: number, chances: number): number {
  const variance = 2 / (9 * degrees);
  return degrees * (1 - variance + normalQuantile(1 / chances) * Math.sqrt(variance)) ** 3;
}

/** The point that a standard normal variable exceeds with this small probability: Abramowitz and Stegun 26.2.23, off by less than 0.00045. */
function normalQuantile(upperTail: number): number {
  const t = Math.sqrt(-2 * Math.log(upperTail));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}

/** Version 4 UUIDs, the same in every run: splitmix64 of the number. */
function uuid(number: number): string {
  const hex = [2n * BigInt(number), 2n * BigInt(number) + 1n].map((seed) => splitmix64(seed).toString(16).padStart(16, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function splitmix64(seed: bigint): bigint {
  const mask = 0xffffffffffffffffn;
  let value = (seed * 0x9e3779b97f4a7c15n + 0x9e3779b97f4a7c15n) & mask;
  value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & mask;
  return value ^ (value >> 31n);
}
