import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException } from 're2js';
import { patternSize } from './pattern-size';
import type { Problem } from './refusal';
import { excerpt, kindOf, longerThan } from './text';

const PATTERN_LENGTH = 500;
/** Instructions a pattern may compile to. Matching costs at most this times the length of what is looked at. */
const PATTERN_SIZE = 2_000;
/** An estimate beyond which a pattern is not compiled to see. Far above the limit: what can be written more simply is estimated too large. */
const ESTIMATED_SIZE = 4 * PATTERN_SIZE;
const TOO_LARGE =
  'must be a simpler regular expression: this one repeats too much (repetitions inside one another come to at most 1,000 in all)';

/** Characters of patterns whose check is remembered, and what each takes besides. */
const REMEMBERED_CHARACTERS = 4_000_000;
const ENTRY_CHARACTERS = 100;
/** What is wrong with a pattern, in words; '': nothing. It follows from the text alone, and finding it out means to compile it. */
const known = new LRUCache<string, string>({
  maxSize: REMEMBERED_CHARACTERS,
  sizeCalculation: (message, pattern) => pattern.length + message.length + ENTRY_CHARACTERS,
});

/**
 * A regular expression in RE2's syntax: no look-around and no back-references, and in return matching takes time linear in the
 * text, so no pattern can stop the server. JavaScript's own RegExp backtracks: never match a customer's pattern with it.
 * Throws `RE2JSException` on a pattern that `checkPattern` would refuse.
 */
export function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(pattern);
}

export function checkPattern(value: unknown, path: string): Problem[] {
  const rule = `must be a regular expression (RE2 syntax) of 1 to ${PATTERN_LENGTH} characters`;
  if (typeof value !== 'string') return [{ path, message: `${rule}, not ${kindOf(value)}` }];
  if (value === '') return [{ path, message: `${rule}, not empty` }];
  if (longerThan(value, PATTERN_LENGTH)) return [{ path, message: `${rule}; this one is longer` }];
  let message = known.get(value);
  if (message === undefined) known.set(value, (message = wrongPattern(value, rule)));
  return message === '' ? [] : [{ path, message }];
}

function wrongPattern(pattern: string, rule: string): string {
  if (patternSize(pattern) > ESTIMATED_SIZE) return TOO_LARGE;
  try {
    return compilePattern(pattern).programSize() <= PATTERN_SIZE ? '' : TOO_LARGE;
  } catch (error) {
    // The library says so when it cannot read the pattern. Anything else is a bug, and is not the caller's fault.
    if (!(error instanceof RE2JSException)) throw error;
    return `${rule}: ${excerpt(reasonOf(error))}`;
  }
}

function reasonOf(error: RE2JSException): string {
  if (error.message.includes('repeat count')) return 'repetitions inside one another come to at most 1,000 in all';
  return error.message.replace(/^error parsing regexp: /, '');
}
