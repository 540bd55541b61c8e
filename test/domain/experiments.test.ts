import type { ExperimentCommand } from '../../src/domain/experiment';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey, createSegment, MISSING } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  return ledger;
};
const CONTROL = { name: 'Control', control: true, weight: 5_000, values: [] };
const NEW = { name: 'New', control: false, weight: 5_000, values: [{ key: 'price', value: 5 }] };
const create = (more: Partial<Extract<ExperimentCommand, { type: 'CreateExperiment' }>>) =>
  ({ type: 'CreateExperiment', name: 'E', keys: ['price'], variants: [CONTROL, NEW], ...more }) as const;
const experimentOf = (ledger: Ledger, id: string) => ledger.state.experiments.get(id);

describe('E4', () => {
  const MOVES = ['StartExperiment', 'StopExperiment', 'RollOutExperiment', 'ArchiveExperiment', 'RestoreExperiment'] as const;
  const REACH = {
    DRAFT: [],
    RUNNING: ['StartExperiment'],
    STOPPED: ['StartExperiment', 'StopExperiment'],
    ROLLED_OUT: ['StartExperiment', 'RollOutExperiment'],
    'ARCHIVED draft': ['ArchiveExperiment'],
    'ARCHIVED stopped': ['StartExperiment', 'StopExperiment', 'ArchiveExperiment'],
    'ARCHIVED rolled out': ['StartExperiment', 'RollOutExperiment', 'ArchiveExperiment'],
  } as const;
  /** What follows: the new status, nothing ("-"), or a refusal ("no"). */
  const TABLE = {
    DRAFT: ['RUNNING', 'no', 'no', 'ARCHIVED', '-'],
    RUNNING: ['-', 'STOPPED', 'ROLLED_OUT', 'no', '-'],
    STOPPED: ['no', '-', 'no', 'ARCHIVED', '-'],
    ROLLED_OUT: ['no', 'no', '-', 'ARCHIVED', '-'],
    'ARCHIVED draft': ['no', 'no', 'no', '-', 'DRAFT'],
    'ARCHIVED stopped': ['no', 'no', 'no', '-', 'STOPPED'],
    'ARCHIVED rolled out': ['no', 'no', 'no', '-', 'STOPPED'],
  } as const;
  const cases = Object.entries(TABLE).flatMap(([from, row]) => row.map((result, at) => [from, MOVES[at] ?? MOVES[0], result] as const));
  const command = (type: (typeof MOVES)[number], id: string) => (type === 'RollOutExperiment' ? { type, id, variant: 'v2' } : { type, id });

  test.each(cases)('E4 an experiment that is %s: %s gives %s', (from, move, result) => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    for (const type of REACH[from as keyof typeof REACH]) ledger.accept(command(type, id));
    const before = experimentOf(ledger, id)?.status;
    expect(from).toContain(before);
    const outcome = ledger.submit(command(move, id));
    if (result === 'no') expect(outcome).toMatchObject({ code: 'ILLEGAL_STATE' });
    else expect(outcome).toHaveLength(result === '-' ? 0 : 1);
    expect(experimentOf(ledger, id)?.status).toBe(result === 'no' || result === '-' ? before : result);
  });

  test('E4 a roll-out names a variant, and not control', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id });
    for (const variant of ['v1', 'v3', '']) {
      expect(ledger.refuse({ type: 'RollOutExperiment', id, variant })).toMatchObject({
        code: 'INVALID_INPUT',
        problems: [{ path: 'variant' }],
      });
    }
    const [rolledOut] = ledger.accept({ type: 'RollOutExperiment', id, variant: 'v2' });
    expect(experimentOf(ledger, id)?.rolledOut).toEqual({ variant: 'v2', revision: rolledOut?.revision });
  });

  const started = () => {
    const ledger = shop();
    const [first, second] = [createGoal(ledger, 'Sale'), createGoal(ledger, 'Signup')];
    const id = createExperiment(ledger, 'E', ['price'], { goals: [first], traffic: 5_000 });
    ledger.accept({ type: 'StartExperiment', id });
    return { ledger, first, second, id };
  };

  test('E4 after its start name and description can change, goals be added and traffic go up or down', () => {
    const { ledger, first, second, id } = started();
    const edited = ledger.accept({ type: 'EditExperiment', id, name: 'E2', description: 'x', goals: [first, second] });
    expect(edited.map(({ type }) => type)).toEqual(['ExperimentRenamed', 'ExperimentDescribed', 'ExperimentGoalsAdded']);
    expect(edited[2]?.data).toEqual({ goals: [{ id: second, role: 'SECONDARY', margin: null }] });
    const [raised] = ledger.accept({ type: 'RaiseExperimentTraffic', id, traffic: 6_000 });
    expect(raised).toMatchObject({ type: 'ExperimentTrafficChanged', data: { from: 5_000, to: 6_000 } });
    expect(experimentOf(ledger, id)).toMatchObject({
      name: 'E2',
      description: 'x',
      goals: [
        { id: first, role: 'PRIMARY' },
        { id: second, role: 'SECONDARY' },
      ],
      traffic: 6_000,
    });
    expect(ledger.accept({ type: 'ChangeExperimentTraffic', id, traffic: 1_000 })).toMatchObject([{ data: { from: 6_000, to: 1_000 } }]);
    expect(experimentOf(ledger, id)?.traffic).toBe(1_000);
  });

  test('E4 after its start nothing else can change', () => {
    const { ledger, second, id } = started();
    const audience = createSegment(ledger, 'VIP');
    const edits = [
      { audience },
      { traffic: 6_000 },
      { keys: ['price', 'title'] },
      { variants: [CONTROL, { ...NEW, name: 'Newer' }] },
      { goals: [] },
      { goals: [second] },
      { name: 'E2', traffic: 6_000 },
    ];
    for (const edit of edits) expect(ledger.refuse({ type: 'EditExperiment', id, ...edit })).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(ledger.refuse({ type: 'RaiseExperimentTraffic', id, traffic: 4_999 })).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(experimentOf(ledger, id)).toMatchObject({ name: 'E', traffic: 5_000 });
  });

  test('E4 traffic is raised while running only: an ended one is done, a draft is edited', () => {
    const { ledger, id } = started();
    ledger.accept({ type: 'StopExperiment', id });
    expect(ledger.refuse({ type: 'RaiseExperimentTraffic', id, traffic: 6_000 })).toMatchObject({ code: 'ILLEGAL_STATE' });
    const draft = createExperiment(ledger, 'Draft', ['price'], { traffic: 5_000 });
    expect(ledger.refuse({ type: 'RaiseExperimentTraffic', id: draft, traffic: 6_000 })).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(ledger.accept({ type: 'RaiseExperimentTraffic', id: draft, traffic: 5_000 })).toEqual([]);
    expect(ledger.accept({ type: 'EditExperiment', id: draft, traffic: 6_000 })).toMatchObject([{ type: 'ExperimentRedesigned' }]);
  });

  test('E4 traffic may change any number of times, and at most so many experiments run as the setting says', () => {
    const ledger = Ledger.started({ runningExperiments: 1 });
    createKey(ledger, 'price');
    const id = createExperiment(ledger, 'A', ['price'], { traffic: 0 });
    ledger.accept({ type: 'StartExperiment', id });
    for (let traffic = 1; traffic < 40; traffic += 1) ledger.accept({ type: 'RaiseExperimentTraffic', id, traffic });
    const other = createExperiment(ledger, 'B', ['price']);
    expect(ledger.refuse({ type: 'StartExperiment', id: other })).toMatchObject({ code: 'LIMIT_REACHED', limit: 1 });
    ledger.accept({ type: 'StopExperiment', id });
    ledger.accept({ type: 'StartExperiment', id: other });
  });
});

describe('E5', () => {
  test('E5 only active keys, segments and goals can be chosen, for a draft and for what is added later', () => {
    const ledger = shop();
    const [audience, goal] = [createSegment(ledger, 'VIP'), createGoal(ledger, 'Sale')];
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'ArchiveMany', items: [{ kind: 'segment', id: audience }, { kind: 'goal', id: goal }, { kind: 'key', id: 'title' }] }); // prettier-ignore
    const refused = (path: string) => ({ code: 'INVALID_INPUT', problems: [{ path, message: expect.stringContaining('archived') }] });
    expect(ledger.refuse(create({ name: 'F', audience }))).toMatchObject(refused('audience'));
    expect(ledger.refuse({ type: 'EditExperiment', id, keys: ['price', 'title'] })).toMatchObject(refused('keys.1'));
    expect(ledger.refuse({ type: 'EditExperiment', id, audience: MISSING })).toMatchObject({ problems: [{ path: 'audience' }] });
    ledger.accept({ type: 'StartExperiment', id });
    expect(ledger.refuse({ type: 'EditExperiment', id, goals: [goal] })).toMatchObject(refused('goals.0'));
  });

  test('E5 a draft comes back from the archive only with what it uses; a stopped one uses nothing', () => {
    const ledger = shop();
    const draft = createExperiment(ledger, 'Draft', ['price']);
    const ended = createExperiment(ledger, 'Ended', ['price']);
    for (const type of ['StartExperiment', 'StopExperiment', 'ArchiveExperiment'] as const) ledger.accept({ type, id: ended });
    ledger.accept({ type: 'ArchiveExperiment', id: draft });
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    const refusal = ledger.refuse({ type: 'RestoreExperiment', id: draft });
    expect(refusal).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('"price"') });
    ledger.accept({ type: 'RestoreExperiment', id: ended });
    expect(experimentOf(ledger, ended)?.status).toBe('STOPPED');
  });
});

test('a test whose observations would be gone before its results are whole is not started', () => {
  const ledger = Ledger.started({ observationsKeptDays: 60 });
  createKey(ledger, 'price');
  const goals = [createGoal(ledger, 'Sale')];
  const analysis = { method: 'FIXED', horizonDays: 40 } as const;
  const id = createExperiment(ledger, 'E', ['price'], { goals, analysis });
  const refusal = { code: 'ILLEGAL_STATE', message: expect.stringContaining('take 61 days') };
  expect(ledger.refuse({ type: 'StartExperiment', id })).toMatchObject(refusal);
  ledger.accept({ type: 'EditExperiment', id, analysis: { horizonDays: 39 } });
  ledger.accept({ type: 'StartExperiment', id });
});

describe('R5', () => {
  const basis = { revision: 3, mark: '0123456789abcdef', receivedUpTo: 1_700_000_000_000, digest: 'd' };
  const decided = (id: string, more: object = {}) =>
    ({ type: 'RecordDecision', id, decision: 'SHIP', reason: 'It sells more.', found: basis, ...more }) as const;
  const started = () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id });
    return { ledger, id };
  };

  test('R5 a decision is recorded with the results that it was made on, and changes nothing else', () => {
    const { ledger, id } = started();
    const before = experimentOf(ledger, id);
    const [event] = ledger.accept(decided(id));
    expect(event).toMatchObject({ type: 'ExperimentDecisionRecorded', data: { decision: 'SHIP', reason: 'It sells more.', basis } });
    const decisions = [{ decision: 'SHIP', reason: 'It sells more.', basis, revision: event?.revision, at: event?.occurredAt }];
    expect(experimentOf(ledger, id)).toEqual({ ...before, decisions });
    expect(ledger.accept(decided(id))).toEqual([]);
    ledger.accept({ type: 'StopExperiment', id });
    ledger.accept(decided(id, { decision: 'KEEP_CONTROL', found: { ...basis, digest: 'e' } }));
    expect(experimentOf(ledger, id)?.decisions.map(({ decision }) => decision)).toEqual(['SHIP', 'KEEP_CONTROL']);
  });

  test('R5 it needs an experiment that has started and is not archived, a reason, and the results that were seen', () => {
    const { ledger, id } = started();
    const draft = createExperiment(ledger, 'Draft', ['price']);
    const { found: _found, ...without } = decided(id);
    expect(ledger.refuse({ ...without, id: draft })).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('is draft') });
    expect(ledger.refuse(without)).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'upTo' }] });
    expect(ledger.refuse(decided(id, { reason: ' ' }))).toMatchObject({ problems: [{ path: 'reason' }] });
    expect(ledger.refuse(decided(id, { decision: 'MAYBE' }))).toMatchObject({ problems: [{ path: 'decision' }] });
    expect(ledger.refuse(decided(id, { digest: 'seen' }))).toMatchObject({ problems: [{ path: 'digest' }] });
    expect(ledger.refuse(decided('none'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(ledger.refuse(decided(id, { expectedVersion: 1 }))).toMatchObject({ code: 'STALE' });
    for (const type of ['StopExperiment', 'ArchiveExperiment'] as const) ledger.accept({ type, id });
    expect(ledger.refuse(decided(id))).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('Restore it') });
  });

  test('R5 at most 100 are kept of one experiment', () => {
    const { ledger, id } = started();
    for (let index = 0; index < 100; index += 1) ledger.accept(decided(id, { reason: `Look ${index}` }));
    expect(ledger.refuse(decided(id))).toMatchObject({ code: 'LIMIT_REACHED', limit: 100 });
  });
});

test('E6 names of experiments are unique among those that are not archived', () => {
  const ledger = shop();
  const id = createExperiment(ledger, 'Sale', ['price']);
  expect(ledger.refuse(create({ name: 'SALE' }))).toMatchObject({
    code: 'ALREADY_EXISTS',
    existing: { kind: 'experiment', id, name: 'Sale' },
  });
});

test.each([-1, 10_001, 50.5])('E7 traffic of %d is refused', (traffic) => {
  const ledger = shop();
  const id = createExperiment(ledger, 'E', ['price'], { traffic: 5_000 });
  const refused = { code: 'INVALID_INPUT', problems: [{ path: 'traffic' }] };
  expect(ledger.refuse(create({ name: 'F', traffic }))).toMatchObject(refused);
  ledger.accept({ type: 'StartExperiment', id });
  expect(ledger.refuse({ type: 'RaiseExperimentTraffic', id, traffic })).toMatchObject(refused);
  expect(ledger.refuse({ type: 'EditExperiment', id, traffic })).toMatchObject(refused);
});
