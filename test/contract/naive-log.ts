import fc from 'fast-check';
import type { LogQuery } from '../../src/read-model/read-model';

/** One event in the log: when, and what it is found by. */
export interface Logged {
  readonly time: number;
  readonly labels: readonly string[];
}

/** The revisions that a query means, all of them, in order, and how many there are apart from its bounds: as one would write it without caring how long it takes. */
export function naiveLog(events: readonly Logged[], query: LogQuery): { readonly revisions: readonly number[]; readonly total: number } {
  const { having, after = -1, before = Infinity, since = -Infinity, until = Infinity, newestFirst } = query;
  const all = events.flatMap(({ time, labels }, revision) =>
    time >= since && time < until && having.every((list) => list.some((label) => labels.includes(label))) ? [revision] : [],
  );
  const revisions = all.filter((revision) => revision > after && revision < before);
  return { revisions: newestFirst ? revisions.reverse() : revisions, total: all.length };
}

const START = 1_700_000_000_000;
const type = fc.constantFrom('type:A', 'type:B', 'type:C');
const entity = fc.constantFrom('entity:key:a', 'entity:key:b', 'entity:segment:é}{');
const actor = fc.constantFrom('actor:ana', 'actor:bob');

/** What happens, in batches: some events have no label, and some happen at the same time. */
export const happenings: fc.Arbitrary<readonly (readonly Logged[])[]> = fc
  .array(
    fc.array(
      fc.record({
        step: fc.constantFrom(0, 0, 1, 1_000),
        labels: fc.oneof({ weight: 9, arbitrary: fc.tuple(type, entity, actor) }, { weight: 1, arbitrary: fc.constant([]) }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((batches) => {
    let time = START;
    return batches.map((batch) => batch.map(({ step, labels }) => ({ time: (time += step), labels })));
  });

const lists = [type, entity, actor].map((label) =>
  fc.uniqueArray(fc.oneof({ weight: 5, arbitrary: label }, { weight: 1, arbitrary: fc.constant('type:none') }), { maxLength: 3 }),
);
const moment = fc.integer({ min: -1, max: 4_000 }).map((step) => START + step);

export const logQueries: fc.Arbitrary<LogQuery> = fc
  .record(
    {
      having: fc.tuple(...lists).map((given) => given.filter((list) => list.length > 0)),
      after: fc.integer({ min: -1, max: 60 }),
      before: fc.integer({ min: 0, max: 60 }),
      since: moment,
      until: moment,
      newestFirst: fc.boolean(),
      limit: fc.nat(8),
    },
    { requiredKeys: ['having', 'newestFirst', 'limit'] },
  )
  .map((query) => query as LogQuery);
