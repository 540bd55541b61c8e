import { Stack } from '../fixtures/stack';

const CREATE =
  'mutation ($input: CreateHoldoutInput!) { createHoldout(input: $input) { __typename ... on Holdout { id name share status version } ... on Refusal { code message } } }';
const END =
  'mutation ($input: HoldoutInput!) { endHoldout(input: $input) { __typename ... on Holdout { status version } ... on Refusal { code } } }';
const LIST = `query ($status: [HoldoutStatus!]) {
  holdouts(projectId: "shop", status: $status) { nodes { name share status } }
  project(id: "shop") { holdouts { totalCount nodes { history { nodes { sentence changes { path before after } } } } } }
}`;
const DIFF = '{ diff(projectId: "shop", from: { revision: 0 }, to: { revision: 2 }) { nodes { entity { kind name } change } } }';

let stack: Stack;
beforeAll(async () => (stack = await Stack.start()));
afterAll(() => stack.stop());

const create = (name: string, share: number, by?: Parameters<Stack['ask']>[2]) =>
  stack.ask<{ createHoldout: { readonly id: string } }>(CREATE as never, { input: { projectId: 'shop', name, share } } as never, by);

test('X8 a holdout is created, listed, ended, and followed through its history, in percent', async () => {
  const { createHoldout } = await create('Autumn', 2.5);
  const { id } = createHoldout;
  expect(createHoldout).toEqual({ __typename: 'Holdout', id, name: 'Autumn', share: 2.5, status: 'ACTIVE', version: 1 });
  expect(await create('Winter', 2.5)).toMatchObject({ createHoldout: { code: 'ILLEGAL_STATE' } });
  expect(await create('Winter', 20.01)).toMatchObject({ createHoldout: { code: 'INVALID_INPUT' } });
  expect(await stack.ask(`{ holdout(projectId: "shop", id: "${id}") { name share } }`)).toEqual({
    holdout: { name: 'Autumn', share: 2.5 },
  });
  expect(await stack.ask(END as never, { input: { projectId: 'shop', id } } as never)).toEqual({
    endHoldout: { __typename: 'Holdout', status: 'ENDED', version: 2 },
  });
  expect(await stack.ask(LIST as never, { status: ['ENDED'] } as never)).toEqual({
    holdouts: { nodes: [{ name: 'Autumn', share: 2.5, status: 'ENDED' }] },
    project: {
      holdouts: {
        totalCount: 1,
        nodes: [
          {
            history: {
              nodes: [
                {
                  sentence: expect.stringContaining('ended holdout *Autumn*'),
                  changes: [{ path: 'status', before: 'ACTIVE', after: 'ENDED' }],
                },
                {
                  sentence: expect.stringContaining('created holdout *Autumn* of 2.5 % of all users'),
                  changes: expect.arrayContaining([{ path: 'share', before: null, after: 2.5 }]),
                },
              ],
            },
          },
        ],
      },
    },
  });
  expect(await stack.ask(LIST as never, { status: ['ACTIVE'] } as never)).toMatchObject({ holdouts: { nodes: [] } });
  expect(await stack.ask(DIFF)).toEqual({ diff: { nodes: [{ entity: { kind: 'HOLDOUT', name: 'Autumn' }, change: 'CREATED' }] } });
});

test('X8 a holdout is an admin’s', async () => {
  const input = { projectId: 'shop', name: 'Mine', share: 1 };
  expect(await stack.fail(CREATE, { input }, { roles: { shop: ['creator'] } })).toMatchObject({ code: 'FORBIDDEN' });
});
