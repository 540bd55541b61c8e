import { ApplySetupDocument, PlanSetupDocument, SetupDocument, type PlanSetupQuery } from '../generated/operations';
import { accept, refuse } from '../fixtures/mutation';
import { setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';

let stack: Stack;
beforeEach(async () => (stack = await Stack.start({ limits: { keys: 3 } })));
afterEach(() => stack.stop());

const SETUP = {
  version: 2,
  keys: [{ name: 'size', type: 'NUMBER', default: 1 }],
  segments: [{ name: 'Miami', rule: { property: { name: 'geo.city', operator: 'EQUALS', value: 'Miami' } } }],
  flags: [{ name: 'Bigger', key: 'size', status: 'LIVE', rows: [{ segment: 'Miami', value: 2 }] }],
};
const keys = (...names: string[]) => ({ version: 2, keys: names.map((name) => ({ name, type: 'NUMBER', default: 1 })) });

type PlanOf<R> = Extract<R, { __typename: 'Plan' }>;

/** What must be a plan. Nothing has been appended. */
async function plan(setup: unknown, prune?: boolean): Promise<PlanOf<PlanSetupQuery['planSetup']>> {
  const before = (await stack.events()).length;
  const { planSetup } = await stack.ask(PlanSetupDocument, { input: { projectId: 'shop', setup, prune } });
  expect(await stack.events()).toHaveLength(before);
  if (planSetup.__typename !== 'Plan') throw new Error(JSON.stringify(planSetup));
  return planSetup;
}

test('a plan lists its steps, with ids of what is there and none of what is still to come', async () => {
  await setUp(stack).keys(['size']);
  const { steps, changes, obstacles, projectId, rights } = await plan({ ...SETUP, keys: [{ ...SETUP.keys[0], default: 4 }] });
  expect({ changes, obstacles, projectId, rights }).toEqual({
    changes: 4,
    obstacles: [],
    projectId: 'shop',
    rights: ['WRITE_SET_UP', 'WRITE_EXPERIENCES'],
  });
  expect(await plan({ version: 2, flags: [] })).toMatchObject({ rights: ['WRITE_EXPERIENCES'] });
  expect(await plan({ version: 2 })).toMatchObject({ rights: ['WRITE_SET_UP'] });
  expect(
    steps.map(({ command, kind, entityId, nodeId, name, sentence }) => ({ command, kind, id: [entityId, nodeId], name, sentence })),
  ).toEqual([
    { command: 'EditKey', kind: 'KEY', id: ['size', 'shop/key/size'], name: 'size', sentence: expect.stringMatching(/default/) },
    { command: 'CreateSegment', kind: 'SEGMENT', id: [null, null], name: 'Miami', sentence: 'created segment *Miami*: city is Miami' },
    { command: 'CreateFlag', kind: 'FLAG', id: [null, null], name: 'Bigger', sentence: 'created flag *Bigger* on key *size*' },
    { command: 'PublishFlag', kind: 'FLAG', id: [null, null], name: 'Bigger', sentence: 'published flag *Bigger*' },
  ]);
  expect(steps[0]).toMatchObject({ before: { default: 3 }, after: { default: 4 } });
});

test('applied, the project is as the file says, read at once, and applied again it takes no event', async () => {
  const { events, cursor } = await accept(stack, ApplySetupDocument, { setup: SETUP });
  expect(events).toBe(4);
  const { flags } = await stack.ask<{ flags: { nodes: unknown[] } }>(
    'query ($at: Cursor) { flags(projectId: "shop", atLeast: $at) { nodes { name status key { name } } } }',
    { at: cursor },
  );
  expect(flags.nodes).toEqual([{ name: 'Bigger', status: 'LIVE', key: { name: 'size' } }]);
  expect(await accept(stack, ApplySetupDocument, { setup: SETUP })).toMatchObject({ events: 0, cursor });
  expect(await plan(SETUP, true)).toMatchObject({ changes: 0, cursor });
});

test('the export is the file again, in one order; of a project that is not there it is refused', async () => {
  const { cursor } = await accept(stack, ApplySetupDocument, { setup: SETUP });
  const { setup } = await stack.ask(SetupDocument, { projectId: 'shop', atLeast: cursor });
  expect(setup).toEqual({
    project: { name: 'Shop', description: '' },
    exclusivity: false,
    ...SETUP,
    goals: [],
    configs: [],
    experiments: [],
  });
  expect(await plan(setup, true)).toMatchObject({ changes: 0 });
  expect(await stack.fail(SetupDocument, { projectId: 'no-such' })).toMatchObject({ code: 'NOT_FOUND' });
});

test('A1 with a command id it happens once, however the project has moved since', async () => {
  const input = { setup: SETUP, commandId: 'once' };
  const { cursor } = await accept(stack, ApplySetupDocument, input);
  await accept(stack, ApplySetupDocument, { setup: { version: 2, flags: [] }, prune: true });
  expect(await accept(stack, ApplySetupDocument, input)).toMatchObject({ cursor, events: 0 });
  expect(await refuse(stack, ApplySetupDocument, { ...input, prune: true })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
});

test('a plan that was seen is applied as long as nothing of it has moved', async () => {
  const { cursor } = await plan(SETUP);
  await setUp(stack).keys(['other']);
  expect(await accept(stack, ApplySetupDocument, { setup: SETUP, plannedAt: cursor })).toMatchObject({ events: 4 });
  const changed = { version: 2, flags: [{ ...SETUP.flags[0], status: 'PAUSED' }] };
  const again = await plan(changed);
  await accept(stack, ApplySetupDocument, { setup: { version: 2, flags: [{ ...SETUP.flags[0], description: 'mine' }] } }, { actor: 'bob' });
  expect(await refuse(stack, ApplySetupDocument, { setup: changed, plannedAt: again.cursor })).toMatchObject({
    code: 'STALE',
    changedBy: { subject: 'bob' },
  });
});

test('obstacles stop it whole, and the plan says why', async () => {
  const { obstacles, steps } = await plan(keys('a', 'b', 'c', 'd'));
  expect(steps).toHaveLength(3);
  expect(obstacles).toEqual([
    {
      command: 'CreateKey',
      kind: 'KEY',
      name: 'd',
      code: 'LIMIT_REACHED',
      message: expect.stringContaining('at most 3 keys'),
      changes: [{ path: 'name', kind: 'ADDED', before: null, after: 'd' }],
      wayOut: expect.stringContaining('raise the limit'),
    },
  ]);
  expect(await refuse(stack, ApplySetupDocument, { setup: keys('a', 'b', 'c', 'd') })).toMatchObject({
    code: 'LIMIT_REACHED',
    limit: 3,
    message: expect.stringMatching(/^Nothing was applied\. key "d":/),
  });
});

test('a file that is wrong is refused with the paths of what is wrong, by plan and apply alike', async () => {
  const wrong = { ...SETUP, keyz: [], version: 2 };
  const problems = [{ path: 'setup.keyz', message: expect.stringContaining('is not known here') }];
  expect(await refuse(stack, ApplySetupDocument, { setup: wrong })).toMatchObject({ code: 'INVALID_INPUT', problems });
  expect(await stack.ask(PlanSetupDocument, { input: { projectId: 'shop', setup: wrong } })).toMatchObject({
    planSetup: { __typename: 'InvalidInput', problems },
  });
  for (const setup of ['version: 2', 7, [], { version: 3 }, { version: 2, keys: { length: 1e9 } }]) {
    expect(await refuse(stack, ApplySetupDocument, { setup })).toMatchObject({ code: 'INVALID_INPUT' });
  }
  expect(await refuse(stack, ApplySetupDocument, { setup: SETUP, reason: 'x'.repeat(501) })).toMatchObject({
    problems: [{ path: 'reason' }],
  });
});

test('numbers that are no JSON, given in the document itself, are refused like any other', async () => {
  const answer = await stack.run(
    'mutation { applySetup(input: { projectId: "shop", setup: { version: 2, keys: [{ name: "a", type: "NUMBER", default: 1e999 }] } }) { __typename ... on InvalidInput { problems { path } } } }',
  );
  expect(answer.data).toEqual({
    applySetup: { __typename: 'InvalidInput', problems: expect.arrayContaining([{ path: 'setup.keys[0].default' }]) },
  });
});

test('a project that is not there is not found, by plan and apply alike', async () => {
  expect(await stack.ask(PlanSetupDocument, { input: { projectId: 'no-such', setup: SETUP } })).toMatchObject({
    planSetup: { __typename: 'NotFound', entityId: 'no-such' },
  });
  expect(await refuse(stack, ApplySetupDocument, { projectId: 'no-such', setup: SETUP })).toMatchObject({ code: 'NOT_FOUND' });
});

test('a cursor of another project, or of a history that is not this one, is a mistake of the request', async () => {
  const { cursor } = await plan(SETUP);
  await stack.ask('mutation { createProject(input: { projectId: "other", name: "O" }) { __typename } }');
  const refusedBy = async (projectId: string, plannedAt: string) =>
    (await stack.fail(ApplySetupDocument, { input: { projectId, setup: SETUP, plannedAt } })).message;
  expect(await refusedBy('other', cursor)).toContain('is a cursor of the project "shop", not of "other"');
  const [, , mark = ''] = Buffer.from(cursor, 'base64url').toString().split(':');
  const place = (text: string): string => Buffer.from(text).toString('base64url');
  for (const foreign of [`shop:9999:${mark}`, `shop:0:${'0'.repeat(16)}`]) {
    expect(await refusedBy('shop', place(foreign))).toContain('is a place that the history of "shop" does not have');
    expect((await stack.fail(SetupDocument, { projectId: 'shop', atLeast: place(foreign) })).code).toBe('BAD_REQUEST');
  }
  expect(await stack.events('other')).toHaveLength(1);
});

test('more than one append can hold is refused whole, with how to split it', async () => {
  const big = (name: string) => ({ name, type: 'STRING', default: 'x'.repeat(30_000) });
  const segments = Array.from({ length: 40 }, (_, number) => ({
    name: `S${number}`,
    rule: { any: Array.from({ length: 30 }, () => ({ property: { name: 'a', operator: 'EQUALS', value: 'x'.repeat(900) } })) },
  }));
  expect(await refuse(stack, ApplySetupDocument, { setup: { version: 2, keys: [big('a')], segments } })).toMatchObject({
    code: 'LIMIT_REACHED',
    message: expect.stringMatching(/ApplySetup would write \d+ bytes at once.* Split the file.*keys, segments and goals; then flags/),
  });
});
