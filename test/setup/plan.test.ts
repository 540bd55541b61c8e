import type { Command } from '../../src/domain/command';
import type { Json } from '../../src/domain/json';
import { entityKey } from '../../src/domain/project-state';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createGoal, createKey, createSegment, IN_MIAMI } from '../fixtures/shop';
import { applied, contentOf, obstaclesOf, planFor, stepsOf } from './project';

const RULE = { property: { name: 'geo.city', operator: 'EQUALS', value: 'Miami' } };

/** One thing of every kind, in words. */
const SHOP: Json = {
  version: 2,
  exclusivity: true,
  keys: [
    { name: 'size', type: 'NUMBER', default: 1 },
    { name: 'color', type: 'STRING', default: 'red' },
  ],
  segments: [{ name: 'Miami', rule: RULE }],
  goals: [{ name: 'Bought', event: 'Purchase' }],
  flags: [{ name: 'Bigger', key: 'size', status: 'LIVE', rows: [{ segment: 'Miami', value: 2 }] }],
  configs: [{ name: 'Look', keys: ['size', 'color'], status: 'PAUSED', rows: [{ values: { color: 'blue' } }] }],
  experiments: [
    {
      name: 'Huge',
      audience: 'miami',
      keys: ['size'],
      goals: ['bought'],
      status: 'RUNNING',
      variants: [
        { name: 'Control', control: true, weight: 50 },
        { name: 'New', weight: 50, values: { size: 9 } },
      ],
    },
  ],
};

const file = (part: object): Json => ({ version: 2, ...part }) as Json;

test('a plan says each step in its order, with what was and what will be, and writes nothing', () => {
  const ledger = Ledger.started();
  const plan = planFor(ledger, SHOP);
  expect(stepsOf(plan)).toEqual([
    'CreateKey size',
    'CreateKey color',
    'CreateSegment Miami',
    'CreateGoal Bought',
    'CreateFlag Bigger',
    'PublishFlag Bigger',
    'CreateConfig Look',
    'PublishConfig Look',
    'PauseConfig Look',
    'CreateExperiment Huge',
    'StartExperiment Huge',
    'EnableExclusivity Mutually exclusive A/B tests',
  ]);
  expect(plan.steps[5]).toMatchObject({
    sentence: 'published flag *Bigger*',
    before: { name: 'Bigger', status: 'DRAFT', rows: [{ segment: 'Miami', percentage: 100, value: 2 }] },
    after: { status: 'LIVE' },
  });
  expect(plan.steps[7]).toMatchObject({ before: { rows: [{ segment: null, values: { color: 'blue' } }] } });
  expect(plan.steps[0]).toMatchObject({ before: null, after: { name: 'size', type: 'NUMBER', default: 1, description: '' } });
  expect(ledger.events).toHaveLength(1);
});

test('applied, the events stand together under one command, and applied again there are none', () => {
  const ledger = Ledger.started();
  const events = applied(ledger, SHOP);
  expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(1);
  expect(new Set(events.map(({ entity: { kind, id } }) => entityKey(kind, id))).size).toBe(8);
  for (const prune of [false, true]) {
    expect(applied(ledger, SHOP, prune)).toEqual([]);
    expect(planFor(ledger, SHOP, prune)).toMatchObject({ steps: [], obstacles: [] });
  }
});

test('what starts with what the same file brings records it as it stands then', () => {
  const ledger = Ledger.started();
  const started = applied(ledger, SHOP).find(({ type }) => type === 'ExperimentStarted');
  expect(started?.data).toMatchObject({ audience: { name: 'Miami', version: 1 } });
});

test('planning again gives the same facts, so that a command decided anew on the same state is the same', () => {
  const [one, other] = [Ledger.started(), Ledger.started()];
  expect(applied(one, SHOP)).toEqual(applied(other, SHOP));
});

describe('a file that cannot be, as far as the project goes', () => {
  test('is refused with a path for each problem, and nothing else is looked at', () => {
    const wrong = file({ keys: [{ name: 'k', type: 'NUMBER', default: 'x' }], flags: [{ name: 'F', key: 'none', rows: [] }] });
    expect(Ledger.started().refuse({ type: 'ApplySetup', setup: wrong, prune: false })).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: 'setup.keys.0.default' }, { path: 'setup.flags.0.key' }],
    });
    expect(Ledger.started().refuse({ type: 'ApplySetup', setup: [], prune: false })).toMatchObject({ problems: [{ path: 'setup' }] });
  });

  test('may name what the project has, but for what is archived', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'size');
    const id = createSegment(ledger, 'Miami', IN_MIAMI);
    const flags = file({ flags: [{ name: 'Bigger', key: 'size', rows: [{ segment: 'MIAMI', value: 2 }] }] });
    applied(ledger, flags);
    expect([...ledger.state.flags.values()][0]?.rows[0]?.segment).toBe(id);
    ledger.accept({ type: 'ArchiveFlag', id: [...ledger.state.flags.keys()][0]! });
    ledger.accept({ type: 'ArchiveSegment', id });
    expect(ledger.refuse({ type: 'ApplySetup', setup: flags, prune: false })).toMatchObject({
      problems: [
        {
          path: 'setup.flags.0.rows.0.segment',
          message: 'the segment "MIAMI" is archived: list it under segments, or restore it first',
        },
      ],
    });
    ledger.accept({ type: 'ArchiveKey', name: 'size' });
    expect(ledger.refuse({ type: 'ApplySetup', setup: file({ flags: [{ name: 'Bigger', key: 'size' }] }), prune: false })).toMatchObject({
      problems: [{ path: 'setup.flags.0.key', message: 'the key "size" is archived: list it under keys, or restore it first' }],
    });
  });

  test('finds no project where there is none', () => {
    expect(new Ledger('gone').refuse({ type: 'ApplySetup', setup: SHOP, prune: false })).toMatchObject({ code: 'NOT_FOUND', id: 'gone' });
  });
});

describe('keys', () => {
  test('that are archived come back by name, with what the file says of them', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'size');
    ledger.accept({ type: 'ArchiveKey', name: 'size' });
    const keys = file({ keys: [{ name: 'size', type: 'NUMBER', default: 7 }] });
    expect(stepsOf(planFor(ledger, keys))).toEqual(['RestoreKey size', 'EditKey size']);
    applied(ledger, keys);
    expect(ledger.state.keys.get('size')).toMatchObject({ archived: false, defaultValue: 7 });
  });

  test('said to be archived go when nothing uses them any more, as they are, and without prune', () => {
    const ledger = Ledger.started();
    for (const name of ['size', 'spare']) createKey(ledger, name);
    createConfig(ledger, 'Look', ['size', 'spare']);
    const retired = { name: 'spare', type: 'NUMBER', default: 99, archived: true };
    const plan = planFor(ledger, file({ keys: [retired], configs: [{ name: 'Look', keys: ['size'] }] }));
    expect(stepsOf(plan)).toEqual(['EditConfig Look', 'ArchiveKey spare']);
    expect(obstaclesOf(planFor(ledger, file({ keys: [retired] })))).toEqual([
      expect.stringMatching(/^ArchiveKey spare: IN_USE .*config "Look"/),
    ]);
    expect(planFor(Ledger.started(), file({ keys: [retired] }))).toMatchObject({ steps: [], obstacles: [] });
  });

  test('K2 never change their type', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'size');
    const [obstacle] = obstaclesOf(planFor(ledger, file({ keys: [{ name: 'size', type: 'STRING', default: '' }] })));
    expect(obstacle).toMatch(/^EditKey size: ILLEGAL_STATE .*NUMBER for ever.*another name/);
  });

  test('K4 find the room that pruning makes, unless something still sits there', () => {
    const ledger = Ledger.started({ keys: 2 });
    for (const name of ['old', 'older']) createKey(ledger, name);
    const keys = file({ keys: ['new', 'newer'].map((name) => ({ name, type: 'BOOLEAN', default: true })) });
    expect(obstaclesOf(planFor(ledger, keys))).toEqual([
      expect.stringMatching(/^CreateKey new: LIMIT_REACHED/),
      expect.stringMatching(/^CreateKey newer: LIMIT_REACHED/),
    ]);
    expect(stepsOf(planFor(ledger, keys, true))).toEqual(['ArchiveKey old', 'ArchiveKey older', 'CreateKey new', 'CreateKey newer']);
    createFlag(ledger, 'Holds', 'old');
    expect(obstaclesOf(planFor(ledger, keys, true))).toHaveLength(2);
  });
});

test('names that differ only in how they are written are the same, and are written as the file says', () => {
  const ledger = Ledger.started();
  const id = createSegment(ledger, 'miami', IN_MIAMI);
  const plan = planFor(ledger, file({ segments: [{ name: 'MIAMI', rule: RULE }] }), true);
  expect(plan.steps).toMatchObject([{ command: 'EditSegment', entity: { id }, before: { name: 'miami' }, after: { name: 'MIAMI' } }]);
});

test('G1 what a goal measures that an experiment has started with is an obstacle, and its name and description are not', () => {
  const ledger = Ledger.started();
  createKey(ledger, 'size');
  const goal = createGoal(ledger, 'Bought');
  const experiment = createExperiment(ledger, 'Huge', ['size'], { goals: [goal] });
  ledger.accept({ type: 'StartExperiment', id: experiment });
  expect(stepsOf(planFor(ledger, file({ goals: [{ name: 'BOUGHT', event: 'Purchase', description: 'x' }] })))).toEqual(['EditGoal BOUGHT']);
  expect(obstaclesOf(planFor(ledger, file({ goals: [{ name: 'Bought', event: 'Order' }] })))).toEqual([
    expect.stringMatching(/^EditGoal Bought: (ILLEGAL_STATE|IN_USE)/),
  ]);
});

describe('prune', () => {
  test('archives what a list does not name, users first, and leaves a kind alone whose list is absent', () => {
    const ledger = Ledger.started();
    applied(ledger, SHOP);
    expect(stepsOf(planFor(ledger, file({ flags: [] }), true))).toEqual(['ArchiveFlag Bigger']);
    expect(planFor(ledger, file({ flags: [] }))).toMatchObject({ steps: [], obstacles: [] });
    const nothing = file({ keys: [], segments: [], goals: [], flags: [], configs: [], experiments: [] });
    expect(stepsOf(planFor(ledger, nothing, true))).toEqual([
      'StopExperiment Huge',
      'ArchiveExperiment Huge',
      'ArchiveFlag Bigger',
      'ArchiveConfig Look',
      'ArchiveGoal Bought',
      'ArchiveSegment Miami',
      'ArchiveKey size',
      'ArchiveKey color',
    ]);
    applied(ledger, nothing, true);
    expect(contentOf(ledger)).toMatchObject({ keys: [], segments: [], goals: [], flags: [], configs: [], experiments: [] });
  });

  test('cannot archive what something uses whose list is absent', () => {
    const ledger = Ledger.started();
    applied(ledger, SHOP);
    const plan = planFor(ledger, file({ segments: [] }), true);
    expect(obstaclesOf(plan)).toEqual([expect.stringMatching(/^ArchiveSegment Miami: IN_USE .*flag "Bigger".*experiment "Huge"/)]);
  });

  test('leaves stopped experiments, which are results', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'size');
    const id = createExperiment(ledger, 'Done', ['size']);
    ledger.accept({ type: 'StartExperiment', id });
    ledger.accept({ type: 'StopExperiment', id });
    expect(stepsOf(planFor(ledger, file({ keys: [], experiments: [] }), true))).toEqual(['ArchiveKey size']);
    expect(contentOf(ledger)).toMatchObject({ experiments: [] });
  });
});

describe('stale', () => {
  const story = () => {
    const ledger = Ledger.started();
    applied(ledger, SHOP);
    return { ledger, plannedAt: ledger.state.head.revision };
  };
  const bigger = file({ keys: [{ name: 'size', type: 'NUMBER', default: 5 }] });

  test('what the plan touches has moved: refused, with who moved it', () => {
    const { ledger, plannedAt } = story();
    ledger.accept({ type: 'EditKey', name: 'size', description: 'mine' }, { actor: { id: 'bob', kind: 'user' } });
    expect(ledger.refuse({ type: 'ApplySetup', setup: bigger, prune: false, plannedAt })).toMatchObject({
      code: 'STALE',
      changedBy: { id: 'bob', kind: 'user' },
      currentVersion: 2,
    });
    expect(applied(ledger, bigger)).toHaveLength(2);
  });

  const NEW_EXPERIMENT = {
    name: 'Small',
    keys: ['size'],
    variants: [
      { name: 'A', control: true, weight: 50 },
      { name: 'B', weight: 50, values: { size: 2 } },
    ],
  };
  const idOf = (things: Iterable<{ readonly id: string; readonly name: string }>, name: string): string =>
    [...things].find((one) => one.name === name)?.id ?? '';
  const flags = file({ flags: [{ name: 'Bigger', key: 'size', status: 'PAUSED', rows: [{ segment: 'Miami', value: 2 }] }] });
  const look = file({ configs: [{ name: 'Look', keys: ['size', 'color'], status: 'LIVE', rows: [{ values: { color: 'blue' } }] }] });
  const smaller = file({ experiments: [{ ...NEW_EXPERIMENT, audience: 'Miami', goals: ['Bought'] }] });
  const moves: readonly (readonly [what: string, setup: Json, move: (ledger: Ledger) => Command])[] = [
    ['the key of a flag', flags, () => ({ type: 'EditKey', name: 'size', description: 'x' })],
    ['the segment of a row', flags, ({ state }) => ({ type: 'EditSegment', id: idOf(state.segments.values(), 'Miami'), description: 'x' })],
    ['the flag itself, archived', flags, ({ state }) => ({ type: 'ArchiveFlag', id: idOf(state.flags.values(), 'Bigger') })],
    ['the flag itself, renamed', flags, ({ state }) => ({ type: 'EditFlag', id: idOf(state.flags.values(), 'Bigger'), name: 'Larger' })],
    ['a key of a config', look, () => ({ type: 'EditKey', name: 'color', description: 'x' })],
    [
      'a config, archived, of which the file says what it was',
      file({ configs: [{ name: 'LOOK', keys: ['size', 'color'], status: 'PAUSED', rows: [{ values: { color: 'blue' } }] }] }),
      ({ state }) => ({ type: 'ArchiveConfig', id: idOf(state.configs.values(), 'Look') }),
    ],
    ['a goal of an experiment', smaller, ({ state }) => ({ type: 'EditGoal', id: idOf(state.goals.values(), 'Bought'), description: 'x' })],
    [
      'the audience of an experiment',
      smaller,
      ({ state }) => ({ type: 'EditSegment', id: idOf(state.segments.values(), 'Miami'), description: 'x' }),
    ],
    ['the setting that says whether a new experiment is exclusive', smaller, () => ({ type: 'DisableExclusivity' })],
  ];
  test.each(moves)('%s has moved: refused', (_what, setup, move) => {
    const { ledger, plannedAt } = story();
    ledger.accept(move(ledger), { actor: { id: 'bob', kind: 'user' } });
    expect(ledger.refuse({ type: 'ApplySetup', setup, prune: false, plannedAt })).toMatchObject({
      code: 'STALE',
      changedBy: { id: 'bob', kind: 'user' },
    });
    expect(ledger.submit({ type: 'ApplySetup', setup, prune: false, plannedAt: ledger.state.head.revision })).not.toMatchObject({
      code: 'STALE',
    });
  });

  test('what had a name gave it up before the plan was made, or something else of the same kind moved: applied', () => {
    const { ledger } = story();
    const id = idOf(ledger.state.flags.values(), 'Bigger');
    ledger.accept({ type: 'ArchiveFlag', id });
    const plannedAt = ledger.state.head.revision;
    const other = createSegment(ledger, 'Elsewhere', IN_MIAMI);
    createFlag(ledger, 'Other', 'color', { rows: [{ segment: other, percentage: 10_000, value: 'x' }] });
    createGoal(ledger, 'Left', 'Quit');
    ledger.accept({ type: 'EnableExclusivity' });
    ledger.accept({ type: 'EditKey', name: 'color', description: 'x' });
    expect(ledger.accept({ type: 'ApplySetup', setup: flags, prune: false, plannedAt })).not.toEqual([]);
  });

  test('what it does not touch has moved: applied', () => {
    const { ledger, plannedAt } = story();
    ledger.accept({ type: 'EditKey', name: 'color', description: 'mine' });
    expect(ledger.accept({ type: 'ApplySetup', setup: bigger, prune: false, plannedAt })).toHaveLength(1);
  });

  test('someone has done it already, or someone else has created the name: nothing, and stale', () => {
    const { ledger, plannedAt } = story();
    ledger.accept({ type: 'EditKey', name: 'size', defaultValue: 5 });
    expect(ledger.accept({ type: 'ApplySetup', setup: bigger, prune: false, plannedAt })).toEqual([]);
    createGoal(ledger, 'Left', 'Quit');
    const goals = file({ goals: [{ name: 'left', event: 'Leave' }] });
    expect(ledger.refuse({ type: 'ApplySetup', setup: goals, prune: false, plannedAt })).toMatchObject({ code: 'STALE' });
  });

  test('it moved to where the plan can no longer go: stale, before the obstacle is reported', () => {
    const { ledger, plannedAt } = story();
    const [id] = [...ledger.state.flags.keys()] as [string];
    ledger.accept({ type: 'ArchiveFlag', id });
    createFlag(ledger, 'Bigger', 'size');
    const draft = file({ flags: [{ name: 'Bigger', key: 'color' }] });
    expect(ledger.refuse({ type: 'ApplySetup', setup: draft, prune: false, plannedAt })).toMatchObject({ code: 'STALE' });
  });
});

test('obstacles are reported all together in a plan, up to fifty, and the first with their number by apply', () => {
  const ledger = Ledger.started();
  const keys = Array.from({ length: 60 }, (_, number) => `k${number}`);
  for (const name of keys) createKey(ledger, name);
  const wrong = file({ keys: keys.map((name) => ({ name, type: 'BOOLEAN', default: true })) });
  expect(planFor(ledger, wrong).obstacles).toHaveLength(50);
  const before = ledger.events.length;
  expect(ledger.refuse({ type: 'ApplySetup', setup: wrong, prune: false })).toMatchObject({
    code: 'ILLEGAL_STATE',
    message: expect.stringMatching(/^Nothing was applied\. key "k0": .* 49 more would be refused too/),
  });
  expect(ledger.events).toHaveLength(before);
});
