import type { KeyValue } from './choice';
import type { Change, EntityRef } from './event';
import type { Json } from './json';
import { percentOf } from './percent';
import { counted, excerpt } from './text';
import { entityText, keyText, unnamedText, valueText } from './text-part';

/*
 * How a sentence says what has changed. A sentence is for people: nothing reads it back, and the fields that changed are beside it. Each answers a text
 * with its parts set off (text-part.ts).
 */

/** Changes that are said; of those beyond, how many. */
const MOST = 5;

export function described(thing: string, { from, to }: Change<string>): string {
  if (to === '') return `removed the description of ${thing}`;
  const text = valueText(JSON.stringify(excerpt(to.replace(/\s+/g, ' '))));
  return from === '' ? `described ${thing}: ${text}` : `changed the description of ${thing} to ${text}`;
}

export function percent(basisPoints: number): string {
  return valueText(`${percentOf(basisPoints)} %`);
}

/** The changes, after what they are changes of. */
export function changesText(thing: string, changes: readonly string[]): string {
  const more = changes.length - MOST;
  const said = more > 0 ? [...changes.slice(0, MOST), `and ${counted(more, 'more change')}`] : changes;
  return said.length === 0 ? thing : `${thing}: ${said.join(', ')}`;
}

interface Row {
  readonly id: string;
  readonly segment: string | null;
}

/** Rows that were added, removed, changed in what `inside` says, or put in another order. */
export function rowChanges<R extends Row>(
  { from, to }: Change<readonly R[]>,
  inside: (was: R, is: R) => readonly string[],
  whole: (row: R) => string,
): readonly string[] {
  const kept = (rows: readonly R[], others: readonly R[]) => rows.filter(({ id }) => others.some((other) => other.id === id));
  const changed = to.flatMap((is) => {
    const was = from.find(({ id }) => id === is.id);
    if (was === undefined) return [`added row ${is.id} (${whole(is)})`];
    const changes = [...segmentChange(was, is), ...inside(was, is)];
    return changes.length === 0 ? [] : [`row ${is.id} ${changes.join(' and ')}`];
  });
  const removed = from.filter(({ id }) => !to.some((row) => row.id === id)).map(({ id }) => `removed row ${id}`);
  const order = (rows: readonly R[]) => rows.map(({ id }) => id).join();
  const moved = order(kept(from, to)) === order(kept(to, from)) ? [] : ['another order of the rows'];
  return [...changed, ...removed, ...moved];
}

function segmentChange(was: Row, is: Row): readonly string[] {
  if (was.segment === is.segment) return [];
  if (is.segment === null) return ['for everyone'];
  const text = was.segment === null ? 'a segment' : 'another segment';
  return [`for ${unnamedText('segment', is.segment, text)}`];
}

export function valueChange(what: string, from: Json, to: Json): readonly string[] {
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [`${what} from ${json(from)} to ${json(to)}`];
}

export function percentChange(what: string, from: number, to: number): readonly string[] {
  return from === to ? [] : [`${what}from ${percent(from)} to ${percent(to)}`];
}

/** What changed in values by key, in words. */
export function valueChanges(from: readonly KeyValue[], to: readonly KeyValue[]): readonly string[] {
  const given = to.flatMap(({ key, value }) => {
    const was = from.find((one) => one.key === key);
    return was === undefined ? [`with ${keyText(key)} ${json(value)}`] : valueChange(keyText(key), was.value, value);
  });
  const taken = from.filter(({ key }) => !to.some((one) => one.key === key)).map(({ key }) => `without ${keyText(key)}`);
  return [...given, ...taken];
}

/** What changed in a list of names of keys, in words. */
export function keyChanges(from: readonly string[], to: readonly string[]): readonly string[] {
  const added = to.filter((key) => !from.includes(key)).map((key) => `added key ${keyText(key)}`);
  const removed = from.filter((key) => !to.includes(key)).map((key) => `removed key ${keyText(key)}`);
  const moved = added.length + removed.length === 0 && from.join() !== to.join() ? ['another order of the keys'] : [];
  return [...added, ...removed, ...moved];
}

/** A value, cut where it is long. */
export function json(value: Json): string {
  return valueText(excerpt(JSON.stringify(value)));
}

/** Who gets what in a row: everyone, or a segment. */
export function rowAudience(segment: string | null): string {
  return segment === null ? 'everyone' : unnamedText('segment', segment, 'a segment');
}

/** From one name to another. */
export function renamedText(entity: EntityRef, { from, to }: Change<string>): string {
  return `${entityText({ ...entity, name: from })} to ${entityText({ ...entity, name: to })}`;
}
