import fc from 'fast-check';
import type { Json } from '../../../src/domain/json';
import type { Converter } from '../../../src/setup/convert/converter';

/** What is known of a user of these tests: `a` and `b`, each x, y or absent. */
export type User = { readonly [property: string]: string };

/** The user's number from 0 to 1 for a seed, in steps of a tenth. Every generated percentage is a multiple of 10. */
export type Numbers = (seed: string) => number;
export const STEPS = 10;

/** A flag of a vendor: its text, and what the vendor's evaluator gives a user, written down here anew. */
export interface VendorFlag {
  readonly source: unknown;
  readonly evaluate: (user: User, numbers: Numbers) => Json;
}

export interface Vendor {
  readonly converter: Converter;
  readonly flags: fc.Arbitrary<VendorFlag>;
  /** Objects of the source that decide who gets what: an unknown member must never be passed over there. */
  readonly deciding: (source: never) => readonly object[];
}

export const VALUES = ['x', 'y'];
export const USERS: readonly User[] = [undefined, ...VALUES].flatMap((a) =>
  [undefined, ...VALUES].map((b) => ({ id: 'u', ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) })),
);

/** A test of one property. */
export interface Test {
  readonly property: 'a' | 'b';
  readonly values: readonly string[];
  readonly not: boolean;
}

export const tests = fc.record<Test>({
  property: fc.constantFrom('a', 'b'),
  values: fc.subarray(VALUES, { minLength: 1 }),
  not: fc.boolean(),
});

export const percentages = fc.integer({ min: 0, max: STEPS }).map((step) => (step * 100) / STEPS);

export const weights = fc.constantFrom([1], [0, 1], [1, 1], [1, 4], [2, 3, 5], [1, 0, 4]);

/** The index of the weight that a number from 0 to 1 falls on, when weights are shares of their sum. */
export function drawn(all: readonly number[], number: number): number {
  const sum = all.reduce((total, one) => total + one, 0);
  let before = 0;
  return all.findIndex((one) => number * sum < (before += one));
}
