import { NOT_ASSIGNED, take, type Taking } from './assignment';
import type { Outcome } from './outcome';
import type { Ruleset } from './ruleset';
import type { ServedKey } from './served-key';
import { serve } from './serving';
import { Subject, type Facts } from './subject';
import type { UserRecord } from './user-record';

/**
 * V1: what every key serves a user, as a function of ruleset, record, facts and hour (whole hours since 1970, UTC) and of nothing else. The
 * experiments that would take the user now are in `taking.fresh`: a server stores their assignments before it answers (`assign`).
 */
export function evaluate(ruleset: Ruleset, record: UserRecord, facts: Facts, hour: number): readonly Outcome[] {
  const subject = new Subject(record, facts, hour);
  const taking = take(ruleset, subject);
  return [...ruleset.keys.values()].map((key) => serve(ruleset, key, subject, taking));
}

/** Which experiments matter to one key. It is found without going through the running ones where none has the key. */
export function takeFor(ruleset: Ruleset, key: ServedKey, subject: Subject): Taking {
  return key.experiments.length === 0 ? NOT_ASSIGNED : take(ruleset, subject);
}

/** The last members of each answer to a request for one key, or for all. */
export function tailFor(ruleset: Ruleset, asked: 'one' | 'all', subject: Subject, unstored: boolean): string {
  const tails = ruleset.tails[asked];
  if (subject.userId === undefined) return tails.noUser;
  return unstored ? tails.unstored : tails.plain;
}

/** The OFREP success of one key, as JSON. */
export function successOf(ruleset: Ruleset, key: ServedKey, subject: Subject, taking: Taking, tail: string): string {
  return serve(ruleset, key, subject, taking).fragment + tail;
}

/** The `flags` of an OFREP bulk success, as JSON: all keys in the order of their names. */
export function bulkOf(ruleset: Ruleset, subject: Subject, taking: Taking, tail: string): string {
  const separator = `${tail},`;
  // A forced variant may be of a draft, and so give any key a value.
  const parts = subject.record.overrides.length > 0 ? ruleset.keys.values() : bulkParts(ruleset, separator);
  let flags = '';
  for (const part of parts) {
    flags += flags === '' ? '[' : separator;
    flags += typeof part === 'string' ? part : serve(ruleset, part, subject, taking).fragment;
  }
  return flags === '' ? '[]' : `${flags}${tail}]`;
}

/** A key, or the joined fragments of keys that follow one another and serve everyone the same. */
type BulkPart = ServedKey | string;

/** By the keys of a ruleset, which the next one has too where no key has changed, and by separator. */
const partsOfKeys = new WeakMap<Ruleset['keys'], Map<string, readonly BulkPart[]>>();

function bulkParts({ keys }: Ruleset, separator: string): readonly BulkPart[] {
  let bySeparator = partsOfKeys.get(keys);
  if (bySeparator === undefined) partsOfKeys.set(keys, (bySeparator = new Map()));
  let parts = bySeparator.get(separator);
  if (parts === undefined) bySeparator.set(separator, (parts = joined([...keys.values()], separator)));
  return parts;
}

function joined(keys: readonly ServedKey[], separator: string): readonly BulkPart[] {
  const parts: BulkPart[] = [];
  let same: string[] = [];
  const close = () => {
    if (same.length > 0) parts.push(same.join(separator));
    same = [];
  };
  for (const key of keys) {
    if (key.rows.length === 0 && !key.isTested) same.push(key.fallback.fragment);
    else {
      close();
      parts.push(key);
    }
  }
  close();
  return parts;
}
