import serialize from 'canonicalize';
import { hash } from 'node:crypto';
import type { Steps } from './steps';

/** What JSON can say. Values in the ledger are nothing else: no dates, no `undefined`, no class instances. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * The one byte sequence for a value (RFC 8785), so that equal values have equal hashes whatever the order of their members.
 * Members that are `undefined` are left out. Throws on NaN and Infinity, which validation has refused long before.
 */
export function canonical(value: unknown): string {
  return serialize(value) ?? 'null';
}

/** The same, with a pause after each part of what is `levels` deep inside. */
export function* canonicalSteps(value: unknown, levels: number): Steps<string> {
  if (levels === 0 || value === null || typeof value !== 'object') {
    const text = canonical(value);
    yield;
    return text;
  }
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) parts.push(yield* canonicalSteps(item, levels - 1));
    return `[${parts.join(',')}]`;
  }
  // By their UTF-16 units, as the standard sort compares.
  for (const name of Object.keys(value).sort()) {
    const member = (value as { readonly [name: string]: unknown })[name];
    if (member !== undefined) parts.push(`${JSON.stringify(name)}:${yield* canonicalSteps(member, levels - 1)}`);
  }
  return `{${parts.join(',')}}`;
}

/** SHA-256, as lower-case hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Equal as JSON: the order of members does not matter, the order of items does. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // undefined is as null.
  const isOneSimple = (typeof a !== 'object' && a !== undefined) || (typeof b !== 'object' && b !== undefined);
  return !isOneSimple && canonical(a) === canonical(b);
}

/**
 * Rules about input have become stricter since some things were stored. What is stored stays as it is and goes on being read; a command that gives it again
 * leaves it as it is, and only what is new must fit today's rules.
 */

/** Whether what is given says what is stored, member for member. What is given may be of any shape; absent members are those that are null or undefined. */
export function leavesAsItIs(stored: Json, given: unknown): boolean {
  if (stored === null || typeof stored !== 'object') return stored === given;
  if (given === null || typeof given !== 'object' || Array.isArray(given) !== Array.isArray(stored)) return false;
  const members = Object.entries(given).filter(([, member]) => member !== null && member !== undefined);
  const known = stored as { readonly [name: string]: Json };
  return (
    members.length === Object.values(known).filter((member) => member !== null).length &&
    members.every(([name, member]) => Object.hasOwn(known, name) && leavesAsItIs(known[name] as Json, member))
  );
}

/** Whether the number is anywhere in what is stored. */
export function hasNumber(stored: unknown, wanted: number): boolean {
  const left = [stored];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (value === wanted) return true;
    if (value !== null && typeof value === 'object') for (const member of Object.values(value)) left.push(member ?? null);
  }
  return false;
}
