import type { KeyValue } from './choice';
import type { Change } from './event';
import type { Json } from './json';
import { percentOf } from './percent';
import { excerpt } from './text';

/* How a sentence says what has changed. A sentence is for people: nothing reads it back, and the fields that changed are beside it. */

/** Changes that are said; of those beyond, how many. */
const MOST = 5;

/** A name in a sentence: `*name*`, with what could be taken for its end escaped by `\`. */
export function named(name: string): string {
  return `*${name.replace(/[\\*]/g, '\\$&')}*`;
}

export function described(thing: string, { from, to }: Change<string>): string {
  if (to === '') return `removed the description of ${thing}`;
  const text = JSON.stringify(excerpt(to.replace(/\s+/g, ' ')));
  return from === '' ? `described ${thing}: ${text}` : `changed the description of ${thing} to ${text}`;
}

export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

export function percent(basisPoints: number): string {
  return `${percentOf(basisPoints)} %`;
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
  return [was.segment === null ? 'for a segment' : 'for another segment'];
}

export function valueChange(what: string, from: Json, to: Json): readonly string[] {
  const [was, is] = [json(from), json(to)];
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [`${what} from ${was} to ${is}`];
}

export function percentChange(what: string, from: number, to: number): readonly string[] {
  return from === to ? [] : [`${what}from ${percent(from)} to ${percent(to)}`];
}

/** Of values by key. */
export function valueChanges(from: readonly KeyValue[], to: readonly KeyValue[]): readonly string[] {
  const given = to.flatMap(({ key, value }) => {
    const was = from.find((one) => one.key === key);
    return was === undefined ? [`with ${named(key)} ${json(value)}`] : valueChange(named(key), was.value, value);
  });
  const taken = from.filter(({ key }) => !to.some((one) => one.key === key)).map(({ key }) => `without ${named(key)}`);
  return [...given, ...taken];
}

/** Of a list of keys' names. */
export function keyChanges(from: readonly string[], to: readonly string[]): readonly string[] {
  const added = to.filter((key) => !from.includes(key)).map((key) => `added key ${named(key)}`);
  const removed = from.filter((key) => !to.includes(key)).map((key) => `removed key ${named(key)}`);
  const moved = added.length + removed.length === 0 && from.join() !== to.join() ? ['another order of the keys'] : [];
  return [...added, ...removed, ...moved];
}

/** A value, cut where it is long. */
export function json(value: Json): string {
  return excerpt(JSON.stringify(value));
}
