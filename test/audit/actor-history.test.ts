import fc from 'fast-check';
import { historyOfActor, type ActorPlace } from '../../src/audit/actor-history';
import { entryOf } from '../../src/audit/entry';
import type { HistoryQuery } from '../../src/audit/history';
import type { Actor, Envelope } from '../../src/domain/event';

const actor: Actor = { id: 'ana', kind: 'user' };

/** Of each project, when its events happened: never before the one before. */
const times = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }).map((some) => some.toSorted((a, b) => a - b));
const projects = fc
  .uniqueArray(fc.constantFrom('a1', 'b1', 'c1', 'd1'), { minLength: 1 })
  .chain((names) => fc.tuple(...names.map((name) => times.map((of) => ({ name, of })))));

const eventAt = (projectId: string, occurredAt: number, revision: number): Envelope =>
  ({
    projectId,
    occurredAt,
    revision,
    actor,
    type: 'Any',
    schemaVersion: 1,
    entity: { kind: 'key', id: 'k', name: 'k' },
    data: {},
  }) as unknown as Envelope;

test('page by page it is what happened in all projects, each event once, the newest first, and few events are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      projects,
      fc.integer({ min: 1, max: 5 }),
      fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      async (histories, limit, since, until) => {
        const events = histories.flatMap(({ name, of }) => of.map((time, revision) => eventAt(name, time, revision)));
        const isWanted = ({ occurredAt }: Envelope) => occurredAt >= (since ?? 0) && occurredAt < (until ?? Infinity);
        const expected = events
          .filter(isWanted)
          .sort(
            (a, b) =>
              b.occurredAt - a.occurredAt ||
              (a.projectId < b.projectId ? -1 : Number(a.projectId > b.projectId)) ||
              b.revision - a.revision,
          );
        const readPage = async (projectId: string, query: HistoryQuery) => {
          const matching = events
            .filter((event) => event.projectId === projectId && event.revision < (query.before ?? Infinity))
            .filter(({ occurredAt }) => occurredAt >= (query.since ?? 0) && occurredAt < (query.until ?? Infinity))
            .reverse();
          return { entries: matching.slice(0, query.limit).map((event) => entryOf(event)), more: matching.length > query.limit };
        };
        const acted = histories.filter(({ of }) => of.length > 0).map(({ name, of }) => ({ projectId: name, lastAt: of.at(-1)! }));
        const found: Envelope[] = [];
        for (let after: ActorPlace | undefined, more = true; more;) {
          const page = await historyOfActor(readPage, { actor, projects: acted, since, until, after, limit });
          expect(page.entries.length).toBeLessThanOrEqual(limit);
          found.push(...page.entries.map(({ event }) => event));
          const last = page.entries.at(-1)?.event;
          after = last && { time: last.occurredAt, projectId: last.projectId, revision: last.revision };
          more = page.more;
        }
        expect(found).toEqual(expected);
      },
    ),
    { numRuns: 300, endOnFailure: true },
  );
});

test('a page reads about 2,000 events, however many the projects are and however long', async () => {
  let read = 0;
  const readPage = async (projectId: string, { limit, before = 1_000 }: HistoryQuery) => {
    read += limit;
    const entries = Array.from({ length: limit }, (_, at) => entryOf(eventAt(projectId, before - 1 - at, before - 1 - at)));
    return { entries, more: true };
  };
  const acted = Array.from({ length: 1_000 }, (_, at) => ({ projectId: `p${at}`, lastAt: 999 }));
  expect((await historyOfActor(readPage, { actor, projects: acted, limit: 200 })).entries).toHaveLength(200);
  expect(read).toBeLessThanOrEqual(2_400);
});
