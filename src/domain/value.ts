import type { Problem } from './refusal';
import { hasNumber } from './json';
import { LONE_SURROGATE, excerpt, kindOf, withArticle } from './text';

/** What a key's values can be (K2). Fixed when the key is created. */
export const VALUE_TYPES = ['BOOLEAN', 'STRING', 'NUMBER', 'JSON'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** How many UTF-8 bytes a value may take as JSON. */
const VALUE_BYTES = 32 * 1024;
/** How many lists and objects may be inside one another. */
const VALUE_DEPTH = 32;

/** How much JSON is let in, and what is said when it is more. */
export interface JsonBounds {
  readonly depth: number;
  readonly tooDeep: string;
  readonly bytes: number;
  readonly tooLarge: string;
  /** Take it as GraphQL hands inputs over: instances of input classes, whose absent members are `undefined`. */
  readonly asInput?: boolean;
}

const VALUE_BOUNDS: JsonBounds = {
  depth: VALUE_DEPTH,
  tooDeep: `must have at most ${VALUE_DEPTH} lists and objects inside one another`,
  bytes: VALUE_BYTES,
  tooLarge: `must take at most ${VALUE_BYTES / 1024} KiB as JSON`,
};

/**
 * Whether it can be a value of such a key. Only JSON has null. -0 passes, and is 0 wherever it has been written as JSON. `stored` is what the thing has
 * already, if it is there: a number of it may be given again.
 */
export function checkValue(type: ValueType, value: unknown, path: string, stored?: unknown): Problem[] {
  const fits = {
    BOOLEAN: () => typeof value === 'boolean',
    STRING: () => typeof value === 'string',
    NUMBER: () => typeof value === 'number',
    JSON: () => value !== undefined,
  };
  const words = { BOOLEAN: 'true or false', STRING: 'a text', NUMBER: 'a number', JSON: 'JSON' };
  if (!fits[type]()) return [{ path, message: `must be ${words[type]}, because the key is ${withArticle(type)}, not ${kindOf(value)}` }];
  return checkJson(value, path, VALUE_BOUNDS, stored);
}

/**
 * Whether it is JSON within bounds. Tells the first thing wrong.
 *
 * A walk with a list of what is left, not a recursion, and it stops at the bounds: 100,000 levels, a loop or a hostile
 * megabyte cost no more than the largest value allowed.
 */
export function checkJson(root: unknown, path: string, bounds: JsonBounds, stored?: unknown): Problem[] {
  const left: Place[] = [{ value: root, name: path, inside: undefined, depth: 0 }];
  let bytes = 0;
  for (let place = left.pop(); place !== undefined; place = left.pop()) {
    const { value } = place;
    if (value !== null && typeof value === 'object') {
      if (place.depth === bounds.depth) return [{ path, message: bounds.tooDeep }];
      const size = Array.isArray(value) ? value.length : Object.keys(value).length;
      // Brackets and commas; every member has at least one byte more.
      bytes += 2 + Math.max(0, size - 1);
      if (bytes + size > bounds.bytes) return [{ path, message: bounds.tooLarge }];
      const wrong = Array.isArray(value) ? undefined : wrongObject(value, bounds.asInput === true);
      if (wrong !== undefined) return [{ path: pathOf(place), message: wrong }];
      const before = left.length;
      for (const [name, member] of Object.entries(value)) {
        if (member === undefined && bounds.asInput === true) continue;
        if (!Array.isArray(value)) bytes += textBytes(name) + 1;
        left.push({ value: member, name, inside: place, depth: place.depth + 1 });
      }
      if (Array.isArray(value) && left.length - before < size && bounds.asInput !== true) {
        return [{ path: pathOf(place), message: 'must not be a list with holes' }];
      }
    } else {
      const wrong = wrongLeaf(value, stored);
      if (wrong !== undefined) return [{ path: pathOf(place), message: wrong }];
      bytes += typeof value === 'string' ? textBytes(value) : String(Object.is(value, -0) ? 0 : value).length;
    }
    if (bytes > bounds.bytes) return [{ path, message: bounds.tooLarge }];
  }
  return [];
}

interface Place {
  readonly value: unknown;
  /** The name of the member; for the root, its path. */
  readonly name: string;
  readonly inside: Place | undefined;
  readonly depth: number;
}

/** Put together only where something is wrong: most of what is checked is right. */
function pathOf({ name, inside }: Place): string {
  return inside === undefined ? name : `${pathOf(inside)}.${excerpt(name)}`;
}

function wrongObject(value: object, asInput: boolean): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain && !asInput) return 'must be plain JSON, not an instance of a class';
  if (Object.hasOwn(value, '__proto__')) return 'must not have a member "__proto__", which JavaScript keeps for itself';
  if (Object.keys(value).some((name) => LONE_SURROGATE.test(name)))
    return 'must not have half a character (a lone surrogate) in a member name';
  return undefined;
}

/** N1: a number is stored as it was given. A whole number beyond these is not the one that was written, or may not be. */
const INEXACT = `must be a whole number from -${Number.MAX_SAFE_INTEGER.toLocaleString('en')} to ${Number.MAX_SAFE_INTEGER.toLocaleString('en')}: a larger one would not be kept exactly, so give it as a text`;

function wrongNumber(value: number, stored: unknown): string | undefined {
  if (!Number.isFinite(value)) return 'must be a finite number, not NaN or Infinity';
  return !Number.isInteger(value) || Number.isSafeInteger(value) || hasNumber(stored, value) ? undefined : INEXACT;
}

function wrongLeaf(value: unknown, stored: unknown): string | undefined {
  if (typeof value === 'number') return wrongNumber(value, stored);
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? 'must not have half a character (a lone surrogate)' : undefined;
  if (value === null || typeof value === 'boolean') return undefined;
  return `must be JSON, not ${kindOf(value)}`;
}

/** ASCII that JSON writes as it is. */
const PLAIN_IN_JSON = /^[ !#-[\]-~]*$/;

/** The text's UTF-8 bytes as JSON, with quotes and escapes. */
function textBytes(text: string): number {
  if (PLAIN_IN_JSON.test(text)) return text.length + 2;
  return Buffer.byteLength(JSON.stringify(text));
}

/** Whether it is a whole number from the one to the other. */
export function isWithin(value: unknown, [least, most]: readonly [number, number]): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

export const wholeFrom = ([least, most]: readonly [number, number]): string =>
  `must be a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
