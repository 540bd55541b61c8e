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
  return a === b || canonical(a) === canonical(b);
}
