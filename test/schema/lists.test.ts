import fc from 'fast-check';
import { accept } from '../fixtures/mutation';
import { Stack } from '../fixtures/stack';
import {
  ArchiveGoalDocument,
  CreateGoalDocument,
  CreateSegmentDocument,
  EditGoalDocument,
  GoalsDocument,
  SegmentsDocument,
  type GoalsQueryVariables,
} from '../generated/operations';

/** In the order of their creation; changed last: epsilon, then Beta. Delta and zeta are archived. */
const NAMES = ['Beta', 'alpha', 'Delta', 'gamma', 'epsilon', 'zeta', 'Éta', 'beta 2'];
const BY_NAME = ['alpha', 'Beta', 'beta 2', 'epsilon', 'gamma', 'Éta'];

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
  const ids = new Map<string, string>();
  for (const name of NAMES) {
    const description = name === 'gamma' ? 'Counts PURCHASES, 100%' : '';
    ids.set(name, (await accept(stack, CreateGoalDocument, { name, event: 'Purchase', description })).id);
  }
  for (const name of ['Delta', 'zeta']) await accept(stack, ArchiveGoalDocument, { id: ids.get(name) ?? '' });
  for (const name of ['epsilon', 'Beta']) await accept(stack, EditGoalDocument, { id: ids.get(name) ?? '', event: 'Order' });
  await stack.ask('mutation { createProject(input: { projectId: "other", name: "Other" }) { __typename } }');
});
afterAll(() => stack.stop());

type Given = Partial<GoalsQueryVariables>;
const list = async (given: Given = {}) => (await stack.ask(GoalsDocument, { projectId: 'shop', ...given } as GoalsQueryVariables)).goals!;
const names = async (given?: Given) => (await list(given)).edges.map(({ node }) => node.name);

test('a list is what is not archived, by name whatever its case, unless it is asked for otherwise', async () => {
  expect(await names()).toEqual(BY_NAME);
  expect(await list()).toMatchObject({ totalCount: 6, staleSince: null, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
  expect(await names({ archived: 'ONLY' })).toEqual(['Delta', 'zeta']);
  expect((await list({ archived: 'INCLUDE' })).totalCount).toBe(NAMES.length);
});

test('it is ordered by name, creation or change, from either end', async () => {
  const archived = 'INCLUDE';
  expect(await names({ archived, sort: 'CREATED' })).toEqual(NAMES);
  expect(await names({ archived, sort: 'CREATED', direction: 'DESCENDING' })).toEqual([...NAMES].reverse());
  expect(await names({ sort: 'UPDATED', direction: 'DESCENDING', first: 2 })).toEqual(['Beta', 'epsilon']);
  expect(await names({ direction: 'DESCENDING' })).toEqual((await names()).reverse());
});

test('a search finds text in name and description, whatever its case, and nothing in it is a pattern', async () => {
  expect(await names({ search: 'BETA' })).toEqual(['Beta', 'beta 2']);
  expect(await names({ search: 'purchases' })).toEqual(['gamma']);
  expect(await names({ search: '100%' })).toEqual(['gamma']);
  expect(await names({ search: 'ÉTA' })).toEqual(['Éta']);
  expect(await names({ search: '%' })).toEqual(['gamma']);
  for (const search of ['.*', 'b_ta', 'b%a', 'nowhere']) expect(await names({ search })).toEqual([]);
  expect(await list({ search: 'beta', first: 1 })).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
});

test('pages of any size, walked from either end to the other, are the list: nothing twice, nothing left out', async () => {
  const arbitrary = fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    forward: fc.boolean(),
    archived: fc.constantFrom('EXCLUDE' as const, 'INCLUDE' as const, 'ONLY' as const),
    sort: fc.constantFrom('NAME' as const, 'CREATED' as const, 'UPDATED' as const),
    direction: fc.constantFrom('ASCENDING' as const, 'DESCENDING' as const),
  });
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ size, forward, ...order }) => {
      const whole = await names(order);
      const walked: string[] = [];
      let cursor: string | null = null;
      for (let more = true; more;) {
        const page = await list(forward ? { ...order, first: size, after: cursor } : { ...order, last: size, before: cursor });
        const got = page.edges.map(({ node }) => node.name);
        walked.splice(forward ? walked.length : 0, 0, ...got);
        expect(got.length).toBe(Math.min(size, whole.length - walked.length + got.length));
        expect(page.totalCount).toBe(whole.length);
        const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
        expect([startCursor, endCursor]).toEqual([page.edges[0]?.cursor, page.edges.at(-1)?.cursor]);
        expect(forward ? hasPreviousPage : hasNextPage).toBe(walked.length > got.length);
        more = forward ? hasNextPage : hasPreviousPage;
        cursor = forward ? endCursor : startCursor;
      }
      expect(walked).toEqual(whole);
    }),
    { numRuns: 40 },
  );
});

test('between two cursors is what is between them, and a page of none still counts', async () => {
  const { edges } = await list();
  const [first, , , fourth] = edges;
  const between = await list({ after: first?.cursor, before: fourth?.cursor });
  expect(between.edges).toEqual(edges.slice(1, 3));
  expect(between).toMatchObject({ totalCount: 6, pageInfo: { hasNextPage: true, hasPreviousPage: true } });
  expect(await list({ first: 0 })).toMatchObject({ edges: [], totalCount: 6, pageInfo: { startCursor: null, endCursor: null } });
});

test('a cursor holds although what it points at is renamed, archived or new', async () => {
  const own = await Stack.start();
  const create = (name: string) => accept(own, CreateGoalDocument, { name, event: 'e' });
  const [, b] = [await create('a'), await create('b'), await create('c')];
  const page = async (after?: string) =>
    (await own.ask(GoalsDocument, { projectId: 'shop', first: 2, after } as GoalsQueryVariables)).goals!;
  const { endCursor } = (await page()).pageInfo;
  await accept(own, EditGoalDocument, { id: b.id, name: 'z' });
  await create('bb');
  expect((await page(endCursor ?? '')).edges.map(({ node }) => node.name)).toEqual(['bb', 'c']);
  await accept(own, ArchiveGoalDocument, { id: b.id });
  expect((await page(endCursor ?? '')).edges.map(({ node }) => node.name)).toEqual(['bb', 'c']);
  await own.stop();
});

test('a cursor of another list, project, sort or direction is refused, and so is what is none', async () => {
  await accept(stack, CreateSegmentDocument, { name: 'S', rule: { property: { name: 'a', operator: 'EXISTS' } } });
  const variables = { projectId: 'shop', first: 1 };
  const ofSegments = (await stack.ask(SegmentsDocument, variables as never)).segments!.pageInfo.endCursor;
  const ofGoals = (await list({ first: 1 })).pageInfo.endCursor;
  const fail = (given: Given) => stack.fail(GoalsDocument, { projectId: 'shop', ...given } as GoalsQueryVariables);
  const another = { code: 'BAD_REQUEST', message: expect.stringMatching(/is an edge cursor of another list/) };
  const none = { code: 'BAD_REQUEST', message: expect.stringMatching(/is no edge cursor/) };
  expect(await fail({ after: ofSegments })).toEqual(another);
  expect(await fail({ projectId: 'other', before: ofGoals })).toEqual(another);
  expect(await fail({ direction: 'DESCENDING', after: ofGoals })).toEqual(another);
  expect(await fail({ sort: 'CREATED', after: (await list({ sort: 'UPDATED', first: 1 })).pageInfo.endCursor })).toEqual(another);
  expect(await fail({ sort: 'CREATED', after: ofGoals })).toEqual(none);
  for (const after of ['', 'x', (await list()).cursor, ofGoals?.slice(1), Buffer.from('[1,2,3]').toString('base64url')]) {
    expect(await fail({ after })).toEqual(none);
  }
});

test('a page of more than 500, of fewer than none, or from both ends is refused, and so is an endless search', async () => {
  const fail = (given: Given) => stack.fail(GoalsDocument, { projectId: 'shop', ...given } as GoalsQueryVariables);
  const refused = (message: RegExp) => ({ code: 'BAD_REQUEST', message: expect.stringMatching(message) });
  expect(await fail({ first: 501 })).toEqual(refused(/`first` must be from 0 to 500, not 501/));
  expect(await fail({ last: -1 })).toEqual(refused(/`last` must be from 0 to 500, not -1/));
  expect(await fail({ first: 1, last: 1 })).toEqual(refused(/not both/));
  expect(await fail({ search: 'x'.repeat(201) })).toEqual(refused(/at most 200 characters/));
  expect(await fail({ search: '🎉'.repeat(201) })).toEqual(refused(/at most 200 characters/));
  expect((await list({ first: 100 })).edges).toHaveLength(6);
  // Counted in characters, not in UTF-16 units.
  expect((await list({ search: '🎉'.repeat(200) })).edges).toHaveLength(0);
});
