const DOT = 0x2e;
const DASH = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;

/** The numbers of a version as texts without zeros in front, and without numbers that are 0 at the end: 1.02.0 is 1, 2. */
export type VersionNumbers = readonly string[];

/** The numbers of an operand, which is dotted numbers and nothing else (S2). */
export function versionNumbers(dotted: string): VersionNumbers {
  const numbers = dotted.split('.').map((digits) => digits.replace(/^0+/, ''));
  while (numbers.at(-1) === '') numbers.pop();
  return numbers;
}

/**
 * Whether a user's version comes before (< 0) or after (> 0) an operand, or is the same (0); NaN if it is no version.
 *
 * A user's version is read leniently, since apps send them as stores and build tools write them: `v1.0.0` is 1.0.0, `1.0.0+17` too, and
 * `1.0.0-rc.1` comes before 1.0.0 (Semantic Versioning 2.0.0, sections 9 to 11). Missing numbers are 0, and numbers have any length, so they
 * are compared as text: the longer one is larger. Nothing is allocated.
 */
export function compareVersion(version: string, operand: VersionNumbers): number {
  const first = version.charCodeAt(0) | 0x20;
  let at = first === 0x76 ? 1 : 0;
  let order = 0;
  for (let part = 0; ; part += 1) {
    const start = at;
    while (isDigit(version.charCodeAt(at))) at += 1;
    if (at === start) return NaN;
    if (order === 0) order = compareNumber(version, start, at, operand[part] ?? '');
    if (version.charCodeAt(at) === DOT) at += 1;
    else return withSuffix(version, at, order === 0 && part + 1 < operand.length ? -1 : order);
  }
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

function compareNumber(version: string, start: number, end: number, other: string): number {
  let at = start;
  while (at < end && version.charCodeAt(at) === ZERO) at += 1;
  if (end - at !== other.length) return end - at - other.length;
  for (let index = 0; index < other.length; index += 1) {
    const difference = version.charCodeAt(at + index) - other.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What follows the numbers: nothing, `+` and a build, or `-` and a pre-release. */
function withSuffix(version: string, at: number, order: number): number {
  if (at === version.length || version.charCodeAt(at) === PLUS) return order;
  const isPreRelease = version.charCodeAt(at) === DASH && at + 1 < version.length && version.charCodeAt(at + 1) !== PLUS;
  if (!isPreRelease) return NaN;
  return order === 0 ? -1 : order;
}
