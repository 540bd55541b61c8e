import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';
import { HOLDOUT } from '../../src/evaluation/user-record';
import { localId } from '../fixtures/ids';
import { setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import { userWhere } from '../evaluation/played';

const EXPERIMENTS_OF = `query ($user: EvaluatedUserInput!) {
  experimentsOf(projectId: "shop", user: $user) {
    revision
    experiments { name standing variant assignedAt why inTheWay { name } audience { matched text instead } }
    forced { name variant until }
  }
}`;
const MUTATIONS = {
  forceVariant: `mutation ($input: ForceVariantInput!) { result: forceVariant(input: $input) {
    __typename ... on ForcedVariant { nodeId name variant until } ... on Refusal { code message } } }`,
  clearOverride: `mutation ($input: ClearOverrideInput!) { result: clearOverride(input: $input) {
    __typename ... on ClearedOverride { wasForced } ... on Refusal { code message } } }`,
  forgetUser: `mutation ($input: UserInput!) { result: forgetUser(input: $input) {
    __typename ... on ForgottenUser { wasKnown observations } ... on Refusal { code message } } }`,
};

interface OfUser {
  readonly experimentsOf: { readonly experiments: readonly { readonly name: string }[]; readonly forced: readonly object[] } | null;
}

const DAY_MS = 86_400_000;
let stack: Stack;
let ids: Readonly<Record<'alone' | 'shared' | 'draft', string>>;
let holdout: string;

/** An exclusive test of New Yorkers, a test of everyone which therefore has the others, and a draft; and a holdout. */
beforeAll(async () => {
  stack = await Stack.start();
  await setUp(stack).keys(['dark_mode', 'banner', 'title']);
  const segment = await setUp(stack).segment('New Yorkers');
  const created = await stack.ask<{ createHoldout: { id: string } }>(
    'mutation { createHoldout(input: { projectId: "shop", name: "Autumn", share: 20 }) { ... on Holdout { id } } }',
  );
  holdout = created.createHoldout.id;
  const experiment = async (name: string, key: string, more: object, starts = true): Promise<string> => {
    const variants = [
      { name: 'Control', control: true, weight: 50 },
      { name: 'Loud', weight: 50, values: [{ key, value: 9 }] },
    ];
    const input = { projectId: 'shop', name, traffic: 100, keys: [key], variants, ...more };
    const { made } = await stack.ask<{ made: { id: string } }>(
      'mutation ($input: CreateExperimentInput!) { made: createExperiment(input: $input) { ... on Experiment { id } } }',
      { input } as never,
    );
    const start = 'mutation ($id: ID!) { startExperiment(input: { projectId: "shop", id: $id }) { __typename } }';
    if (starts) await stack.ask(start, { id: made.id });
    return made.id;
  };
  ids = {
    alone: await experiment('Alone', 'dark_mode', { exclusive: true, audienceId: segment }),
    shared: await experiment('Shared', 'banner', {}),
    draft: await experiment('Draft', 'title', {}, false),
  };
});
afterAll(() => stack.stop());

const isHeldOut = (userId: string) => bucketOf(userId, seedOf(salts.holdout(localId(holdout)))) < 2_000;
const NEW_YORK = { geo: { city: 'New York' } };

async function experimentsOf(id: string | null, properties: object = NEW_YORK) {
  const { experimentsOf: answer } = await stack.ask<OfUser>(EXPERIMENTS_OF, { user: { id, properties } } as never);
  return answer!;
}

const change = async (name: keyof typeof MUTATIONS, input: object, by?: Parameters<Stack['ask']>[2]) =>
  (await stack.ask<{ result: object }>(MUTATIONS[name], { input: { projectId: 'shop', ...input } } as never, by)).result;

test('experimentsOf says in which tests a user is and since when, and why not in the others', async () => {
  const ann = userWhere((userId) => !isHeldOut(userId));
  const [alone, shared] = (await experimentsOf(ann)).experiments;
  expect(alone).toMatchObject({ name: 'Alone', standing: 'TAKES', assignedAt: null, audience: [{ matched: true, instead: null }] });
  expect(shared).toMatchObject({
    standing: 'CONFLICT',
    why: 'the user is in "Alone", and a user is not in both',
    inTheWay: [{ name: 'Alone' }],
  });
  expect((await experimentsOf(ann, {})).experiments).toMatchObject([
    { standing: 'OUTSIDE_AUDIENCE', audience: [{ matched: false, instead: 'geo.city is missing' }] },
    { standing: 'TAKES', inTheWay: [] },
  ]);
  const assignment = { experiment: localId(ids.shared), variant: 'v2', assignedAt: Date.UTC(2026, 0, 2), revision: 3 };
  await stack.users.assign('shop', stack.pepper.keyOf('shop', ann), 0, [assignment]);
  expect((await experimentsOf(ann)).experiments).toMatchObject([
    { standing: 'CONFLICT', inTheWay: [{ name: 'Shared' }] },
    { standing: 'ASSIGNED', variant: 'v2', assignedAt: '2026-01-02T00:00:00.000Z' },
  ]);
  expect((await experimentsOf(null)).experiments).toMatchObject([{ standing: 'NO_USER' }, { standing: 'NO_USER' }]);
  expect(await stack.fail('{ experimentsOf(projectId: "none", user: {}) { revision } }')).toMatchObject({ code: 'NOT_FOUND' });
});

test('X8 a held-out user whom an experiment would take is shown in its holdout group, which keeps the user out of others', async () => {
  const held = userWhere(isHeldOut);
  expect((await experimentsOf(held)).experiments).toMatchObject([
    { standing: 'TAKES', variant: HOLDOUT, why: 'it would hold the user out' },
    { standing: 'CONFLICT', inTheWay: [{ name: 'Alone' }] },
  ]);
});

test('E8 a forced variant is served, makes a test user who is in no experiment, and can be taken back', async () => {
  const user = 'tester';
  const forced = await change('forceVariant', { user, id: ids.draft, variant: 'v2' }, { roles: { shop: ['creator'] } });
  expect(forced).toMatchObject({ __typename: 'ForcedVariant', nodeId: ids.draft, name: 'Draft', variant: 'v2' });
  const { until } = forced as { readonly until: string };
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(29 * DAY_MS);
  const { experiments, forced: listed } = await experimentsOf(user);
  expect(experiments).toMatchObject([{ standing: 'TEST_USER' }, { standing: 'TEST_USER' }]);
  expect(listed).toEqual([{ name: 'Draft', variant: 'v2', until }]);
  const VALUE = '{ evaluate(projectId: "shop", user: { id: "tester" }, keys: ["title"]) { keys { value source } } }';
  expect(await stack.ask(VALUE)).toEqual({ evaluate: { keys: [{ value: 9, source: 'OVERRIDE' }] } });
  expect(await change('clearOverride', { user, id: ids.draft })).toEqual({ __typename: 'ClearedOverride', wasForced: true });
  expect(await change('clearOverride', { user, id: ids.draft })).toEqual({ __typename: 'ClearedOverride', wasForced: false });
  expect(await stack.ask(VALUE)).toEqual({ evaluate: { keys: [{ value: 3, source: 'DEFAULT' }] } });
  expect((await experimentsOf(user)).forced).toEqual([]);
  expect((await stack.events()).map(({ type }) => type)).not.toContain('VariantForced');
});

test.each([
  ['an experiment that is not there', { id: 'shop/experiment/none' }, { __typename: 'NotFound', code: 'NOT_FOUND' }],
  [
    'a project that is not there',
    { projectId: 'none', id: 'none/experiment/x' },
    { __typename: 'NotFound', message: expect.stringContaining('project') as string },
  ],
  [
    'a variant that is not there',
    { variant: 'v9' },
    { __typename: 'InvalidInput', message: expect.stringContaining('v2 (Loud)') as string },
  ],
  ['an empty user id', { user: '' }, { __typename: 'InvalidInput', message: 'user: must not be empty' }],
  [
    'a time gone by',
    { until: '2020-01-01T00:00:00Z' },
    { __typename: 'InvalidInput', message: expect.stringContaining('30 days') as string },
  ],
  ['a time in 31 days', { until: new Date(Date.now() + 31 * DAY_MS).toISOString() }, { __typename: 'InvalidInput' }],
])('forceVariant refuses %s', async (_what, input, refusal) => {
  expect(await change('forceVariant', { user: 'ann', id: ids.draft, variant: 'v2', ...input })).toMatchObject(refusal);
});

test('forceVariant refuses an experiment that has ended', async () => {
  const { made } = await stack.ask<{ made: { id: string } }>(
    `mutation { made: createExperiment(input: { projectId: "shop", name: "Over", traffic: 1, keys: ["title"], variants: [
      { name: "Control", control: true, weight: 50 } { name: "Loud", weight: 50, values: [{ key: "title", value: 1 }] }] }) { ... on Experiment { id } } }`,
  );
  for (const verb of ['start', 'stop']) {
    await stack.ask(`mutation { ${verb}Experiment(input: { projectId: "shop", id: "${made.id}" }) { __typename } }`);
  }
  expect(await change('forceVariant', { user: 'ann', id: made.id, variant: 'v2' })).toMatchObject({
    code: 'ILLEGAL_STATE',
    message: expect.stringContaining('has ended') as string,
  });
});

test('U4 forgetUser removes what both stores know, once, and is an admin’s', async () => {
  const key = stack.pepper.keyOf('shop', 'gone');
  await stack.users.setProperties('shop', key, { plan: 'gold' });
  await stack.observations.append('shop', [{ kind: 'event', user: key, id: 'e1', event: 'Purchase', properties: {}, content: 'c' }]);
  expect(await change('forgetUser', { user: 'gone' })).toEqual({ __typename: 'ForgottenUser', wasKnown: true, observations: 1 });
  expect(await change('forgetUser', { user: 'gone' })).toEqual({ __typename: 'ForgottenUser', wasKnown: false, observations: 0 });
  expect((await stack.users.load('shop', key)).properties).toEqual({});
  const input = { projectId: 'shop', user: 'gone' };
  expect(await stack.fail(MUTATIONS.forgetUser, { input } as never, { roles: { shop: ['creator'] } })).toMatchObject({ code: 'FORBIDDEN' });
  expect(
    await stack.fail(MUTATIONS.forceVariant, { input: { ...input, id: 'shop/experiment/x', variant: 'v1' } } as never, {
      roles: { shop: ['member'] },
    }),
  ).toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('X6 estimate and reachOfUsers say how many users, how sure that is, and on what it rests', async () => {
  for (let at = 0; at < 4; at += 1) {
    await stack.users.setProperties('shop', stack.pepper.keyOf('shop', `stored-${at}`), { 'geo.city': at === 0 ? 'Oslo' : 'Rome' });
  }
  const ESTIMATE = `query ($rule: RuleInput!) {
    estimate(projectId: "shop", rule: $rule) { users sampled matching { share low high } basis } }`;
  const rule = { property: { name: 'geo.city', operator: 'EQUALS', value: 'Oslo' } };
  const { estimate } = await stack.ask<{ estimate: { users: number; sampled: number; matching: { share: number } } }>(ESTIMATE, {
    rule,
  } as never);
  const share = Math.round(10_000 / estimate.users) / 100;
  expect(estimate).toEqual({
    users: estimate.users,
    sampled: estimate.users,
    matching: { share, low: share, high: share },
    basis: `All ${estimate.users} stored users were looked at. Only stored properties count, not those that requests bring along.`,
  });
  const did = { did: { event: 'Purchase', window: { ever: true } } };
  expect(await stack.ask(ESTIMATE, { rule: did } as never)).toMatchObject({
    estimate: { matching: null, basis: expect.stringContaining('"Purchase"') as string },
  });
  expect(await stack.fail(ESTIMATE, { rule: { all: [] } } as never)).toMatchObject({ code: 'BAD_REQUEST' });
  const REACH = `query ($id: ID!) { reachOfUsers(projectId: "shop", id: $id) {
    users sampled reached { share } standings { standing inTheWay { name } users { share } } lastAssignedAt basis } }`;
  const { reachOfUsers } = await stack.ask<{ reachOfUsers: { sampled: number; standings: { users: { share: number } }[] } }>(REACH, {
    id: ids.shared,
  });
  expect(reachOfUsers.sampled).toBe(estimate.users);
  expect(reachOfUsers.standings.reduce((sum, { users }) => sum + users.share, 0)).toBeCloseTo(100, 0);
  expect(await stack.ask(REACH, { id: 'shop/experiment/none' })).toEqual({ reachOfUsers: null });
});
