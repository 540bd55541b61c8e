import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Case {
  readonly name: string;
  readonly source: string;
  readonly input: never;
  readonly expected: never;
}

/** Worked cases, computed with scipy 1.17.1 and statsmodels 0.15.0; each names its source. */
const { cases } = JSON.parse(readFileSync(join(__dirname, 'cases.json'), 'utf8')) as { cases: readonly Case[] };

const used = new Set<Case>();

/** The cases whose name begins so, typed by who reads them. */
export function casesOf<Input, Expected>(beginning: string): readonly (readonly [string, { input: Input; expected: Expected }])[] {
  const found = cases.filter(({ name }) => name.startsWith(beginning));
  for (const each of found) used.add(each);
  return found.map((each, index) => [`${each.name}, ${index + 1}`, each]);
}

export const unusedCases = (): readonly string[] => cases.filter((each) => !used.has(each)).map(({ name }) => name);

/** Equal to nine digits, relative to the expected number or absolute where it is below 1 and near 0. */
export function expectClose(actual: number | null | undefined, expected: number | null | undefined): void {
  if (expected === null || expected === undefined) return expect(actual).toBe(expected);
  if (typeof actual !== 'number' || !(Math.abs(actual - expected) <= 1e-9 * Math.max(Math.abs(expected), 1e-8)))
    expect(actual).toBe(expected);
}

export function expectAllClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => expectClose(value, expected[index]));
}

/** The value, where there must be one. */
export function present<T extends object>(value: T): Exclude<T, { missing: unknown }> {
  expect(value).not.toHaveProperty('missing');
  return value as Exclude<T, { missing: unknown }>;
}
