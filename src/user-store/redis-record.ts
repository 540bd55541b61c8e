import { sha256 } from '../domain/json';
import { HOUR_MS } from '../evaluation/counter';
import { EMPTY_RECORD, type Assignment, type Override, type UserRecord } from '../evaluation/user-record';
import { cellsOf, countersOf, type KeptCounters, type NumberedCell, type NumberedCounter } from './kept-counters';
import { IDS_KEPT_DAYS, type CountedEvent } from './user-store';
import { DAY_MS, dayOf, idExpiry } from './versions';

/** A hash as Redis answers it: each field, then its text. */
export type Fields = readonly string[];

/** The record of a user's hash; an empty one: nothing is known of the user. */
export function recordIn(fields: Fields, kept: KeptCounters): UserRecord {
  const [versions, properties]: [Map<string, number>, [string, never][]] = [new Map(), []];
  const assignments: Assignment[] = [];
  const overrides: Override[] = [];
  const cells: NumberedCell[] = [];
  for (const [field, text] of pairs(fields)) {
    const name = field.slice(2);
    if (field.startsWith('c:')) cells.push({ ...cellIn(field)!, count: Number(text) });
    else if (field.startsWith('p:')) properties.push([name, JSON.parse(text) as never]);
    else if (field.startsWith('a:')) assignments.push({ experiment: name, ...(JSON.parse(text) as Omit<Assignment, 'experiment'>) });
    else if (field.startsWith('o:')) overrides.push({ experiment: name, ...(JSON.parse(text) as Omit<Override, 'experiment'>) });
    else if (field === 'facts' || field === 'assigned') versions.set(field, Number(text));
  }
  return {
    ...EMPTY_RECORD,
    factsVersion: versions.get('facts') ?? 0,
    assignmentVersion: versions.get('assigned') ?? 0,
    properties: Object.fromEntries(properties),
    counters: countersOf(kept, cells),
    assignments,
    overrides,
  };
}

/** The fields of a user's hash that a compaction removes. */
export function staleFields(
  fields: Fields,
  isStale: (cell: { readonly no: number; readonly at: number }) => boolean,
  isFillDone: (no: number) => boolean,
): readonly string[] {
  return [...pairs(fields)].flatMap(([field]) => {
    const cell = cellIn(field);
    const remove = cell === undefined ? field.startsWith('l:') && isFillDone(Number(field.slice(2))) : isStale(cell);
    return remove ? [field] : [];
  });
}

/** The counters of a project's hash. */
export function keptIn(fields: Fields): KeptCounters {
  const texts = new Map(pairs(fields));
  const byId = new Map<string, NumberedCounter>();
  for (const [field, text] of texts) {
    if (!field.startsWith('k:')) continue;
    const id = field.slice(2);
    const filledUpTo = texts.get(`u:${id}`) as NumberedCounter['filledUpTo'];
    const { window, countingSince } = JSON.parse(text) as Pick<NumberedCounter, 'window' | 'countingSince'>;
    const isFilled = texts.has(`t:${id}`);
    byId.set(id, { no: Number(texts.get(`n:${id}`)), id, window, countingSince, isFilled, ...(filledUpTo && { filledUpTo }) });
  }
  return { byId, lastNo: Number(texts.get('lastNo') ?? 0) };
}

export function cellField({ no, at }: { readonly no: number; readonly at: number }): string {
  return `c:${no}:${at}`;
}

function cellIn(field: string): { readonly no: number; readonly at: number } | undefined {
  const [kind, no, at] = field.split(':');
  return kind === 'c' ? { no: Number(no), at: Number(at) } : undefined;
}

function* pairs(fields: Fields): Generator<[field: string, text: string]> {
  for (let at = 0; at < fields.length; at += 2) yield [fields[at]!, fields[at + 1]!];
}

const ID_LENGTH = 32;

/** Events, one at least, as the script that records them is given them. */
export function recordedArgs(kept: KeptCounters, events: readonly CountedEvent[], nowMs: number): readonly string[] {
  const longestMs = Math.max(...events.map(({ at }) => idExpiry(at, IDS_KEPT_DAYS) - nowMs), IDS_KEPT_DAYS * DAY_MS) + HOUR_MS;
  const args = events.flatMap((event) => {
    const fields = cellsOf(kept, event).map(cellField);
    return [sha256(event.id).slice(0, ID_LENGTH), `${idExpiry(event.at, IDS_KEPT_DAYS)}`, `${fields.length}`, ...fields];
  });
  // Instances' clocks differ, so an id outlives by an hour what no instance takes any more.
  return [`${nowMs - HOUR_MS}`, `${longestMs}`, `${dayOf(nowMs)}`, ...args];
}
