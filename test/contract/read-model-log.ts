import fc from 'fast-check';
import type { Batch, LogQuery, ReadModel } from '../../src/read-model/read-model';
import { happenings, logQueries, naiveLog, type Logged } from './naive-log';

let projects = 0;
const freshProject = (): string => `l${process.pid}-${Date.now()}-${projects++}`;

/** The batch that brings a project from that revision on by these events. */
export function logBatch(projectId: string, expectedRevision: number, events: readonly Logged[]): Batch {
  const labels = new Map<string, number[]>();
  for (const [at, event] of events.entries()) {
    for (const label of event.labels) labels.set(label, [...(labels.get(label) ?? []), expectedRevision + 1 + at]);
  }
  const revision = expectedRevision + events.length;
  const checkpoint = { revision, hash: revision.toString(16).padStart(64, '0'), occurredAt: events.at(-1)?.time ?? 0 };
  return { projectId, expectedRevision, checkpoint, writes: [], log: { times: events.map(({ time }) => time), labels } };
}

async function filled(readModel: ReadModel, batches: readonly (readonly Logged[])[]): Promise<string> {
  const projectId = freshProject();
  let revision = -1;
  for (const events of batches) {
    expect(await readModel.commit(logBatch(projectId, revision, events))).toBe(true);
    revision += events.length;
  }
  return projectId;
}

/** All that a query means, page by page, each of which must be no larger than it may be. */
async function walked(readModel: ReadModel, projectId: string, query: LogQuery): Promise<number[]> {
  const met: number[] = [];
  for (let bounds: Partial<LogQuery> = {}, more = true; more;) {
    const page = await readModel.log(projectId, { ...query, ...bounds });
    expect(page.revisions.length).toBeLessThanOrEqual(query.limit);
    met.push(...page.revisions);
    const last = page.stoppedAt ?? page.revisions.at(-1);
    more = page.more;
    if (more) expect(last).toBeDefined();
    bounds = query.newestFirst ? { before: last } : { after: last };
  }
  return met;
}

/** Thousands of events of two interleaved sorts, of which hardly any is both. */
const many = (count: number): Logged[] =>
  Array.from({ length: count }, (_, at) => ({
    time: at,
    labels: [`type:${at % 2}`, at % 997 === 0 ? 'actor:rare' : `actor:${at % 2 === 0 ? 'odd' : 'even'}`],
  }));

/** What every read model promises of its log. */
export function logContract(open: () => ReadModel): void {
  describe('the log of revisions', () => {
    test('finds what a walk over all events finds, whatever is asked, however it came in', async () => {
      await fc.assert(
        fc.asyncProperty(happenings, fc.array(logQueries, { minLength: 5, maxLength: 15 }), async (batches, asked) => {
          const readModel = open();
          const projectId = await filled(readModel, batches);
          for (const query of asked) {
            const page = await readModel.log(projectId, query);
            const { revisions, total } = naiveLog(batches.flat(), query);
            expect(page.revisions).toEqual(revisions.slice(0, query.limit));
            expect(page.more).toBe(revisions.length > query.limit);
            expect(page.stoppedAt).toBeUndefined();
            if (query.having.length < 2) expect(page.total).toBe(total);
            else expect(page.total).toBeUndefined();
            expect(page.checkpoint?.revision).toBe(batches.flat().length - 1);
            if (query.limit > 0) expect(await walked(readModel, projectId, query)).toEqual(revisions);
          }
        }),
        { numRuns: 50 },
      );
    });

    test('of thousands of events it looks at some at a time, and can be asked to go on', async () => {
      const readModel = open();
      const events = many(24_000);
      const projectId = await filled(readModel, [events.slice(0, 9_000), events.slice(9_000, 9_001), events.slice(9_001)]);
      for (const newestFirst of [true, false]) {
        const query = { having: [['type:1'], ['actor:odd', 'actor:rare']], newestFirst, limit: 5 };
        expect((await readModel.log(projectId, { ...query, limit: 50 })).stoppedAt).toBeDefined();
        expect(await walked(readModel, projectId, query)).toEqual(naiveLog(events, query).revisions);
        const one = { having: [['actor:odd', 'actor:even']], newestFirst, limit: 1_000, since: 5_000, until: 23_000 };
        expect((await readModel.log(projectId, one)).revisions).toEqual(naiveLog(events, one).revisions.slice(0, 1_000));
        expect((await readModel.log(projectId, one)).total).toBe(naiveLog(events, one).total);
      }
    });

    test('of a project that is not there it has nothing', async () => {
      const query = { having: [['type:A']], newestFirst: true, limit: 5 };
      expect(await open().log(freshProject(), query)).toEqual({ revisions: [], more: false, total: 0, checkpoint: undefined });
      const { total } = await open().log(freshProject(), { ...query, having: [['type:A'], ['actor:ana']] });
      expect(total).toBeUndefined();
    });

    test('a batch that is refused adds nothing, and of racing ones exactly one adds', async () => {
      const readModel = open();
      const projectId = await filled(readModel, [many(3)]);
      const events: Logged[] = [{ time: 9, labels: ['type:A'] }];
      expect(await readModel.commit(logBatch(projectId, 5, events))).toBe(false);
      await Promise.all(Array.from({ length: 10 }, () => readModel.commit(logBatch(projectId, 2, events))));
      expect((await readModel.log(projectId, { having: [['type:A']], newestFirst: true, limit: 9 })).revisions).toEqual([3]);
      expect((await readModel.log(projectId, { having: [], newestFirst: false, limit: 9 })).revisions).toEqual([0, 1, 2, 3]);
    });

    test('a batch that has not one entry for each revision is a mistake, and changes nothing', async () => {
      const readModel = open();
      const projectId = await filled(readModel, [many(3)]);
      const wrong = logBatch(projectId, 2, many(2));
      await expect(readModel.commit({ ...wrong, log: { ...wrong.log, times: [5] } })).rejects.toThrow('by 2 revisions');
      expect((await readModel.checkpoint(projectId))?.revision).toBe(2);
      expect((await readModel.log(projectId, { having: [], newestFirst: true, limit: 9 })).revisions).toEqual([2, 1, 0]);
    });
  });
}
