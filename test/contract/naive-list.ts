import fc from 'fast-check';
import type { Checkpoint, ListQuery, Page, Row, RowKey, Write } from '../../src/read-model/read-model';

/** The list as one would write it without caring how long it takes. */
export function naive(documents: ReadonlyMap<string, Write>, query: ListQuery, checkpoint: Checkpoint): Page {
  const { archived, statuses, text, tag, sort, after, before, limit } = query;
  const matching = [...documents.values()].filter(
    ({ index }) =>
      (archived === undefined || index.archived === archived) &&
      (statuses === undefined || statuses.some((status) => status === index.status)) &&
      (text === undefined || index.text.includes(text)) &&
      (tag === undefined || index.tags.includes(tag)),
  );
  const all: Row[] = matching.map(({ id, index, document }) => ({ key: { value: index[sort.by], id }, document }));
  const direction = sort.descending ? -1 : 1;
  all.sort((a, b) => direction * compare(a.key, b.key));
  const place = ({ key }: Row): boolean =>
    (after === undefined || direction * compare(key, after) > 0) && (before === undefined || direction * compare(key, before) < 0);
  const within = all.filter(place);
  const rows = query.from === 'start' ? within.slice(0, limit) : within.slice(Math.max(0, within.length - limit));
  // How many rows come before the page, also when the page is empty.
  const rowsUpTo = (end: RowKey, alsoAt: boolean): number =>
    all.filter(({ key }) => direction * compare(key, end) < (alsoAt ? 1 : 0)).length;
  const start = after ? rowsUpTo(after, true) : 0;
  const end = Math.max(start, before ? rowsUpTo(before, false) : all.length);
  const first = query.from === 'start' ? start : end - rows.length;
  return { rows, total: all.length, hasPrevious: first > 0, hasNext: first + rows.length < all.length, checkpoint };
}

function compare(a: RowKey, b: RowKey): number {
  if (typeof a.value === 'number') return a.value - (b.value as number) || bytes(a.id, b.id);
  return bytes(a.value, b.value as string) || bytes(a.id, b.id);
}

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const word = fc.constantFrom('', 'a', 'b', 'ab', 'ba', 'abc', 'Z', 'é', '😀', '\uffee');
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'é', '😀', '\uffee', 'aa');
const tag = fc.constantFrom('uses:key:a', 'uses:key:b', 'kind:x');
const status = fc.constantFrom('DRAFT', 'LIVE', 'PAUSED');
const few = fc.nat(6);

const writes = fc
  .record({
    id,
    document: fc.dictionary(fc.constantFrom('x', 'y'), few),
    index: fc.record(
      { name: word, created: few, updated: few, archived: fc.boolean(), status, text: word, tags: fc.uniqueArray(tag) },
      { requiredKeys: ['name', 'created', 'updated', 'archived', 'text', 'tags'] },
    ),
  })
  .map((made): Write => ({ collection: 'keys', ...made, document: { ...made.document } }));

const places = (by: 'name' | 'created' | 'updated') => fc.record({ value: by === 'name' ? word : few, id });

export const queries = fc.constantFrom('name' as const, 'created' as const, 'updated' as const).chain((by) =>
  fc.record(
    {
      collection: fc.constant('keys'),
      archived: fc.boolean(),
      statuses: fc.uniqueArray(status),
      text: word,
      tag,
      sort: fc.record({ by: fc.constant(by), descending: fc.boolean() }),
      after: places(by),
      before: places(by),
      limit: fc.nat(6),
      from: fc.constantFrom('start' as const, 'end' as const),
    },
    { requiredKeys: ['collection', 'sort', 'limit', 'from'] },
  ),
);

export const histories = fc.array(fc.record({ writes: fc.array(writes, { maxLength: 8 }), look: queries }), { minLength: 1, maxLength: 6 });
