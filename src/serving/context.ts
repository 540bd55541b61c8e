import type { Json } from '../domain/json';
import { kindOf, LONE_SURROGATE, longerThan } from '../domain/text';
import { checkJson, type JsonBounds } from '../domain/value';
import type { Facts } from '../evaluation/subject';
import type { Properties } from '../evaluation/user-record';

const MAX_ID_CHARACTERS = 500;
const MAX_PROPERTIES = 1_000;
const BOUNDS: JsonBounds = {
  depth: 8,
  tooDeep: 'must have at most 8 lists and objects inside one another',
  bytes: 64 * 1024,
  tooLarge: 'must take at most 64 KiB as JSON',
};

/** What a request says of whom it asks for. */
export interface RequestContext extends Facts {
  /** `$preview: true`: nothing is assigned, exposed or stored. */
  readonly isPreview: boolean;
}

/** The context cannot be used; the message is for the client. */
export class InvalidContext extends Error {}

/**
 * The evaluation context of the OpenFeature Remote Evaluation Protocol: `targetingKey` is the user id, the other members are properties of the user.
 * An object inside is its members with their names joined by dots: `{"geo": {"city": "Oslo"}}` is the property `geo.city`. Throws `InvalidContext`.
 */
export function requestContext(context: unknown): RequestContext {
  if (context === null || typeof context !== 'object' || Array.isArray(context)) {
    throw new InvalidContext(`the context must be an object, not ${kindOf(context)}`);
  }
  const [problem] = checkJson(context, '', BOUNDS);
  if (problem !== undefined) throw new InvalidContext(`${problem.path === '' ? 'the context' : problem.path} ${problem.message}`);
  const { targetingKey, $preview: preview, ...members } = context as { readonly [name: string]: Json };
  const properties: Record<string, Json> = {};
  if (flatten(members, '', properties, 0) > MAX_PROPERTIES)
    throw new InvalidContext(`the context has more than ${MAX_PROPERTIES} properties`);
  return { userId: userIdOf(targetingKey), properties: properties satisfies Properties, isPreview: preview === true };
}

/** A user id as an app may send it. Throws `InvalidContext`. */
export function checkedUserId(id: unknown, name: string): string {
  if (typeof id !== 'string') throw new InvalidContext(`${name} must be a text, not ${kindOf(id)}`);
  if (id === '') throw new InvalidContext(`${name} must not be empty`);
  if (longerThan(id, MAX_ID_CHARACTERS)) throw new InvalidContext(`${name} must have at most ${MAX_ID_CHARACTERS} characters`);
  if (LONE_SURROGATE.test(id)) throw new InvalidContext(`${name} must not have half a character (a lone surrogate)`);
  return id;
}

/** An empty targeting key is what some providers send for none. */
function userIdOf(targetingKey: Json | undefined): string | undefined {
  if (targetingKey === undefined || targetingKey === null || targetingKey === '') return undefined;
  return checkedUserId(targetingKey, 'targetingKey');
}

/** Answers how many properties there are now. */
function flatten(members: { readonly [name: string]: Json }, prefix: string, into: Record<string, Json>, before: number): number {
  let count = before;
  for (const [name, value] of Object.entries(members)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      count = flatten(value as { readonly [name: string]: Json }, `${prefix}${name}.`, into, count);
    } else if (value !== null) {
      // As an own member, whatever it is called.
      Object.defineProperty(into, `${prefix}${name}`, { value, enumerable: true, configurable: true, writable: true });
      count += 1;
    }
    if (count > MAX_PROPERTIES) return count;
  }
  return count;
}
