import fc from 'fast-check';
import {
  ReadModelUnavailable,
  type Batch,
  type Checkpoint,
  type Document,
  type ListQuery,
  type Page,
  type ReadModel,
  type RowKey,
  type Write,
} from '../../src/read-model/read-model';
import { histories, naive, queries } from './naive-list';
import { logContract } from './read-model-log';

/** Each test takes projects of its own, so one read model serves all, also one that outlives the test run. */
let projects = 0;
const freshProject = (): string => `p${process.pid}-${Date.now()}-${projects++}`;

const at = (revision: number): Checkpoint => ({ revision, hash: revision.toString(16).padStart(64, '0'), occurredAt: 1_000 + revision });

function write(id: string, entry: Partial<Write['index']> = {}, document: Document = { id }, collection = 'keys'): Write {
  const index = { name: id, created: 0, updated: 0, archived: false, text: id, tags: [], ...entry };
  return { collection, id, document, index };
}

function batch(projectId: string, revision: number, ...writes: Write[]): Batch {
  return moved(projectId, revision - 1, revision, ...writes);
}

/** From one revision to another, with nothing in the log but the times. */
function moved(projectId: string, expectedRevision: number, revision: number, ...writes: Write[]): Batch {
  const times = Array.from({ length: Math.max(0, revision - expectedRevision) }, (_, n) => 1_001 + expectedRevision + n);
  return { projectId, expectedRevision, checkpoint: at(revision), writes, log: { times, labels: new Map() } };
}

const byName: ListQuery = { collection: 'keys', sort: { by: 'name', descending: false }, limit: 100, from: 'start' };
const ids = (page: Page): string[] => page.rows.map(({ key }) => key.id);

/** What every read model promises. `open` gives one that is ready; the suite closes it. */
export function readModelContract(name: string, open: () => Promise<ReadModel>): void {
  describe(`read model contract: ${name}`, () => {
    let readModel: ReadModel;
    let project: string;
    beforeAll(async () => void (readModel = await open()));
    afterAll(() => readModel.close());
    beforeEach(() => void (project = freshProject()));

    logContract(() => readModel);

    describe('commit', () => {
      test('writes the documents and moves the checkpoint', async () => {
        expect(await readModel.commit(batch(project, 0, write('a', {}, { id: 'a', value: [1, { deep: null }] })))).toBe(true);
        expect(await readModel.checkpoint(project)).toEqual(at(0));
        expect(await readModel.get(project, 'keys', ['a'])).toEqual([{ id: 'a', value: [1, { deep: null }] }]);
      });

      test('at another revision than expected it writes nothing and says so', async () => {
        await readModel.commit(batch(project, 0, write('a')));
        for (const expectedRevision of [-1, 1, 7]) {
          const wrong = moved(project, expectedRevision, 9, write('a', {}, { id: 'changed' }), write('b'));
          expect(await readModel.commit(wrong)).toBe(false);
        }
        expect(await readModel.get(project, 'keys', ['a', 'b'])).toEqual([{ id: 'a' }, undefined]);
        expect(await readModel.checkpoint(project)).toEqual(at(0));
        expect((await readModel.list(project, byName)).total).toBe(1);
      });

      test('where projects stand is reported in the order that was asked for', async () => {
        const other = freshProject();
        await readModel.commit(batch(project, 0, write('a')));
        await readModel.commit(moved(other, -1, 6));
        expect(await readModel.checkpointsOf([other, freshProject(), project, other])).toEqual([at(6), undefined, at(0), at(6)]);
        expect(await readModel.checkpointsOf([])).toEqual([]);
      });

      test('the own documents of many projects are read at once, in the order that was asked for', async () => {
        const others = Array.from({ length: 205 }, () => freshProject());
        await Promise.all(others.map((id, at) => at % 3 === 0 || readModel.commit(batch(id, 0, write(id, {}, { id, at }), write('a')))));
        const documents = await readModel.getOfEach([...others, project], 'keys');
        expect(documents).toEqual([...others.map((id, at) => (at % 3 === 0 ? undefined : { id, at })), undefined]);
        expect(await readModel.getOfEach([], 'keys')).toEqual([]);
      });

      test('a project that is not there is at -1 and no other revision', async () => {
        expect(await readModel.commit(moved(project, 0, 1))).toBe(false);
        expect(await readModel.checkpoint(project)).toBeUndefined();
        expect(await readModel.commit(moved(project, -1, 4))).toBe(true);
        expect(await readModel.checkpoint(project)).toEqual(at(4));
      });

      test('of racing batches for one revision exactly one wins, whole', async () => {
        for (let revision = 0; revision < 5; revision++) {
          const racers = Array.from({ length: 20 }, (_, racer) => ['a', 'b', 'c'].map((id) => write(id, { updated: racer }, { racer })));
          const won = await Promise.all(racers.map((writes) => readModel.commit(batch(project, revision, ...writes))));
          expect(won.filter(Boolean)).toHaveLength(1);
          const winner = { racer: won.indexOf(true) };
          expect(await readModel.get(project, 'keys', ['a', 'b', 'c'])).toEqual([winner, winner, winner]);
          expect((await readModel.list(project, byName)).rows.map(({ document }) => document)).toEqual([winner, winner, winner]);
        }
      });

      test('no one sees half of a batch', async () => {
        const writers = (async () => {
          for (let revision = 0; revision < 50; revision++) {
            const writes = ['a', 'b', 'c', 'd'].map((id) => write(id, { updated: revision }, { revision }));
            expect(await readModel.commit(batch(project, revision, ...writes))).toBe(true);
          }
          return 'done';
        })();
        let looks = 0;
        while ((await Promise.race([writers, new Promise((resolve) => setImmediate(resolve, 'writing'))])) === 'writing' || looks === 0) {
          looks++;
          const page = await readModel.list(project, byName);
          const seen = new Set(page.rows.map(({ document }) => document.revision));
          expect(seen.size).toBeLessThanOrEqual(1);
          if (page.checkpoint) expect([...seen]).toEqual([page.checkpoint.revision]);
          const documents = await readModel.get(project, 'keys', ['a', 'd']);
          expect(documents[0]).toEqual(documents[1]);
        }
      });

      test('pages of several collections are of one instant, whatever is committed meanwhile', async () => {
        const parts = ['keys', 'segments', 'goals'];
        const commits = (async () => {
          for (let revision = 0; revision < 100; revision++) {
            const writes = parts.map((part) => write('a', { updated: revision }, { revision }, part));
            expect(await readModel.commit(batch(project, revision, ...writes))).toBe(true);
          }
          return 'done';
        })();
        const queries = [...parts, 'none'].map((collection) => ({ ...byName, collection }));
        while ((await Promise.race([commits, new Promise((resolve) => setImmediate(resolve, 'committing'))])) === 'committing') {
          const pages = await readModel.lists(project, queries);
          const [{ checkpoint }] = pages as [Page];
          const rows = checkpoint ? [expect.objectContaining({ document: { revision: checkpoint.revision } })] : [];
          expect(pages).toEqual([...parts.map(() => rows), []].map((rows) => expect.objectContaining({ checkpoint, rows })));
        }
        expect((await readModel.lists(project, [...queries].reverse())).map(({ total }) => total)).toEqual([0, 1, 1, 1]);
        expect(await readModel.lists(project, [])).toEqual([]);
        expect(await readModel.lists(freshProject(), [byName])).toMatchObject([{ rows: [], total: 0, checkpoint: undefined }]);
      });

      test('a batch without writes moves the checkpoint alone; of two writes to one document the later counts', async () => {
        await readModel.commit(batch(project, 0, write('a', { tags: ['x'] }, { n: 1 }), write('a', { tags: ['y'] }, { n: 2 })));
        await readModel.commit(batch(project, 1));
        expect(await readModel.checkpoint(project)).toEqual(at(1));
        expect(await readModel.get(project, 'keys', ['a'])).toEqual([{ n: 2 }]);
        expect((await readModel.list(project, { ...byName, tag: 'x' })).total).toBe(0);
        expect((await readModel.list(project, { ...byName, tag: 'y' })).total).toBe(1);
      });
    });

    describe('reading', () => {
      test('thousands of documents in one batch, and large ones, of any characters', async () => {
        const text = 'aü\ue000😀'.repeat(100_000);
        const large = Array.from({ length: 10 }, (_, n) => write(`large ü${n}`, {}, { n, text }, 'segments'));
        const many = Array.from({ length: 1_200 }, (_, n) => write(`😀${n}`, { name: `n${n % 7}`, tags: [`ü${n % 3}`] }, { n, text: 'ü' }));
        await readModel.commit(batch(project, 0, ...many, ...large));
        // Not the answer of the commit: on a busy machine a client takes a slow one for a lost connection, and sends a batch again that is there.
        expect(await readModel.checkpoint(project)).toEqual(at(0));
        for (const [collection, writes] of [['keys', many] as const, ['segments', large] as const]) {
          const documents = await readModel.get(
            project,
            collection,
            writes.map(({ id }) => id),
          );
          expect(documents).toEqual(writes.map(({ document }) => document));
        }
        expect(await readModel.list(project, { ...byName, tag: 'ü1' })).toMatchObject({ total: 400, rows: { length: 100 } });
      });

      test('what is not there is undefined, in the order asked for; a list of it is empty', async () => {
        expect(await readModel.get(project, 'keys', ['a'])).toEqual([undefined]);
        expect(await readModel.list(project, byName)).toEqual({
          rows: [],
          total: 0,
          hasPrevious: false,
          hasNext: false,
          checkpoint: undefined,
        });
        await readModel.commit(batch(project, 0, write('a'), write('b')));
        expect(await readModel.get(project, 'keys', ['b', 'x', 'a', 'b'])).toEqual([{ id: 'b' }, undefined, { id: 'a' }, { id: 'b' }]);
        expect(await readModel.get(project, 'keys', [])).toEqual([]);
        expect(await readModel.get(project, 'goals', ['a'])).toEqual([undefined]);
        expect((await readModel.list(project, { ...byName, collection: 'goals' })).checkpoint).toEqual(at(0));
      });

      test('projects and collections are apart, also with the same ids and with odd ones', async () => {
        const other = freshProject();
        const odd = ['__proto__', 'constructor', 'a:b', '{x}', ' ', '\u0000', 'ü😀'];
        await readModel.commit(batch(project, 0, write('a', {}, { mine: true }), write('a', {}, { goal: true }, 'goals')));
        await readModel.commit(batch(other, 0, ...odd.map((id) => write(id, { tags: [id] }))));
        expect(await readModel.get(project, 'keys', ['a'])).toEqual([{ mine: true }]);
        expect(await readModel.get(project, 'goals', ['a'])).toEqual([{ goal: true }]);
        expect(await readModel.get(project, 'keys', odd)).toEqual(odd.map(() => undefined));
        expect(await readModel.get(other, 'keys', ['a', ...odd])).toEqual([undefined, ...odd.map((id) => ({ id }))]);
        for (const id of odd) expect(ids(await readModel.list(other, { ...byName, tag: id }))).toEqual([id]);
      });

      test('the projects that have a checkpoint are listed, sorted', async () => {
        const mine = [freshProject(), freshProject(), freshProject()];
        for (const id of [mine[2]!, mine[0]!]) await readModel.commit(batch(id, 0));
        await readModel.commit({ ...batch(mine[1]!, 1), expectedRevision: 0 });
        const listed = (await readModel.projectIds()).filter((id) => mine.includes(id));
        expect(listed).toEqual([mine[0]!, mine[2]!].sort());
      });

      test('what a caller changes, in what he gave or was given, changes nothing', async () => {
        const tags = ['x'];
        const document = { id: 'a', list: [1, { deep: 'as it was' }] };
        await readModel.commit(batch(project, 0, { ...write('a', {}, document), index: { ...write('a').index, tags } }));
        const before = JSON.stringify(await readModel.list(project, byName));
        const page = await readModel.list(project, byName);
        const [got] = await readModel.get(project, 'keys', ['a']);
        const given: unknown[] = [
          document,
          document.list,
          document.list[1],
          got,
          got?.list,
          page,
          page.rows,
          page.rows[0]?.document,
          page.rows[0]?.key,
          page.checkpoint,
        ];
        given.push(await readModel.checkpoint(project), tags);
        for (const object of given) spoil(object as object);
        expect(JSON.stringify(await readModel.list(project, byName))).toBe(before);
        expect(await readModel.get(project, 'keys', ['a'])).toEqual([{ id: 'a', list: [1, { deep: 'as it was' }] }]);
        expect(await readModel.checkpoint(project)).toEqual(at(0));
        expect(ids(await readModel.list(project, { ...byName, tag: 'x' }))).toEqual(['a']);
        expect(ids(await readModel.list(project, { ...byName, tag: 'spoilt' }))).toEqual([]);
      });
    });

    describe('list', () => {
      test('names sort by code point, in every store and locale; equal ones by id, both ways', async () => {
        const names = ['b', 'a', 'Z', 'é', 'z', '\uffee', '😀', '\ue000', 'a b', '', 'ab'];
        await readModel.commit(batch(project, 0, ...names.map((given, n) => write(`id${n}`, { name: given }))));
        await readModel.commit(
          batch(project, 1, write('ида', { name: 'ab' }), write('😀', { name: 'ab' }), write('\uffee', { name: 'ab' })),
        );
        const page = await readModel.list(project, byName);
        const expected = [...names, 'ab', 'ab', 'ab'].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(page.rows.map(({ key }) => key.value)).toEqual(expected);
        expect(
          ids(page)
            .slice(-12)
            .filter((id) => !id.startsWith('id')),
        ).toEqual(['ида', '\uffee', '😀']);
        expect(ids(await readModel.list(project, { ...byName, sort: { by: 'name', descending: true } }))).toEqual(ids(page).reverse());
      });

      test('a place stands also when its row is gone, moved or was never there', async () => {
        await readModel.commit(batch(project, 0, ...['a', 'c', 'e', 'g'].map((id) => write(id))));
        await readModel.commit(batch(project, 1, write('c', { name: 'z' })));
        const c = { value: 'c', id: 'c' };
        expect(ids(await readModel.list(project, { ...byName, after: c }))).toEqual(['e', 'g', 'c']);
        expect(ids(await readModel.list(project, { ...byName, before: c }))).toEqual(['a']);
        const crossed = await readModel.list(project, { ...byName, after: { value: 'f', id: '' }, before: c });
        expect(crossed).toMatchObject({ rows: [], total: 4 });
      });

      test('every option together gives what a plain filter and sort gives', async () => {
        await fc.assert(
          fc.asyncProperty(histories, fc.array(queries, { minLength: 5, maxLength: 15 }), async (history, asked) => {
            const projectId = freshProject();
            const plain = new Map<string, Write>();
            for (const [revision, { writes, look }] of history.entries()) {
              expect(await readModel.commit(batch(projectId, revision, ...writes))).toBe(true);
              for (const one of writes) plain.set(one.id, one);
              // Looking between the writes: an order that is kept up must not differ from one that is made at the end.
              expect(await readModel.list(projectId, look)).toEqual(naive(plain, look, at(revision)));
            }
            for (const query of asked) expect(await readModel.list(projectId, query)).toEqual(naive(plain, query, at(history.length - 1)));
          }),
          { numRuns: 60 },
        );
      });

      test('paging, forward and backward, meets every row once and in order', async () => {
        await fc.assert(
          fc.asyncProperty(histories, queries, fc.integer({ min: 1, max: 5 }), async (history, asked, limit) => {
            const projectId = freshProject();
            for (const [revision, { writes }] of history.entries()) await readModel.commit(batch(projectId, revision, ...writes));
            const { after: _after, before: _before, ...query } = { ...asked, limit };
            const whole = ids(await readModel.list(projectId, { ...query, limit: 1_000 }));
            expect(await walk((after) => readModel.list(projectId, { ...query, from: 'start', after }), 'forward')).toEqual(whole);
            expect(await walk((before) => readModel.list(projectId, { ...query, from: 'end', before }), 'backward')).toEqual(whole);
          }),
          { numRuns: 60 },
        );
      });
    });
  });

  test(`read model contract: ${name}: once closed, everything is refused as unavailable`, async () => {
    const readModel = await open();
    await readModel.close();
    await readModel.close();
    const calls = [
      () => readModel.commit(batch('p', 0)),
      () => readModel.checkpoint('p'),
      () => readModel.get('p', 'keys', ['a']),
      () => readModel.list('p', byName),
      () => readModel.log('p', { having: [], newestFirst: true, limit: 1 }),
      () => readModel.projectIds(),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(ReadModelUnavailable);
  });
}

/** Tries to change an object that may be frozen or may be a copy: both are fine. */
function spoil(object: object): void {
  const target = object as Record<string, unknown>;
  for (const name of [...Object.keys(target), 'length', '0']) {
    const changed = Reflect.set(target, name, name === 'length' ? 0 : 'spoilt');
    if (!changed) expect(Object.isFrozen(target)).toBe(true);
  }
}

async function walk(turn: (from: RowKey | undefined) => Promise<Page>, way: 'forward' | 'backward'): Promise<string[]> {
  const met: string[] = [];
  for (let place: RowKey | undefined, more = true; more;) {
    const page = await turn(place);
    const rows = ids(page);
    met.splice(way === 'forward' ? met.length : 0, 0, ...rows);
    more = way === 'forward' ? page.hasNext : page.hasPrevious;
    if (more) expect(rows.length).toBeGreaterThan(0);
    place = page.rows.at(way === 'forward' ? -1 : 0)?.key;
  }
  return met;
}
