import { globalId, localId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { IN_MIAMI, setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import * as operations from '../generated/operations';

let stack: Stack;
beforeEach(async () => (stack = await Stack.start()));
afterEach(() => stack.stop());

const key = (name: string) => globalId('key', name);

test('a thing goes back to a version: in one append, for a reason, and caused by the event that had made it so', async () => {
  const { segment } = setUp(stack);
  const id = await segment('New York');
  await accept(stack, operations.EditSegmentDocument, { id, name: 'Miami', rule: IN_MIAMI });
  await accept(stack, operations.ArchiveSegmentDocument, { id });
  const before = await stack.events();
  const answer = await accept(stack, operations.RevertDocument, { id, toVersion: 1, expectedVersion: 4 });
  expect(answer).toMatchObject({ __typename: 'Reverted', item: { kind: 'SEGMENT', nodeId: id, name: 'New York' }, version: 7 });
  const events = (await stack.events()).slice(before.length);
  expect(events.map(({ type }) => type)).toEqual(['SegmentRestored', 'SegmentRenamed', 'SegmentRuleChanged']);
  const [created] = before.filter(({ entity }) => entity.id === localId(id));
  for (const event of events) expect(event).toMatchObject({ reason: 'Back to version 1', causationId: created?.id });
  const { segment: now } = await stack.ask(operations.SegmentDocument, { projectId: 'shop', id, atLeast: answer.cursor });
  expect(now).toMatchObject({ name: 'New York', rule: { property: { value: 'New York' } }, archived: false });
});

test('a reason that is given stands, a repetition gives the first answer, and a version that it is already at writes nothing', async () => {
  await setUp(stack).keys(['price']);
  await accept(stack, operations.EditKeyDocument, { name: 'price', defaultValue: 9 });
  const input = { id: key('price'), toVersion: 1, commandId: 'undo', reason: 'Too dear' };
  const first = await accept(stack, operations.RevertDocument, input);
  expect((await stack.events()).at(-1)).toMatchObject({ reason: 'Too dear', commandId: 'undo' });
  const { length } = await stack.events();
  expect(await accept(stack, operations.RevertDocument, input)).toEqual(first);
  expect(await accept(stack, operations.RevertDocument, { id: key('price'), toVersion: 3 })).toMatchObject({ version: 3 });
  expect(await stack.events()).toHaveLength(length);
});

test('every kind of thing goes back, the setting to before its first change and the project itself, too', async () => {
  const { keys, segment, goal } = setUp(stack);
  await keys(['price', 'size']);
  const audience = await segment('New York');
  const sale = await goal('Sale');
  const variants = [
    { name: 'Control', control: true, weight: 50, values: [] },
    { name: 'New', control: false, weight: 50, values: [{ key: 'price', value: 7 }] },
  ];
  const { id: flag } = await accept(stack, operations.CreateFlagDocument, { name: 'F', key: 'price', rows: [] });
  const { id: config } = await accept(stack, operations.CreateConfigDocument, { name: 'C', keys: ['size'], rows: [] });
  const { id: experiment } = await accept(stack, operations.CreateExperimentDocument, {
    name: 'E',
    keys: ['price'],
    variants,
    goalIds: [sale],
  });
  const { length } = await stack.events();
  await accept(stack, operations.EditProjectDocument, { name: 'Store' });
  await accept(stack, operations.EnableExclusivityDocument, {});
  await accept(stack, operations.EditGoalDocument, { id: sale, event: 'Refund' });
  await accept(stack, operations.EditFlagDocument, { id: flag, rows: [{ segmentId: audience, percentage: 0.01, value: 1 }] });
  await accept(stack, operations.EditConfigDocument, { id: config, name: 'D' });
  await accept(stack, operations.EditExperimentDocument, { id: experiment, audienceId: audience, traffic: 1 });
  const entities: [operations.EntityKind, string, number][] = [
    ['PROJECT', 'shop', 1],
    ['EXCLUSIVITY', 'shop/exclusivity', 0],
    ['GOAL', sale, 1],
    ['FLAG', flag, 1],
    ['CONFIG', config, 1],
    ['EXPERIMENT', experiment, 1],
  ];
  for (const [kind, id, toVersion] of entities) {
    expect(await accept(stack, operations.RevertDocument, { id, toVersion })).toMatchObject({ item: { kind, nodeId: id } });
  }
  const rightsQuery = '{ history(projectId: "shop", first: 100) { nodes { rightToRevert event { entity { kind } } } } }';
  const { history } = await stack.ask<{ history: { nodes: { rightToRevert: string; event: { entity: { kind: string } } }[] } }>(
    rightsQuery,
  );
  const rights = new Map(history.nodes.map(({ rightToRevert, event }) => [event.entity.kind, rightToRevert]));
  const experiences = ['FLAG', 'CONFIG', 'EXPERIMENT'];
  const kinds = ['KEY', 'SEGMENT', 'GOAL', 'PROJECT', 'EXCLUSIVITY', ...experiences];
  expect(Object.fromEntries(rights)).toEqual(
    Object.fromEntries(kinds.map((kind) => [kind, experiences.includes(kind) ? 'WRITE_EXPERIENCES' : 'WRITE_SET_UP'])),
  );
  const { diff } = await stack.ask(operations.DiffDocument, {
    projectId: 'shop',
    from: { revision: length - 1 },
    to: { time: '2999-01-01T00:00:00Z' },
  });
  expect(diff?.nodes).toEqual([]);
});

test('what cannot go back is listed, with who uses it', async () => {
  await setUp(stack).keys(['price']);
  await accept(stack, operations.ArchiveKeyDocument, { name: 'price' });
  await accept(stack, operations.RestoreKeyDocument, { name: 'price' });
  const { id } = await accept(stack, operations.CreateFlagDocument, { name: 'F', key: 'price', rows: [] });
  expect(await refuse(stack, operations.RevertDocument, { id: key('price'), toVersion: 2 })).toMatchObject({
    __typename: 'CannotRevert',
    code: 'CANNOT_REVERT',
    message: expect.stringContaining('nothing was changed'),
    obstacles: [
      { path: 'archived', code: 'IN_USE', message: expect.stringContaining('flag "F"'), usages: [{ kind: 'FLAG', nodeId: id, name: 'F' }] },
    ],
  });
});

test('what is not there, has moved, or never was, is reported in this order', async () => {
  await setUp(stack).keys(['price']);
  expect(await refuse(stack, operations.RevertDocument, { id: key('nothing'), toVersion: 1, expectedVersion: 5 })).toMatchObject({
    code: 'NOT_FOUND',
  });
  expect(await refuse(stack, operations.RevertDocument, { id: key('price'), toVersion: 7, expectedVersion: 5 })).toMatchObject({
    code: 'STALE',
  });
  for (const toVersion of [0, 2, -3]) {
    expect(await refuse(stack, operations.RevertDocument, { id: key('price'), toVersion })).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: 'toVersion', message: 'It must be a version that it has had: 1 to 1.' }],
    });
  }
  expect(
    await refuse(stack, operations.RevertDocument, { projectId: 'nowhere', id: globalId('key', 'price', 'nowhere'), toVersion: 1 }),
  ).toMatchObject({
    code: 'NOT_FOUND',
    kind: 'PROJECT',
  });
});

test('a creator reverts flags, configs and experiments, and what they are built from is an admin’s', async () => {
  const { keys } = setUp(stack);
  await keys(['price']);
  const { id } = await accept(stack, operations.CreateFlagDocument, { name: 'F', key: 'price', rows: [] });
  const by = { roles: { shop: ['creator'] as const } };
  expect(await accept(stack, operations.RevertDocument, { id, toVersion: 1 }, by)).toMatchObject({ version: 1 });
  const input = { projectId: 'shop', id: key('price'), toVersion: 1 };
  expect(await stack.fail(operations.RevertDocument, { input }, by)).toEqual({
    code: 'FORBIDDEN',
    message: 'To write set-up in "shop" takes the role admin, which this token does not have.',
  });
});
