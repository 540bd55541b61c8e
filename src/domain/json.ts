import serialize from 'canonicalize';
import { hash } from 'node:crypto';

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

/** SHA-256, as lower-case hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Equal as JSON: the order of members does not matter, the order of items does. */
export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}
