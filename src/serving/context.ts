import type { Json } from '../domain/json';
import { kindOf, LONE_SURROGATE, longerThan } from '../domain/text';
import { checkJson, type JsonBounds } from '../domain/value';
import type { Facts } from '../evaluation/subject';
import type { Properties } from '../evaluation/user-record';

const MAX_ID_CHARACTERS = 500;
const BOUNDS: JsonBounds = {
  depth: 8,
  tooDeep: 'must have at most 8 lists and objects inside one another',
  bytes: 64 * 1024,
  tooLarge: 'must take at most 64 KiB as JSON',
};

/** The limits of the properties that a request gives of a user, and of those that are stored. */
export const PROPERTIES_LIMITS = { count: 1_000, bounds: BOUNDS } as const;

/** What a request says of whom it asks for. */
export interface RequestContext extends Facts {
  /** `$preview: true`: nothing is assigned, exposed or stored. */
  readonly isPreview: boolean;
}

/** What was sent cannot be used; the message is for the client. */
export class InvalidContext extends Error {}

/**
 * The evaluation context of the OpenFeature Remote Evaluation Protocol: `targetingKey` is the user id, the other members are properties of the user.
 * An object inside is its members with their names joined by dots: `{"geo": {"city": "Oslo"}}` is the property `geo.city`. Throws `InvalidContext`.
 */
export function requestContext(context: unknown): RequestContext {
  const { targetingKey, $preview: preview, ...members } = checkedObject(context, 'the context', '');
  const properties = flattened(members, 'the context', { keepsNull: false });
  return { userId: userIdOf(targetingKey), properties: properties satisfies Properties, isPreview: preview === true };
}

/** Properties to be stored, flattened as those of a context are; one that is null is to be removed. Throws `InvalidContext`. */
export function flatProperties(properties: unknown, name: string): { readonly [name: string]: Json } {
  const members = checkedObject(properties, name, name);
  for (const reserved of ['targetingKey', '$preview'])
    if (Object.hasOwn(members, reserved)) throw new InvalidContext(`${name} must not have ${reserved}, which is no property`);
  return flattened(members, name, { keepsNull: true });
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

function checkedObject(given: unknown, what: string, path: string): { readonly [name: string]: Json } {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidContext(`${what} must be an object, not ${kindOf(given)}`);
  }
  const [problem] = checkJson(given, path, BOUNDS);
  // A member's path begins with a dot where the whole has no name.
  if (problem !== undefined) throw new InvalidContext(`${problem.path.replace(/^\./, '') || what} ${problem.message}`);
  return given as { readonly [name: string]: Json };
}

function flattened(members: { readonly [name: string]: Json }, what: string, { keepsNull }: { readonly keepsNull: boolean }) {
  const properties: Record<string, Json> = {};
  const { count } = PROPERTIES_LIMITS;
  if (flatten(members, '', properties, keepsNull, 0) > count) throw new InvalidContext(`${what} has more than ${count} properties`);
  return properties;
}

/** Answers how many properties there are now. */
function flatten(
  members: { readonly [name: string]: Json },
  prefix: string,
  into: Record<string, Json>,
  keepsNull: boolean,
  before: number,
): number {
  let count = before;
  for (const [name, value] of Object.entries(members)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      count = flatten(value as { readonly [name: string]: Json }, `${prefix}${name}.`, into, keepsNull, count);
    } else if (keepsNull || value !== null) {
      // Never `__proto__` itself, which `checkJson` refuses, and which assigning would not make a member.
      into[`${prefix}${name}`] = value;
      count += 1;
    }
    if (count > PROPERTIES_LIMITS.count) return count;
  }
  return count;
}
