import type { Json } from '../../src/domain/json';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createGoal, createKey, createSegment, variantsFor } from '../fixtures/shop';
import { applied, contentOf, obstaclesOf, planFor, stepsOf } from './project';

const file = (part: object): Json => ({ version: 2, ...part }) as Json;

/** A project with number keys. */
function withKeys(...names: string[]): Ledger {
  const ledger = Ledger.started();
  for (const name of names) createKey(ledger, name);
  return ledger;
}

describe.each(['flag', 'config'] as const)('the status of a %s', (kind) => {
  const suffix = kind === 'flag' ? 'Flag' : 'Config';
  const part = (status: string): Json =>
    file(kind === 'flag' ? { flags: [{ name: 'It', key: 'size', status }] } : { configs: [{ name: 'It', keys: ['size'], status }] });

  test.each([
    ['DRAFT', 'DRAFT', []],
    ['DRAFT', 'LIVE', ['Publish']],
    ['DRAFT', 'PAUSED', ['Publish', 'Pause']],
    ['LIVE', 'LIVE', []],
    ['LIVE', 'PAUSED', ['Pause']],
    ['PAUSED', 'LIVE', ['Resume']],
    ['PAUSED', 'PAUSED', []],
  ])('E4 from %s to %s takes %j', (from, to, verbs) => {
    const ledger = withKeys('size');
    applied(ledger, part(from));
    expect(stepsOf(planFor(ledger, part(to)))).toEqual(verbs.map((verb) => `${verb}${suffix} It`));
    applied(ledger, part(to));
    expect(planFor(ledger, part(to))).toMatchObject({ steps: [], obstacles: [] });
  });

  test.each(['LIVE', 'PAUSED'])('E4 never goes from %s back to a draft', (from) => {
    const ledger = withKeys('size');
    applied(ledger, part(from));
    expect(obstaclesOf(planFor(ledger, part('DRAFT')))).toEqual([
      `Pause${suffix} It: ILLEGAL_STATE The ${kind} "It" is ${from.toLowerCase()}, and never becomes a draft again. Say PAUSED.`,
    ]);
  });
});

describe('flags', () => {
  test('a row that says what it said keeps its id, wherever it moves; a changed one keeps that of its segment', () => {
    const ledger = withKeys('size');
    const [a, b] = [createSegment(ledger, 'A'), createSegment(ledger, 'B')];
    const rows = [
      { segment: a, percentage: 10_000, value: 1 },
      { segment: a, percentage: 5_000, value: 2 },
      { segment: b, percentage: 10_000, value: 3 },
      { segment: null, percentage: 10_000, value: 4 },
    ];
    const id = createFlag(ledger, 'Bigger', 'size', { rows });
    const wanted = [
      { segment: 'B', value: 3 },
      { segment: 'A', percentage: 50, value: 2 },
      { segment: 'A', percentage: 20, value: 9 },
      { value: 4, percentage: 0.01 },
      { value: 5 },
    ];
    applied(ledger, file({ flags: [{ name: 'Bigger', key: 'size', rows: wanted }] }));
    expect(ledger.state.flags.get(id)?.rows.map((row) => row.id)).toEqual(['r3', 'r2', 'r1', 'r4', 'r5']);
  });

  test('a row keeps its id when its segment changes, in the segment or by another one, and none takes what another has more in common with', () => {
    const ledger = withKeys('size');
    const [a, b] = [createSegment(ledger, 'A'), createSegment(ledger, 'B')];
    createSegment(ledger, 'C');
    const row = (segment: string, value: number) => ({ segment, percentage: 5_000, value });
    const id = createFlag(ledger, 'Bigger', 'size', { rows: [row(a, 1), row(b, 1)] });
    const config = createConfig(ledger, 'Sizes', ['size'], { rows: [{ segment: a, values: [{ key: 'size', value: 7 }] }] });
    const rowsOf = (experience: 'flags' | 'configs', of: string) => ledger.state[experience].get(of)?.rows.map((one) => one.id);
    const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } };
    applied(ledger, file({ segments: [{ name: 'A', rule }] }));
    expect(rowsOf('flags', id)).toEqual(['r1', 'r2']);
    const rows = [
      { segment: 'C', percentage: 50, value: 1 },
      { segment: 'A', percentage: 70, value: 2 },
    ];
    applied(
      ledger,
      file({
        flags: [{ name: 'Bigger', key: 'size', rows }],
        configs: [{ name: 'Sizes', keys: ['size'], rows: [{ segment: 'B', values: { size: 7 } }] }],
      }),
    );
    expect(rowsOf('flags', id)).toEqual(['r2', 'r1']);
    expect(rowsOf('configs', config)).toEqual(['r1']);
  });

  test('E1 one is on its key for ever, and K7 another cannot have a key that is taken', () => {
    const ledger = withKeys('size', 'other');
    createFlag(ledger, 'Bigger', 'size');
    expect(obstaclesOf(planFor(ledger, file({ flags: [{ name: 'bigger', key: 'other' }] })))).toEqual([
      expect.stringMatching(/^EditFlag bigger: ILLEGAL_STATE The flag "bigger" is on the key "size" for ever/),
    ]);
    const another = file({ flags: [{ name: 'Another', key: 'size' }] });
    expect(obstaclesOf(planFor(ledger, another))).toEqual([expect.stringMatching(/^CreateFlag Another: IN_USE/)]);
    expect(stepsOf(planFor(ledger, another, true))).toEqual(['ArchiveFlag Bigger', 'CreateFlag Another']);
  });
});

describe('configs', () => {
  const configs = (keys: { readonly [name: string]: readonly string[] }): Json =>
    file({
      configs: Object.entries(keys).map(([name, some]) => ({
        name,
        keys: some,
        rows: [{ values: Object.fromEntries(some.map((key) => [key, 1])) }],
      })),
    });

  test('K7 a key goes from one to another, whichever the file names first', () => {
    for (const wanted of [
      { A: ['x', 'y'], B: ['z'] },
      { B: ['z'], A: ['x', 'y'] },
    ]) {
      const ledger = withKeys('x', 'y', 'z');
      applied(ledger, configs({ A: ['x'], B: ['y', 'z'] }));
      expect(stepsOf(planFor(ledger, configs(wanted)))).toEqual(['EditConfig B', 'EditConfig A']);
      applied(ledger, configs(wanted));
      expect(contentOf(ledger)).toMatchObject({ configs: [{ keys: ['x', 'y'] }, { keys: ['z'] }] });
    }
  });

  test('K7 a new one takes a key that another gives up', () => {
    const ledger = withKeys('x', 'y');
    applied(ledger, configs({ Old: ['x', 'y'] }));
    expect(stepsOf(planFor(ledger, configs({ New: ['x'], Old: ['y'] })))).toEqual(['EditConfig Old', 'CreateConfig New']);
  });

  test('K7 two that swap what they do not keep let go of it first, and keep their rows', () => {
    const ledger = withKeys('x', 'y', 'a', 'b');
    applied(ledger, configs({ A: ['a', 'x'], B: ['b', 'y'] }));
    const swapped = configs({ A: ['a', 'y'], B: ['b', 'x'] });
    expect(stepsOf(planFor(ledger, swapped))).toEqual(['EditConfig A', 'EditConfig B', 'EditConfig A']);
    applied(ledger, swapped);
    expect(planFor(ledger, swapped, true).steps).toEqual([]);
    expect([...ledger.state.configs.values()].map(({ rows }) => rows.map(({ id }) => id))).toEqual([['r1'], ['r1']]);
  });

  test('K7 two that swap all they have cannot: neither may be without a key in between', () => {
    const ledger = withKeys('x', 'y');
    applied(ledger, configs({ A: ['x'], B: ['y'] }));
    expect(obstaclesOf(planFor(ledger, configs({ A: ['y'], B: ['x'] })))).toEqual([
      expect.stringMatching(/^EditConfig A: IN_USE .*already in the config "B"/),
      expect.stringMatching(/^EditConfig B: IN_USE .*already in the config "A"/),
    ]);
  });

  test('values that were given in another order are no change', () => {
    const ledger = withKeys('x', 'y');
    const values = ['y', 'x'].map((key) => ({ key, value: 1 }));
    createConfig(ledger, 'A', ['x', 'y'], { rows: [{ segment: null, values }] });
    expect(planFor(ledger, contentOf(ledger), true).steps).toEqual([]);
  });
});

describe('experiments', () => {
  const experiment = (more: object = {}, name = 'Test') => ({
    name,
    keys: ['size'],
    variants: [
      { name: 'Control', control: true, weight: 50 },
      { name: 'New', weight: 50, values: { size: 5 } },
    ],
    ...more,
  });
  const one = (more: object = {}): Json => file({ experiments: [experiment(more)] });
  const rolledOut = { status: 'ROLLED_OUT', rolledOut: 'New' };

  test.each([
    [{ status: 'DRAFT' }, { status: 'RUNNING' }, ['StartExperiment']],
    [{ status: 'DRAFT' }, { status: 'STOPPED' }, ['StartExperiment', 'StopExperiment']],
    [{ status: 'DRAFT' }, rolledOut, ['StartExperiment', 'RollOutExperiment']],
    [{ status: 'RUNNING' }, { status: 'STOPPED' }, ['StopExperiment']],
    [{ status: 'RUNNING' }, rolledOut, ['RollOutExperiment']],
    [{ status: 'RUNNING', traffic: 1 }, { status: 'RUNNING', traffic: 2 }, ['ChangeExperimentTraffic']],
    [{ status: 'RUNNING', traffic: 2 }, { status: 'RUNNING', traffic: 1 }, ['ChangeExperimentTraffic']],
    [{ exclusive: true }, { exclusive: false }, ['EditExperiment']],
    [{ status: 'DRAFT', traffic: 2 }, { status: 'DRAFT', traffic: 1 }, ['EditExperiment']],
    [{ status: 'STOPPED' }, { status: 'STOPPED' }, []],
    [rolledOut, { ...rolledOut, rolledOut: 'new' }, []],
  ])('E4 from %j to %j takes %j', (from, to, commands) => {
    const ledger = withKeys('size');
    applied(ledger, one(from));
    expect(stepsOf(planFor(ledger, one(to)))).toEqual(commands.map((command) => `${command} Test`));
    applied(ledger, one(to));
    expect(planFor(ledger, one(to))).toMatchObject({ steps: [], obstacles: [] });
  });

  test.each([
    [
      { status: 'RUNNING' },
      { status: 'DRAFT' },
      'EditExperiment Test: ILLEGAL_STATE The experiment "Test" is running, and cannot become draft',
    ],
    [
      { status: 'STOPPED' },
      { status: 'RUNNING' },
      'StartExperiment Test: ILLEGAL_STATE The experiment "Test" is stopped, and cannot become running',
    ],
    [rolledOut, { status: 'STOPPED' }, 'StopExperiment Test: ILLEGAL_STATE The experiment "Test" is rolled out, and cannot become stopped'],
    [{ status: 'RUNNING' }, { status: 'RUNNING', keys: ['other', 'size'] }, 'EditExperiment Test: ILLEGAL_STATE'],
    [
      { status: 'RUNNING', exclusive: true },
      { status: 'RUNNING', exclusive: false },
      'EditExperiment Test: ILLEGAL_STATE The experiment "Test" is running, so you cannot change whether it is exclusive',
    ],
  ])('E4 from %j to %j is forbidden', (from, to, obstacle) => {
    const ledger = withKeys('size', 'other');
    applied(ledger, one(from));
    expect(obstaclesOf(planFor(ledger, one(to)))).toEqual([expect.stringContaining(obstacle)]);
  });

  test('goals are a set: in another order they are no change, and a running test can only have more', () => {
    const ledger = withKeys('size');
    const [a, b] = [createGoal(ledger, 'A'), createGoal(ledger, 'B')];
    createGoal(ledger, 'C');
    const id = createExperiment(ledger, 'Test', ['size'], { goals: [b, a], variants: variantsFor(['size']) });
    expect(planFor(ledger, contentOf(ledger), true).steps).toEqual([]);
    ledger.accept({ type: 'StartExperiment', id });
    expect(planFor(ledger, contentOf(ledger), true).steps).toEqual([]);
    const goals = (...names: string[]): Json => one({ goals: names, status: 'RUNNING' });
    expect(stepsOf(planFor(ledger, goals('C', 'A', 'B')))).toEqual(['EditExperiment Test']);
    expect(obstaclesOf(planFor(ledger, goals('A', 'C')))).toHaveLength(1);
  });

  test('G3 what an ended test measured stays with it, also when it is archived', () => {
    const ledger = withKeys('size');
    createGoal(ledger, 'A');
    applied(ledger, one({ goals: ['A'], ...rolledOut }));
    applied(ledger, file({ goals: [] }), true);
    const content = contentOf(ledger);
    expect(content).toMatchObject({ goals: [], experiments: [{ rolledOut: 'New' }] });
    expect(planFor(ledger, content, true).steps).toEqual([]);
  });

  test('what ends makes room for what starts, whichever the file names first', () => {
    const ledger = Ledger.started({ runningExperiments: 1 });
    createKey(ledger, 'size');
    applied(ledger, one({ status: 'RUNNING' }));
    const two = file({ experiments: [experiment({ status: 'RUNNING' }, 'Next'), experiment({ status: 'STOPPED' })] });
    expect(stepsOf(planFor(ledger, two))).toEqual(['StopExperiment Test', 'CreateExperiment Next', 'StartExperiment Next']);
    const started = applied(ledger, two).find(({ type }) => type === 'ExperimentStarted');
    expect(started?.data).toMatchObject({ holdouts: [] });
  });

  describe('and exclusivity', () => {
    test('X2 one keeps being what it was, whatever the setting is by now', () => {
      const ledger = withKeys('size');
      const mixed = file({
        exclusivity: true,
        experiments: [experiment({ exclusive: false }, 'Before'), experiment({ exclusive: true }, 'After')],
      });
      applied(ledger, mixed);
      const is = contentOf(ledger);
      expect(is).toMatchObject({
        exclusivity: true,
        experiments: [
          { name: 'After', exclusive: true },
          { name: 'Before', exclusive: false },
        ],
      });
    });

    test('X3 one that does not say is as the setting will be', () => {
      for (const exclusivity of [true, false]) {
        const ledger = withKeys('size');
        if (!exclusivity) ledger.accept({ type: 'EnableExclusivity' });
        applied(ledger, file({ exclusivity, experiments: [experiment()] }));
        expect(contentOf(ledger)).toMatchObject({ exclusivity, experiments: [{ exclusive: exclusivity }] });
      }
    });

    test('X3 while the setting is on and stays on, a new one that is not exclusive is an obstacle', () => {
      const ledger = withKeys('size');
      ledger.accept({ type: 'EnableExclusivity' });
      const wanted = { experiments: [experiment({ exclusive: false })] };
      for (const stays of [{}, { exclusivity: true }]) {
        expect(obstaclesOf(planFor(ledger, file({ ...stays, ...wanted })))).toEqual([
          expect.stringMatching(/^CreateExperiment Test: ILLEGAL_STATE/),
        ]);
      }
      expect(stepsOf(planFor(ledger, file({ exclusivity: false, ...wanted })))).toEqual([
        'DisableExclusivity Mutually exclusive A/B tests',
        'CreateExperiment Test',
      ]);
    });
  });
});
