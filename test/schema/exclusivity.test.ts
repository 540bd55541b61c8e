import { accept, refuse } from '../fixtures/mutation';
import { Stack } from '../fixtures/stack';
import { DisableExclusivityDocument, EnableExclusivityDocument, ExclusivityDocument } from '../generated/operations';

const projectId = 'shop';

let stack: Stack;
beforeEach(async () => (stack = await Stack.start()));
afterEach(() => stack.stop());

test('X1 it is there from the start: off, at version 0; and NOT_FOUND where there is no project', async () => {
  const { exclusivity } = await stack.ask(ExclusivityDocument, { projectId });
  expect(await stack.fail(ExclusivityDocument, { projectId: 'missing' })).toMatchObject({ code: 'NOT_FOUND' });
  expect(exclusivity).toMatchObject({ projectId, enabled: false, version: 0, createdBy: { subject: 'alice' } });
});

test('X1 it is turned on and off, and turning it on twice is no event', async () => {
  const on = await accept(stack, EnableExclusivityDocument, { reason: 'Cleaner results' }, { actor: 'bob' });
  expect(on).toMatchObject({ __typename: 'Exclusivity', enabled: true, version: 1, updatedBy: { subject: 'bob' } });
  const events = await stack.events();
  expect(events.at(-1)).toMatchObject({ type: 'ExclusivityEnabled', reason: 'Cleaner results' });
  expect(await accept(stack, EnableExclusivityDocument, {})).toEqual(on);
  expect(await stack.events()).toEqual(events);
  const { exclusivity } = await stack.ask(ExclusivityDocument, { projectId, atLeast: on.cursor });
  expect({ __typename: 'Exclusivity', ...exclusivity }).toEqual(on);
  expect(await accept(stack, DisableExclusivityDocument, {})).toMatchObject({ enabled: false, version: 2, createdAt: on.createdAt });
});

test('A1 a repeated command is done once, and another with its id is refused', async () => {
  const on = await accept(stack, EnableExclusivityDocument, { commandId: 'c-1' });
  expect(await accept(stack, EnableExclusivityDocument, { commandId: 'c-1' })).toEqual(on);
  expect(await refuse(stack, DisableExclusivityDocument, { commandId: 'c-1' })).toMatchObject({ __typename: 'CommandIdReused' });
});

test('A2 a version that has moved is refused, also where nothing would change', async () => {
  await accept(stack, EnableExclusivityDocument, {}, { actor: 'bob' });
  const stale = { __typename: 'Stale', currentVersion: 1, changedBy: { subject: 'bob' } };
  expect(await refuse(stack, EnableExclusivityDocument, { expectedVersion: 0 })).toMatchObject(stale);
  expect(await refuse(stack, DisableExclusivityDocument, { expectedVersion: 0 })).toMatchObject(stale);
  expect(await accept(stack, DisableExclusivityDocument, { expectedVersion: 1 })).toMatchObject({ enabled: false });
});

test('without a project there is nothing to turn on', async () => {
  const input = { projectId: 'missing' };
  expect(await refuse(stack, EnableExclusivityDocument, input)).toMatchObject({
    __typename: 'NotFound',
    kind: 'PROJECT',
    entityId: 'missing',
  });
});

test('while the read model is behind, it is Accepted', async () => {
  await stack.projector.stop();
  const { enableExclusivity } = await stack.ask(EnableExclusivityDocument, { input: { projectId } });
  expect(enableExclusivity).toMatchObject({ __typename: 'Accepted', entity: { kind: 'EXCLUSIVITY', nodeId: 'shop/exclusivity' } });
  expect((await stack.ask(ExclusivityDocument, { projectId })).exclusivity?.enabled).toBe(false);
  const repeated = await stack.ask(EnableExclusivityDocument, { input: { projectId } });
  expect(repeated.enableExclusivity).toMatchObject({ __typename: 'Accepted', entity: null });
});
