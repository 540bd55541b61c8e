import { RE2JS, RE2JSException } from 're2js';
import type { Problem } from './refusal';
import { excerpt, kindOf, longerThan } from './text';

const PATTERN_LENGTH = 500;
/** Instructions a pattern may compile to. Matching costs at most this times the length of what is looked at. */
const PATTERN_SIZE = 2_000;

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
  try {
    if (compilePattern(value).programSize() <= PATTERN_SIZE) return [];
    return [{ path, message: 'must be a simpler regular expression: this one repeats too much' }];
  } catch (error) {
    // The library says so when it cannot read the pattern. Anything else is a bug, and is not the caller's fault.
    if (!(error instanceof RE2JSException)) throw error;
    return [{ path, message: `${rule}: ${excerpt(reasonOf(error))}` }];
  }
}

function reasonOf(error: RE2JSException): string {
  if (error.message.includes('repeat count')) return 'repetitions inside one another come to at most 1,000 in all';
  return error.message.replace(/^error parsing regexp: /, '');
}
