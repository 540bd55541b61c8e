import { localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { Stack } from '../fixtures/stack';
import {
  ArchiveGoalDocument,
  CreateExperimentDocument,
  CreateGoalDocument,
  CreateKeyDocument,
  EditGoalDocument,
  GoalDocument,
  GoalUsagesDocument,
  RestoreGoalDocument,
  StartExperimentDocument,
  StopExperimentDocument,
  type CreateGoalInput,
  type PropertyConditionInput,
} from '../generated/operations';

const projectId = 'shop';
const DEAR: PropertyConditionInput = { name: 'price', operator: 'GREATER', value: 10 };

let stack: Stack;
beforeEach(async () => (stack = await Stack.start({ limits: { goals: 2 } })));
afterEach(() => stack.stop());

const input = (given: Partial<CreateGoalInput> = {}) => ({ name: 'Buys', event: 'Purchase', ...given });
const created = (given?: Partial<CreateGoalInput>) => accept(stack, CreateGoalDocument, input(given));
const notCreated = (given?: Partial<CreateGoalInput>) => refuse(stack, CreateGoalDocument, input(given));

async function experimentWith(goalId: string) {
  await accept(stack, CreateKeyDocument, { name: 'dark_mode', type: 'NUMBER', defaultValue: 3 });
  return accept(stack, CreateExperimentDocument, {
    name: 'Darker',
    keys: ['dark_mode'],
    goalIds: [goalId],
    variants: [
      { name: 'Control', control: true, weight: 50, values: [] },
      { name: 'New', control: false, weight: 50, values: [{ key: 'dark_mode', value: 5 }] },
    ],
  });
}

test('G1 a goal is what was said, with what it measures in plain words', async () => {
  const goal = await created({ description: 'Money', filters: [DEAR, { name: 'currency', operator: 'IN', values: ['EUR', 'USD'] }] });
  expect(goal).toMatchObject({ name: 'Buys', description: 'Money', event: 'Purchase', archived: false, version: 1 });
  expect(goal.measureText).toBe('*Purchase* with price > 10 and currency is one of EUR, USD');
  expect((await stack.ask(GoalDocument, { projectId, id: goal.id })).goal).toMatchObject({ filters: goal.filters, name: 'Buys' });
  expect((await stack.ask(GoalDocument, { projectId, id: 'shop/goal/missing' })).goal).toBeNull();
});

test('G1 its filters come out as they went in, and can be given back', async () => {
  const { id, filters, version } = await created({ filters: [DEAR] });
  expect(filters).toEqual([DEAR]);
  const typed = `query ($id: ID!) { goal(id: $id) { filterConditions { name operator value values from to text } } }`;
  expect(await stack.ask(typed, { id })).toEqual({
    goal: { filterConditions: [{ ...DEAR, values: null, from: null, to: null, text: 'price > 10' }] },
  });
  const again = await accept(stack, EditGoalDocument, { id, filters: filters as PropertyConditionInput[] });
  expect(again.version).toBe(version);
  expect(await accept(stack, EditGoalDocument, { id, filters: [] })).toMatchObject({ filters: [], measureText: '*Purchase*', version: 2 });
});

test.each([
  ['four filters', { filters: [DEAR, DEAR, DEAR, DEAR] }, 'filters', /at most 3/],
  ['a filter with nothing to compare with', { filters: [DEAR, { ...DEAR, value: null }] }, 'filters[1].value', /must be given/],
  ['an event without a name', { event: '' }, 'event', /name of an event/],
  ['a name of spaces', { name: '  ' }, 'name', /1 to 120/],
])('G1 %s is refused where it is', async (_what, given, path, message) => {
  const problems = [{ path, message: expect.stringMatching(message) }];
  expect(await notCreated(given)).toMatchObject({ __typename: 'InvalidInput', problems });
  const { id } = await created();
  expect(await refuse(stack, EditGoalDocument, { id, ...given })).toMatchObject({ __typename: 'InvalidInput', problems });
});

test('G1 its name is its own, and there is room for so many', async () => {
  const { id } = await created();
  expect(await notCreated({ name: 'BUYS' })).toMatchObject({
    __typename: 'AlreadyExists',
    existing: { kind: 'GOAL', nodeId: id, name: 'Buys' },
  });
  const other = await created({ name: 'Opens' });
  expect(await refuse(stack, EditGoalDocument, { id: other.id, name: 'buys' })).toMatchObject({ __typename: 'AlreadyExists' });
  expect(await notCreated({ name: 'Leaves' })).toMatchObject({ __typename: 'LimitReached', limit: 2 });
});

test('G1 what it measures is fixed once an experiment has started with it; its name and description are not', async () => {
  const { id } = await created();
  const experiment = await experimentWith(id);
  expect(await accept(stack, EditGoalDocument, { id, event: 'Order' })).toMatchObject({ event: 'Order' });
  await accept(stack, StartExperimentDocument, { id: experiment.id });
  const usages = [{ kind: 'EXPERIMENT', nodeId: experiment.id, name: 'Darker', status: 'RUNNING' }];
  expect(await refuse(stack, EditGoalDocument, { id, filters: [DEAR] })).toMatchObject({ __typename: 'InUse', usages });
  expect(await accept(stack, EditGoalDocument, { id, name: 'Sales', description: 'New' })).toMatchObject({ name: 'Sales', event: 'Order' });
});

test('G2 a goal of a draft or running experiment says so, and cannot be archived', async () => {
  const { id } = await created();
  const experiment = await experimentWith(id);
  const usedBy = async () => (await stack.ask(GoalUsagesDocument, { projectId, id })).goal?.usedBy;
  for (const status of ['DRAFT', 'RUNNING']) {
    const usages = [{ kind: 'EXPERIMENT', entityId: localId(experiment.id), nodeId: experiment.id, name: 'Darker', status }];
    expect(await usedBy()).toEqual(usages);
    expect(await refuse(stack, ArchiveGoalDocument, { id })).toMatchObject({ __typename: 'InUse', usages });
    if (status === 'DRAFT') await accept(stack, StartExperimentDocument, { id: experiment.id });
  }
  await accept(stack, StopExperimentDocument, { id: experiment.id });
  expect(await usedBy()).toEqual([]);
  expect(await accept(stack, ArchiveGoalDocument, { id })).toMatchObject({ archived: true });
});

test('G3 what is archived is not edited, and comes back while its name is free and there is room', async () => {
  const { id } = await created();
  await accept(stack, ArchiveGoalDocument, { id });
  expect(await refuse(stack, EditGoalDocument, { id, name: 'X' })).toMatchObject({ __typename: 'IllegalState' });
  const other = await created();
  expect(await refuse(stack, RestoreGoalDocument, { id })).toMatchObject({ __typename: 'AlreadyExists', existing: { nodeId: other.id } });
  await accept(stack, EditGoalDocument, { id: other.id, name: 'Other' });
  const third = await created({ name: 'Third' });
  expect(await refuse(stack, RestoreGoalDocument, { id })).toMatchObject({ __typename: 'LimitReached', limit: 2 });
  await accept(stack, ArchiveGoalDocument, { id: third.id });
  expect(await accept(stack, RestoreGoalDocument, { id })).toMatchObject({ archived: false, version: 3 });
});
