import { projections } from '../../projections';
import { upcast, type HistoryEntry } from '../audit/entry';
import type { Envelope } from '../domain/event';
import type { Json } from '../domain/json';
import { replay } from '../projector/replay';
import { createMemoryReadModel } from '../read-model/memory';
import type { Document } from '../read-model/read-model';
import { number } from './progress';
import { oneLine } from './verb';

/** What is set up, by collection: its documents, in the order of their names. */
export type State = Readonly<Record<string, readonly Document[]>>;

const MOST_DOCUMENTS = 1_000_000;
const MOST_NAMES = 12;
const LONGEST_VALUE = 200;

/** What the events come to, by the very projections that queries are answered from. */
export async function stateOf(events: AsyncIterable<Envelope>, projectId: string): Promise<State> {
  const readModel = createMemoryReadModel();
  await replay({ events, readModel, projections, upcast });
  const state: Record<string, readonly Document[]> = {};
  for (const { collection } of projections) {
    const sort = { by: 'name', descending: false } as const;
    const { rows } = await readModel.list(projectId, { collection, sort, limit: MOST_DOCUMENTS, from: 'start' });
    state[collection] = rows.map(({ document }) => document);
  }
  return state;
}

/** When, who did what, and why. */
export function eventLine({ event, sentence }: HistoryEntry): string {
  const { revision, occurredAt, reason } = event;
  return `${String(revision).padStart(6)}  ${new Date(occurredAt).toISOString()}  ${oneLine(sentence)}${reason === undefined ? '' : `  (${oneLine(reason)})`}`;
}

/** What it changed, field by field. */
export function changeLines({ changes }: HistoryEntry): readonly string[] {
  return changes.map(({ path, before, after }) => {
    const [was, is] = [before, after].map((value) => (value === undefined ? '' : shown(value)));
    return `        ${oneLine(path)}: ${was}${was !== '' && is !== '' ? ' -> ' : ''}${is === '' ? ' (gone)' : is}`;
  });
}

/** What is not set up, but follows from it and its history. */
const DERIVED = new Set(['usage', 'actors']);

/** What is set up, by name, and how many are archived. */
export function stateLines(state: State): readonly string[] {
  return Object.entries(state).flatMap(([collection, documents]) => {
    if (DERIVED.has(collection) || documents.length === 0) return [];
    const active = documents.filter(({ archived, status }) => archived !== true && status !== 'ARCHIVED');
    const names = active
      .slice(0, MOST_NAMES)
      .map(({ name, id, enabled }) => oneLine(String(name ?? id ?? (enabled === true ? 'on' : 'off'))));
    const listed = `${names.join(', ')}${active.length > MOST_NAMES ? ', ...' : ''}`;
    const archived = documents.length - active.length;
    const counts = `${number(active.length)}${archived === 0 ? '' : ` and ${number(archived)} archived`}`;
    return [`  ${collection}: ${counts}${listed === '' ? '' : `: ${listed}`}`];
  });
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}
