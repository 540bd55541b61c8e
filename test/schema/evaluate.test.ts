import { encodeCursor } from '../../src/domain/cursor';
import { localId } from '../fixtures/ids';
import { setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';

const EVALUATE = `query ($user: EvaluatedUserInput!, $keys: [String!], $asOf: AsOfInput, $at: DateTime) {
  evaluate(projectId: "shop", user: $user, keys: $keys, asOf: $asOf, at: $at) {
    revision remark
    keys { key value reason source variant steps { source name serves why audience { matched text instead depth } } }
    experiments { name standing variant assignedAt assignedRevision why }
  }
}`;

interface Evaluation {
  readonly evaluate: {
    readonly revision: number;
    readonly remark: string | null;
    readonly keys: readonly {
      readonly key: string;
      readonly value: unknown;
      readonly reason: string;
      readonly source: string;
      readonly steps: readonly { readonly source: string; readonly serves: boolean; readonly why: string }[];
    }[];
    readonly experiments: readonly { readonly name: string; readonly standing: string; readonly why: string }[];
  } | null;
}

let stack: Stack;
let experiment: string;

beforeAll(async () => {
  stack = await Stack.start();
  await setUp(stack).keys(['dark_mode', 'banner']);
  const segment = await setUp(stack).segment('New Yorkers');
  const made = await stack.ask<{ flag: { id: string }; experiment: { id: string } }>(
    `mutation ($segment: ID!) {
      flag: createFlag(input: { projectId: "shop", name: "Dark", key: "dark_mode", rows: [{ segmentId: $segment, value: 5 }] }) { ... on Flag { id } }
      experiment: createExperiment(input: { projectId: "shop", name: "Loud", audienceId: $segment, traffic: 100, keys: ["banner"], variants: [
        { name: "Control", control: true, weight: 50 } { name: "Loud", weight: 50, values: [{ key: "banner", value: 9 }] }
      ] }) { ... on Experiment { id } }
    }`,
    { segment },
  );
  experiment = made.experiment.id;
  await stack.ask(
    `mutation ($flag: ID!, $experiment: ID!) {
      publishFlag(input: { projectId: "shop", id: $flag }) { __typename }
      startExperiment(input: { projectId: "shop", id: $experiment }) { __typename }
    }`,
    { flag: made.flag.id, experiment },
  );
});

afterAll(() => stack.stop());

const NEW_YORKER = { id: 'ann', properties: { geo: { city: 'New York' } } };
const evaluated = async (variables: object) => {
  const { evaluate } = await stack.ask<Evaluation>(EVALUATE, variables as never);
  if (evaluate === null) throw new Error('there is no project');
  return evaluate;
};

test('it says the value of each key, what gives it, and why nothing before did', async () => {
  const { keys } = await evaluated({ user: NEW_YORKER, keys: ['dark_mode', 'not_there'] });
  expect(keys).toMatchObject([
    {
      key: 'dark_mode',
      value: 5,
      reason: 'TARGETING_MATCH',
      source: 'FLAG',
      steps: [{ source: 'FLAG', name: 'Dark', serves: true, why: 'its segment has the user', audience: [{ matched: true, depth: 0 }] }],
    },
  ]);
  const outside = await evaluated({ user: { id: 'ann', properties: { geo: { city: 7 } } }, keys: ['dark_mode'] });
  expect(outside.keys).toMatchObject([
    {
      value: 3,
      source: 'DEFAULT',
      steps: [
        { source: 'FLAG', serves: false, audience: [{ matched: false, instead: 'geo.city is a number, not a text' }] },
        { source: 'DEFAULT', serves: true },
      ],
    },
  ]);
});

test('it says in which experiments the user is, since when, or why not, and assigns the user to none', async () => {
  const before = await evaluated({ user: NEW_YORKER });
  expect(before.experiments).toMatchObject([{ name: 'Loud', standing: 'TAKES', assignedAt: null }]);
  expect((await evaluated({ user: NEW_YORKER })).experiments).toMatchObject([{ standing: 'TAKES' }]);
  expect((await evaluated({ user: { id: 'bob' } })).experiments).toMatchObject([{ standing: 'OUTSIDE_AUDIENCE' }]);
  expect((await evaluated({ user: {} })).experiments).toMatchObject([{ standing: 'NO_USER' }]);
  const assignment = { experiment: localId(experiment), variant: 'v2', assignedAt: Date.UTC(2026, 0, 2), revision: before.revision };
  await stack.users.assign('shop', stack.pepper.keyOf('shop', 'ann'), 0, [assignment]);
  const after = await evaluated({ user: NEW_YORKER, keys: ['banner'] });
  expect(after).toMatchObject({
    keys: [{ value: 9, source: 'EXPERIMENT', reason: 'SPLIT' }],
    experiments: [{ standing: 'ASSIGNED', assignedAt: '2026-01-02T00:00:00.000Z', assignedRevision: before.revision }],
  });
});

test('as of a revision it takes the set-up of then, and says what is of today', async () => {
  const { revision } = await evaluated({ user: NEW_YORKER });
  const then = await evaluated({ user: NEW_YORKER, asOf: { revision: 2 } });
  expect(then).toMatchObject({ revision: 2, experiments: [], remark: expect.stringContaining('today') as string });
  expect(then.keys.map(({ key, value }) => [key, value])).toEqual([
    ['banner', 3],
    ['dark_mode', 3],
  ]);
  expect((await evaluated({ user: NEW_YORKER, asOf: { revision } })).keys).toEqual((await evaluated({ user: NEW_YORKER })).keys);
});

test('as of a time or a cursor it reads the ledger up to there, and makes no documents of it', async () => {
  const documents = jest.spyOn(stack.asOf, 'at');
  const events = await stack.events();
  const [created, third] = [events[0]!, events[3]!];
  const before = new Date(third.occurredAt).toISOString();
  const last = events.filter(({ occurredAt }) => occurredAt <= third.occurredAt).at(-1)!;
  expect(await evaluated({ user: NEW_YORKER, asOf: { time: before } })).toMatchObject({ revision: last.revision });
  const cursor = encodeCursor({ projectId: 'shop', revision: 3, mark: third.hash.slice(0, 16) });
  expect(await evaluated({ user: NEW_YORKER, asOf: { cursor } })).toMatchObject({ revision: 3 });
  const foreign = encodeCursor({ projectId: 'shop', revision: 3, mark: '0123456789abcdef' });
  for (const asOf of [{ cursor: foreign }, { time: new Date(created.occurredAt - 1_000).toISOString() }]) {
    expect(await stack.fail(EVALUATE, { user: NEW_YORKER, asOf } as never)).toMatchObject({ code: 'BAD_REQUEST' });
  }
  expect(documents).not.toHaveBeenCalled();
  documents.mockRestore();
});

test.each([
  ['properties that are a list', { user: { properties: [1] } }, 'must be an object'],
  ['a user id of 501 characters', { user: { id: 'x'.repeat(501) } }, 'at most 500 characters'],
  ['501 keys', { user: {}, keys: Array.from({ length: 501 }, (_, at) => `key_${at}`) }, 'at most 500 names'],
  ['a revision that has not come', { user: {}, asOf: { revision: 999 } }, '999'],
])('%s is refused', async (_what, variables, message) => {
  expect(await stack.fail(EVALUATE, variables as never)).toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining(message) as string,
  });
});

test('of a project that is not there it is refused, and it takes the right to read the set-up', async () => {
  const query = 'query ($id: ID!) { evaluate(projectId: $id, user: { id: "ann" }) { revision } }';
  expect(await stack.fail(query, { id: 'none' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await stack.ask(query, { id: 'shop' }, { roles: { shop: ['member'] } })).toMatchObject({ evaluate: {} });
  expect(await stack.fail(query, { id: 'shop' }, { roles: { shop: ['app'] } })).toMatchObject({ code: 'FORBIDDEN' });
  expect(
    await stack.fail('{ evaluate(projectId: "shop", user: {}, asOf: { revision: 1 }) { revision } }', {}, { roles: { shop: ['analyst'] } }),
  ).toMatchObject({
    code: 'FORBIDDEN',
  });
});
