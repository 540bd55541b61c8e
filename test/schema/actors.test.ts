import { Stack } from '../fixtures/stack';

const bob = { actor: 'bob' };

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
  await stack.ask('mutation { createProject(input: { projectId: "store", name: "Store" }) { __typename } }', {}, bob);
  for (const [at, projectId] of ['shop', 'store', 'shop', 'store'].entries()) {
    const input = { projectId, name: `k${at}`, type: 'NUMBER', defaultValue: at, commandId: `c${at}` };
    await stack.ask('mutation ($input: CreateKeyInput!) { createKey(input: $input) { __typename } }', { input }, at === 2 ? {} : bob);
  }
  for (const projectId of ['shop', 'store']) await stack.projector.reached(projectId, 2, 2_000);
});
afterAll(() => stack.stop());

interface Page {
  readonly nodes: readonly { readonly event: { readonly projectId: string; readonly revision: number } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

test('the actors of a project, with how much each did, who did so last first', async () => {
  const text =
    'query ($after: String) { actors(projectId: "shop", first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { actor { id } changes firstAt lastAt } } }';
  const events = await stack.events();
  const at = (revision: number) => new Date(events[revision]!.occurredAt).toISOString();
  const { actors: first } = await stack.ask<{ actors: Page & { totalCount: number } }>(text);
  expect(first).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
  expect(first.nodes).toEqual([{ actor: { id: '*/user/alice' }, changes: 2, firstAt: at(0), lastAt: at(2) }]);
  const { actors: next } = await stack.ask<{ actors: Page }>(text, { after: first.pageInfo.endCursor });
  expect(next.nodes).toEqual([{ actor: { id: '*/user/bob' }, changes: 1, firstAt: at(1), lastAt: at(1) }]);
  expect(next.pageInfo.hasNextPage).toBe(false);
});

const HISTORY = `query ($after: String, $first: Int) {
  actorHistory(actor: "*/user/bob", first: $first, after: $after) { nodes { event { projectId revision } } pageInfo { hasNextPage endCursor } }
}`;

test('what one actor did in all projects that the caller may read, page by page', async () => {
  const ask = async (variables: object, by?: object) =>
    (await stack.ask<{ actorHistory: Page }>(HISTORY, variables as never, by)).actorHistory;
  const all = await ask({});
  expect(all.nodes.map(({ event }) => `${event.projectId} ${event.revision}`).toSorted()).toEqual([
    'shop 1',
    'store 0',
    'store 1',
    'store 2',
  ]);
  const found = [];
  for (let after: string | undefined, more = true; more;) {
    const { nodes, pageInfo } = await ask({ first: 1, after });
    found.push(...nodes);
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  expect(found).toEqual(all.nodes);
  const ofStore = await ask({}, { roles: { store: ['member'], shop: ['analyst'] } });
  expect(ofStore.nodes.map(({ event }) => event.projectId)).toEqual(['store', 'store', 'store']);
  expect((await ask({}, { roles: { other: ['admin'] } })).nodes).toEqual([]);
});

test('history of one command', async () => {
  const text = '{ history(projectId: "shop", commandId: "c2") { totalCount cutShort nodes { event { revision commandId } } } }';
  expect((await stack.ask<{ history: object }>(text)).history).toEqual({
    totalCount: null,
    cutShort: false,
    nodes: [{ event: { revision: 2, commandId: 'c2' } }],
  });
});

test.each([
  ['actorHistory(actor: "bob") { __typename }', '`actor` must be the `id` of an actor'],
  ['actorHistory(actor: "*/user/bob", first: 201) { __typename }', '`first` must be from 0 to 200'],
  ['actorHistory(actor: "*/user/bob", after: "x") { __typename }', '`after` is no `endCursor`'],
  ['actors(projectId: "nope") { __typename }', 'nope'],
])('%s is refused with what to do', async (field, message) => {
  expect((await stack.fail(`{ ${field} }`)).message).toContain(message);
});
