import { eventId, hashOf, NOT_HASHED, type Envelope } from './event';
import { sha256 } from './json';
import { jsonForms } from './json-forms';

/** What a hash chain is made of: an event without what it says, once that was found to be what its hash was made of. */
export type Link = Pick<Envelope, 'projectId' | 'revision' | 'id' | 'hash' | 'previousHash' | 'occurredAt'>;

const HASH = /^[0-9a-f]{64}$/;

/** Why a stored value lacks what every event has; undefined: it has it. What else an event must have is under its hash. */
export function missingPart(value: Partial<Envelope>): string | undefined {
  const { projectId, revision, type, id, hash, previousHash, occurredAt } = value;
  if (typeof projectId !== 'string') return 'it has no project';
  if (!Number.isSafeInteger(revision) || (revision as number) < 0) return 'it has no revision';
  if (typeof type !== 'string' || typeof id !== 'string') return 'it has no type, or no id';
  if (typeof hash !== 'string' || !HASH.test(hash)) return 'it has no hash';
  if (typeof previousHash !== 'string' || !Number.isSafeInteger(occurredAt)) return 'it is not dated or not chained';
  return undefined;
}

/** The link of an event; undefined: it has none, since it is no event, or was changed after it was written. */
export function linkOf(event: Envelope): Link | undefined {
  return linkBy(event, hashOf);
}

/** The same of an event that was read from a text, which must be exactly what JSON.stringify makes of it. */
export function linkOfText(event: Envelope, text: string): Link | undefined {
  return linkBy(event, () => {
    const { members, canonical } = jsonForms(event, NOT_HASHED);
    return `{${members}}` === text ? sha256(canonical) : undefined;
  });
}

function linkBy(event: Envelope, hashOfAll: (event: Envelope) => string | undefined): Link | undefined {
  if (typeof event !== 'object' || event === null || missingPart(event) !== undefined) return undefined;
  const { projectId, revision, id, hash, previousHash, occurredAt } = event;
  let found: string | undefined;
  try {
    found = hashOfAll(event);
  } catch {
    // Its content has no canonical form, so no hash was made of it.
    return undefined;
  }
  return found === hash && eventId(hash) === id ? { projectId, revision, id, hash, previousHash, occurredAt } : undefined;
}
