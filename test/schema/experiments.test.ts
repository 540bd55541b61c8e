import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { globalId } from '../fixtures/ids';
import { accept, refuse } from '../fixtures/mutation';
import { IN_MIAMI, reads, setUp } from '../fixtures/set-up';
import { Stack } from '../fixtures/stack';
import {
  ArchiveExperimentDocument,
  ArchiveGoalDocument,
  ArchiveKeyDocument,
  CreateExperimentDocument,
  DisableExclusivityDocument,
  EditExperimentDocument,
  EditSegmentDocument,
  EnableExclusivityDocument,
  ExperimentDocument,
  ExperimentsDocument,
  ChangeExperimentTrafficDocument,
  RaiseExperimentTrafficDocument,
  RestoreExperimentDocument,
  RollOutExperimentDocument,
  StartExperimentDocument,
  StopExperimentDocument,
  type ArchiveExperimentMutation,
  type CreateExperimentInput,
  type ExperimentInput,
  type ExperimentsQueryVariables,
  type RestoreExperimentMutation,
  type StartExperimentMutation,
  type StopExperimentMutation,
} from '../generated/operations';

/** A mutation that needs nothing but an experiment. */
type ExperimentMutation = TypedDocumentNode<
  StartExperimentMutation | StopExperimentMutation | ArchiveExperimentMutation | RestoreExperimentMutation,
  { input: ExperimentInput }
>;
const MOVES: { readonly [move in 'start' | 'stop' | 'archive' | 'restore']: ExperimentMutation } = {
  start: StartExperimentDocument,
  stop: StopExperimentDocument,
  archive: ArchiveExperimentDocument,
  restore: RestoreExperimentDocument,
};

let stack: Stack;
beforeEach(async () => {
  stack = await Stack.start({ limits: { experiments: 4, runningExperiments: 2 } });
  await setUp(stack).keys(['size', 'width']);
});
afterEach(() => stack.stop());

const variants = (key = 'size', weights = [50, 50]) => [
  { name: 'Control', control: true, weight: weights[0]! },
  { name: 'Wide', weight: weights[1]!, values: [{ key, value: 9 }] },
];
const create = (name: string, more: Partial<CreateExperimentInput> = {}) =>
  accept(stack, CreateExperimentDocument, { name, keys: ['size'], variants: variants(), ...more });
/** Also where it can take no user (X6). */
const move = (name: keyof typeof MOVES, id: string) => accept(stack, MOVES[name], { id, acknowledge: { noReach: true } });
const running = async (name: string, more: Partial<CreateExperimentInput> = {}) => move('start', (await create(name, more)).id);
const count = async (): Promise<number> => (await stack.events()).length;
const read = async (id: string) => (await stack.ask(ExperimentDocument, { projectId: 'shop', id })).experiment;
const illegal = { code: 'ILLEGAL_STATE' };

describe('a draft', () => {
  test('E3 has an audience, traffic, variants with ids, keys and goals', async () => {
    const [audience, goal] = [await setUp(stack).segment('New Yorkers'), await setUp(stack).goal('Buy')];
    const experiment = await create('Wider?', { audienceId: audience, goalIds: [goal], traffic: 20, description: 'x' });
    expect(experiment).toMatchObject({
      name: 'Wider?',
      description: 'x',
      status: 'DRAFT',
      exclusive: false,
      traffic: 20,
      version: 1,
      audience: { id: audience, name: 'New Yorkers' },
      keys: [{ name: 'size', type: 'NUMBER' }],
      goals: [{ id: goal, name: 'Buy', archived: false }],
      variants: [
        { variant: 'v1', name: 'Control', control: true, weight: 50, values: [] },
        { variant: 'v2', name: 'Wide', control: false, weight: 50, values: [{ key: 'size', value: 9 }] },
      ],
      started: null,
      sticky: true,
      rolledOut: null,
    });
    expect(await read(experiment.id)).toEqual({ ...experiment, __typename: undefined });
    expect(await read(globalId('experiment', 'nothing'))).toBeNull();
    expect(await create('Plain')).toMatchObject({ audience: null, traffic: 100, goals: [] });
  });

  test('A4 an edit changes what it names and leaves the rest; for the audience null is no silence, but everyone', async () => {
    const [audience, goal] = [await setUp(stack).segment('New Yorkers'), await setUp(stack).goal('Buy')];
    const { id } = await create('Wider?', { audienceId: audience, goalIds: [goal], traffic: 20 });
    const named = await accept(stack, EditExperimentDocument, { id, name: 'Wide?' });
    expect(named).toMatchObject({ name: 'Wide?', traffic: 20, audience: { id: audience }, goals: [{ id: goal }] });
    const everyone = await accept(stack, EditExperimentDocument, { id, audienceId: null });
    expect(everyone).toMatchObject({ name: 'Wide?', audience: null, traffic: 20 });
    const redone = await accept(stack, EditExperimentDocument, {
      id,
      audienceId: audience,
      traffic: 1,
      goalIds: [],
      keys: ['width'],
      variants: [
        { name: 'New', weight: 0.01, values: [{ key: 'width', value: 1 }] },
        { ...variants()[0]!, variant: 'v1', weight: 99.99 },
      ],
      expectedVersion: everyone.version,
    });
    expect(redone).toMatchObject({
      audience: { id: audience },
      traffic: 1,
      goals: [],
      keys: [{ name: 'width' }],
      variants: [
        { variant: 'v3', weight: 0.01 },
        { variant: 'v1', weight: 99.99 },
      ],
    });
    const before = await count();
    expect(await accept(stack, EditExperimentDocument, { id, traffic: 1, goalIds: [] })).toEqual(redone);
    expect(await count()).toBe(before);
  });

  test('A1 a repeated command answers its first result and appends nothing; with another input it is refused', async () => {
    const first = await create('Wider?', { commandId: 'c1' });
    const before = await count();
    expect(await create('Wider?', { commandId: 'c1' })).toEqual(first);
    expect(await count()).toBe(before);
    const other = { name: 'Wider?', keys: ['size'], variants: variants(), traffic: 0.01, commandId: 'c1' };
    expect(await refuse(stack, CreateExperimentDocument, other)).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });
});

describe('once it has started', () => {
  test('S3 it keeps the audience that it started with, in words too, whatever becomes of the segment', async () => {
    const audience = await setUp(stack).segment('New Yorkers');
    const { id, started, status } = await running('Wider?', { audienceId: audience });
    expect(status).toBe('RUNNING');
    expect(started?.audience).toMatchObject({ name: 'New Yorkers', version: 1, ruleText: expect.stringContaining('New York') });
    await accept(stack, EditSegmentDocument, { id: audience, name: 'Floridians', rule: IN_MIAMI });
    const later = await read(id);
    expect(later).toMatchObject({
      audience: { name: 'Floridians' },
      started: { ...started, audience: { segment: { name: 'Floridians' } } },
    });
    expect(later?.started?.audience).toEqual({ ...started?.audience, segment: { id: audience, name: 'Floridians' } });
    const typed = 'query ($id: ID!) { experiment(id: $id) { started { audience { ruleNodes { path kind text } } } } }';
    expect(await stack.ask(typed, { id })).toEqual({
      experiment: { started: { audience: { ruleNodes: [{ path: 'rule', kind: 'PROPERTY', text: 'city is New York' }] } } },
    });
    expect(later?.started?.revision).toBe((await stack.events()).find(({ type }) => type === 'ExperimentStarted')?.revision);
  });

  test('E4 its traffic goes up and down, as often as one likes', async () => {
    const { id, started } = await running('First', { traffic: 10 });
    expect(started).toMatchObject({ audience: null, holdouts: [] });
    expect(await accept(stack, RaiseExperimentTrafficDocument, { id, traffic: 30.01 })).toMatchObject({ traffic: 30.01 });
    expect(await accept(stack, ChangeExperimentTrafficDocument, { id, traffic: 5 })).toMatchObject({ traffic: 5 });
    expect(await refuse(stack, RaiseExperimentTrafficDocument, { id, traffic: 4 })).toMatchObject({ code: 'ILLEGAL_STATE' });
  });

  test('X8 its start records the holdout that is active', async () => {
    const input = { projectId: 'shop', name: 'Autumn', share: 5 };
    await stack.ask('mutation ($input: CreateHoldoutInput!) { createHoldout(input: $input) { __typename } }' as never, { input } as never);
    expect((await running('Held?')).started?.holdouts).toEqual([{ name: 'Autumn', share: 5 }]);
  });

  test('E4 only name, description and goals to add can change, and traffic upwards by raising it', async () => {
    const goals = [await setUp(stack).goal('Buy'), await setUp(stack).goal('Look', 'View')];
    const { id } = await running('Wider?', { goalIds: [goals[0]!], traffic: 50 });
    const edited = await accept(stack, EditExperimentDocument, { id, name: 'Wide?', description: 'x', goalIds: goals });
    expect(edited).toMatchObject({ name: 'Wide?', description: 'x', goals: [{ id: goals[0] }, { id: goals[1] }] });
    const audience = await setUp(stack).segment('New Yorkers');
    for (const change of [{ goalIds: [] }, { traffic: 60 }, { audienceId: audience }, { variants: variants('size', [0.01, 99.99]) }]) {
      expect(await refuse(stack, EditExperimentDocument, { id, ...change })).toMatchObject(illegal);
    }
    expect(await refuse(stack, RaiseExperimentTrafficDocument, { id, traffic: 49.99 })).toMatchObject(illegal);
    const tooMuch = await refuse(stack, RaiseExperimentTrafficDocument, { id, traffic: 100.01 });
    expect(tooMuch).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'traffic' }] });
    for (const traffic of [0.001, 12.345, 1e9]) {
      const refusal = { code: 'INVALID_INPUT', message: 'traffic: must be a percentage from 0 to 100 with at most two decimals' };
      expect(await refuse(stack, EditExperimentDocument, { id, traffic })).toMatchObject(refusal);
      expect(await refuse(stack, RaiseExperimentTrafficDocument, { id, traffic })).toMatchObject(refusal);
    }
  });

  test('G3 its goals stay readable when they are archived after its end', async () => {
    const goal = await setUp(stack).goal('Buy');
    const { id } = await running('Wider?', { goalIds: [goal] });
    await move('stop', id);
    await accept(stack, ArchiveGoalDocument, { id: goal });
    expect(await read(id)).toMatchObject({ status: 'STOPPED', goals: [{ id: goal, name: 'Buy', archived: true }] });
  });

  test('a roll-out names its variant, until it is archived and restored', async () => {
    const { id } = await running('Wider?');
    const rolledOut = await accept(stack, RollOutExperimentDocument, { id, variant: 'v2' });
    expect(rolledOut).toMatchObject({
      status: 'ROLLED_OUT',
      rolledOut: { variant: { variant: 'v2', name: 'Wide', values: [{ key: 'size', value: 9 }] } },
    });
    expect(rolledOut.rolledOut?.revision).toBe((await stack.events()).at(-1)?.revision);
    expect(await move('archive', id)).toMatchObject({ status: 'ARCHIVED', archivedFrom: 'ROLLED_OUT' });
    expect(await move('restore', id)).toMatchObject({ status: 'STOPPED', archivedFrom: null, rolledOut: null });
  });
});

describe('its life', () => {
  test('E4 a draft comes back from the archive as a draft; what was stopped, as stopped; A3 what is done already is no event', async () => {
    const { id } = await create('Wider?');
    const path = [
      ['archive', 'ARCHIVED', 'DRAFT'],
      ['restore', 'DRAFT', null],
      ['start', 'RUNNING', null],
      ['stop', 'STOPPED', null],
      ['archive', 'ARCHIVED', 'STOPPED'],
      ['restore', 'STOPPED', null],
    ] as const;
    for (const [name, status, archivedFrom] of path) {
      expect(await move(name, id)).toMatchObject({ status, archivedFrom });
      const before = await count();
      expect(await move(name, id)).toMatchObject({ status, archivedFrom });
      expect(await count()).toBe(before);
    }
  });

  test('E4 what a status does not allow is refused', async () => {
    const { id } = await create('Wider?');
    const rollOut = { id, variant: 'v2' };
    const raise = { id, traffic: 99.99 };
    const refuseAll = async (...names: (keyof typeof MOVES)[]) => {
      for (const name of names) expect(await refuse(stack, MOVES[name], { id })).toMatchObject(illegal);
    };
    await accept(stack, EditExperimentDocument, { id, traffic: 50 });
    await refuseAll('stop');
    expect(await refuse(stack, RollOutExperimentDocument, rollOut)).toMatchObject(illegal);
    expect(await refuse(stack, RaiseExperimentTrafficDocument, raise)).toMatchObject(illegal);
    await move('start', id);
    await refuseAll('archive');
    await move('stop', id);
    await refuseAll('start');
    expect(await refuse(stack, RollOutExperimentDocument, rollOut)).toMatchObject(illegal);
    expect(await refuse(stack, RaiseExperimentTrafficDocument, raise)).toMatchObject(illegal);
    await move('archive', id);
    await refuseAll('start', 'stop');
    expect(await refuse(stack, EditExperimentDocument, { id, name: 'x' })).toMatchObject(illegal);
  });

  test('A2 anyone who saw another version is refused, and of what is not there nothing can be changed', async () => {
    const { id } = await create('Wider?');
    await accept(stack, EditExperimentDocument, { id, description: 'x' }, { actor: 'bob' });
    const stale = { code: 'STALE', currentVersion: 2, changedBy: { subject: 'bob' } };
    const missing = { code: 'NOT_FOUND', kind: 'EXPERIMENT', entityId: 'nothing' };
    const old = { id, expectedVersion: 1 };
    const absent = { id: globalId('experiment', 'nothing') };
    for (const document of Object.values(MOVES)) {
      expect(await refuse(stack, document, old)).toMatchObject(stale);
      expect(await refuse(stack, document, absent)).toMatchObject(missing);
    }
    for (const [which, refusal] of [
      [old, stale],
      [absent, missing],
    ] as const) {
      expect(await refuse(stack, EditExperimentDocument, { ...which, name: 'x' })).toMatchObject(refusal);
      expect(await refuse(stack, RaiseExperimentTrafficDocument, { ...which, traffic: 0.01 })).toMatchObject(refusal);
      expect(await refuse(stack, RollOutExperimentDocument, { ...which, variant: 'v2' })).toMatchObject(refusal);
    }
  });
});

describe('X1-X3 mutually exclusive A/B tests', () => {
  test('X3 off: an experiment is exclusive only if it asks for it', async () => {
    expect(await create('Open')).toMatchObject({ exclusive: false });
    expect(await create('Closed', { exclusive: true })).toMatchObject({ exclusive: true });
  });

  test('X3 on: every new one is exclusive, and asking for the contrary is refused', async () => {
    await accept(stack, EnableExclusivityDocument, {});
    expect(await create('One')).toMatchObject({ exclusive: true });
    expect(await create('Two', { exclusive: true })).toMatchObject({ exclusive: true });
    const open = { name: 'Three', keys: ['size'], variants: variants(), exclusive: false };
    expect(await refuse(stack, CreateExperimentDocument, open)).toMatchObject({
      ...illegal,
      message: expect.stringContaining('Mutually exclusive'),
    });
  });

  test('X1, X2 the setting is read when an experiment is created, recorded in that event, and changes none that is there', async () => {
    const open = await create('Open');
    await accept(stack, EnableExclusivityDocument, {});
    const closed = await create('Closed');
    await accept(stack, DisableExclusivityDocument, {});
    expect(await create('Open again')).toMatchObject({ exclusive: false });
    expect([await read(open.id), await read(closed.id)]).toMatchObject([{ exclusive: false }, { exclusive: true }]);
    const recorded = (await stack.events()).filter(({ type }) => type === 'ExperimentCreated').map(({ data }) => data);
    expect(recorded).toMatchObject([{ setting: false }, { setting: true }, { setting: false }]);
  });
});

describe('what an experiment is refused for', () => {
  const paths = async (more: Partial<CreateExperimentInput>) => {
    const refusal = await refuse(stack, CreateExperimentDocument, { name: 'x', keys: ['size'], variants: variants(), ...more });
    if (!('problems' in refusal)) throw new Error(`not for its input: ${refusal.code}`);
    return refusal.problems.map(({ path }) => path);
  };

  test('bad input, all of it, at the paths of the input', async () => {
    expect(
      await paths({
        audienceId: globalId('segment', 'nothing'),
        goalIds: [globalId('goal', 'nothing')],
        traffic: -1,
        keys: ['nothing'],
        name: '\u0000',
      }),
    ).toEqual(['name', 'audienceId', 'traffic', 'keys[0]', 'goalIds[0]', 'variants[1].values[0].key']);
    expect(await paths({ goalIds: [...'123456'].map((id) => globalId('goal', id)), keys: [] })).toEqual([
      'keys',
      'goalIds',
      'variants[1].values',
    ]);
    expect(await paths({ variants: variants().slice(1) })).toEqual(['variants']);
    expect(await paths({ variants: variants('size', [50, 49.99]) })).toEqual(['variants']);
    expect(await paths({ variants: variants().map((variant) => ({ ...variant, control: false })) })).toEqual(['variants[0].values']);
    const { id } = await create('Wider?');
    expect(await refuse(stack, EditExperimentDocument, { id, audienceId: globalId('segment', 'nothing') })).toMatchObject({
      message: expect.stringMatching(/^audienceId: /),
      problems: [{ path: 'audienceId' }],
    });
    await move('start', id);
    for (const variant of ['v1', 'v9']) {
      expect(await refuse(stack, RollOutExperimentDocument, { id, variant })).toMatchObject({ problems: [{ path: 'variant' }] });
    }
  });

  test('E6 a name that another experiment has', async () => {
    await create('Wider?');
    const { id } = await create('Other');
    const taken = { code: 'ALREADY_EXISTS', existing: { kind: 'EXPERIMENT', name: 'Wider?' } };
    expect(await refuse(stack, CreateExperimentDocument, { name: 'WIDER?', keys: ['size'], variants: variants() })).toMatchObject(taken);
    expect(await refuse(stack, EditExperimentDocument, { id, name: 'wider?' })).toMatchObject(taken);
  });

  test('E5 a key that is archived, also where a draft comes back from the archive', async () => {
    const { id } = await create('Wider?');
    await move('archive', id);
    await accept(stack, ArchiveKeyDocument, { name: 'size' });
    expect(await refuse(stack, RestoreExperimentDocument, { id })).toMatchObject(illegal);
    expect(await paths({})).toEqual(['keys[0]']);
  });

  test('K7 not for a key that another experiment has', async () => {
    await create('One');
    expect(await create('Two')).toMatchObject({ keys: [{ name: 'size' }] });
  });

  test('more experiments than a project may have, or may run at one time', async () => {
    const limit = { code: 'LIMIT_REACHED' };
    const { id } = await create('0');
    await move('archive', id);
    await running('1', { traffic: 1 });
    await running('2');
    const third = await create('3');
    expect(await refuse(stack, StartExperimentDocument, { id: third.id })).toMatchObject({ ...limit, limit: 2 });
    await create('4');
    expect(await refuse(stack, CreateExperimentDocument, { name: '5', keys: ['size'], variants: variants() })).toMatchObject({
      ...limit,
      limit: 4,
    });
    expect(await refuse(stack, RestoreExperimentDocument, { id })).toMatchObject({ ...limit, limit: 4 });
  });
});

describe('lists of experiments', () => {
  const list = async (args: Partial<ExperimentsQueryVariables> = {}) =>
    (await stack.ask(ExperimentsDocument, { projectId: 'shop', ...args })).experiments!;
  const names = async (args: Partial<ExperimentsQueryVariables> = {}) => (await list(args)).edges.map(({ node }) => node.name);

  test('hold those in the given statuses, page by page', async () => {
    await create('a draft');
    await running('b running');
    await move('stop', (await running('c stopped')).id);
    await move('archive', (await create('d archived')).id);
    expect(await names()).toEqual(['a draft', 'b running', 'c stopped']);
    expect(await names({ status: ['RUNNING', 'STOPPED'] })).toEqual(['b running', 'c stopped']);
    expect(await names({ status: ['ROLLED_OUT'] })).toEqual([]);
    expect(await names({ status: ['ARCHIVED'] })).toEqual(['d archived']);
    const page = await list({ first: 2, direction: 'DESCENDING', archived: 'INCLUDE' });
    expect(page).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true } });
    expect(page.edges.map(({ node }) => node.name)).toEqual(['d archived', 'c stopped']);
    expect(await names({ direction: 'DESCENDING', archived: 'INCLUDE', after: page.pageInfo.endCursor })).toEqual(['b running', 'a draft']);
  });

  test('read the keys, goals and segments of all of them at once', async () => {
    const segments = [await setUp(stack).segment('One'), await setUp(stack).segment('Two')];
    const goals = [await setUp(stack).goal('Buy'), await setUp(stack).goal('Look', 'View')];
    for (const [index, audienceId] of [...segments, ...segments].entries()) {
      await create(`${index}`, { audienceId, goalIds: goals, keys: ['size', 'width'] });
    }
    expect(await reads(stack, () => list())).toEqual({ keys: 1, goals: 1, segments: 1 });
    const [one, two] = (await list()).edges;
    await move('start', one!.node.id);
    await move('start', two!.node.id);
    // The segments as they are now and those behind the frozen audiences are asked for at two depths of the answer.
    expect((await reads(stack, () => list()))['segments']).toBeLessThanOrEqual(2);
  });
});
