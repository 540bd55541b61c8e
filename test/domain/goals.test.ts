import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  return ledger;
};
const DEAR = { name: 'price', operator: 'GREATER', value: 100 } as const;

describe('G1', () => {
  test('G1 a goal is an event with up to 3 filters', () => {
    const ledger = shop();
    const [created] = ledger.accept({ type: 'CreateGoal', name: 'Big sale', event: 'Purchase', filters: [DEAR, DEAR, DEAR] });
    expect(created).toMatchObject({ type: 'GoalCreated', data: { event: 'Purchase', filters: [DEAR, DEAR, DEAR], description: '' } });
    const four = { event: 'Purchase', filters: [DEAR, DEAR, DEAR, DEAR] };
    const refused = { code: 'INVALID_INPUT', problems: [{ path: 'filters' }] };
    expect(ledger.refuse({ type: 'CreateGoal', name: 'Bigger sale', ...four })).toMatchObject(refused);
    expect(ledger.refuse({ type: 'EditGoal', id: created?.entity.id ?? '', ...four })).toMatchObject(refused);
    expect(ledger.refuse({ type: 'CreateGoal', name: 'No event', event: '' })).toMatchObject({ problems: [{ path: 'event' }] });
  });

  test('G1 its name is unique among goals that are not archived, however it is written', () => {
    const ledger = shop();
    const id = createGoal(ledger, 'Café');
    const again = { type: 'CreateGoal', name: ' CAFE\u0301', event: 'Order' } as const;
    expect(ledger.refuse(again)).toMatchObject({ code: 'ALREADY_EXISTS', existing: { kind: 'goal', id, name: 'Café' } });
    ledger.accept({ type: 'ArchiveGoal', id });
    const second = ledger.create(again);
    expect(ledger.refuse({ type: 'RestoreGoal', id })).toMatchObject({ code: 'ALREADY_EXISTS', existing: { id: second } });
  });

  test('G1 what it measures can be edited while only drafts use it', () => {
    const ledger = shop();
    const id = createGoal(ledger, 'Sale');
    createExperiment(ledger, 'E', ['price'], { goals: [id] });
    const events = ledger.accept({ type: 'EditGoal', id, event: 'Order', filters: [DEAR] });
    expect(events).toMatchObject([
      { type: 'GoalRedefined', data: { from: { event: 'Purchase', filters: [] }, to: { event: 'Order', filters: [DEAR] } } },
    ]);
  });

  test.each([
    ['RUNNING', []],
    ['STOPPED', ['StopExperiment']],
    ['ARCHIVED', ['StopExperiment', 'ArchiveExperiment']],
  ] as const)('G1 what it measures is fixed once an experiment with it has started, also when that is %s', (status, commands) => {
    const ledger = shop();
    const id = createGoal(ledger, 'Sale');
    const experiment = createExperiment(ledger, 'E', ['price'], { goals: [id] });
    ledger.accept({ type: 'StartExperiment', id: experiment });
    for (const type of commands) ledger.accept({ type, id: experiment });
    expect(ledger.refuse({ type: 'EditGoal', id, name: 'Order', event: 'Order' })).toMatchObject({
      code: 'IN_USE',
      usages: [{ kind: 'experiment', id: experiment, name: 'E', status }],
    });
    const events = ledger.accept({ type: 'EditGoal', id, name: 'Order', description: 'Any order', event: 'Purchase' });
    expect(events.map(({ type }) => type)).toEqual(['GoalRenamed', 'GoalDescribed']);
  });
});

describe('G2', () => {
  test('G2 a goal of a draft or running experiment cannot be archived, and the refusal lists them', () => {
    const ledger = shop();
    const id = createGoal(ledger, 'Sale');
    const [draft, running, stopped, rolledOut] = ['A', 'B', 'C', 'D'].map((name) =>
      createExperiment(ledger, name, ['price'], { goals: [id] }),
    );
    for (const each of [running, stopped, rolledOut]) ledger.accept({ type: 'StartExperiment', id: each ?? '' });
    ledger.accept({ type: 'StopExperiment', id: stopped ?? '' });
    ledger.accept({ type: 'RollOutExperiment', id: rolledOut ?? '', variant: 'v2' });
    expect(ledger.refuse({ type: 'ArchiveGoal', id })).toMatchObject({
      code: 'IN_USE',
      usages: [
        { kind: 'experiment', id: draft, name: 'A', status: 'DRAFT' },
        { kind: 'experiment', id: running, name: 'B', status: 'RUNNING' },
      ],
    });
    ledger.accept({ type: 'ArchiveExperiment', id: draft ?? '' });
    ledger.accept({ type: 'StopExperiment', id: running ?? '' });
    expect(ledger.accept({ type: 'ArchiveGoal', id })).toMatchObject([{ type: 'GoalArchived' }]);
  });
});

describe('G3', () => {
  test('G3 a goal can be restored as it was, and is not edited while archived', () => {
    const ledger = shop();
    const id = createGoal(ledger, 'Sale');
    const before = ledger.state.goals.get(id);
    ledger.accept({ type: 'ArchiveGoal', id });
    expect(ledger.refuse({ type: 'EditGoal', id, description: 'x' })).toMatchObject({ code: 'ILLEGAL_STATE' });
    ledger.accept({ type: 'RestoreGoal', id });
    expect(ledger.state.goals.get(id)).toEqual(before);
  });

  test('G3 an ended experiment keeps its archived goals', () => {
    const ledger = shop();
    const id = createGoal(ledger, 'Sale');
    const experiment = createExperiment(ledger, 'E', ['price'], { goals: [id] });
    ledger.accept({ type: 'StartExperiment', id: experiment });
    ledger.accept({ type: 'StopExperiment', id: experiment });
    ledger.accept({ type: 'ArchiveGoal', id });
    const more = createGoal(ledger, 'Signup');
    expect(ledger.accept({ type: 'EditExperiment', id: experiment, goals: [id, more] })).toMatchObject([
      { data: { goals: [{ id: more }] } },
    ]);
    expect(ledger.state.experiments.get(experiment)?.goals.map((goal) => goal.id)).toEqual([id, more]);
    expect(ledger.state.goals.get(id)).toMatchObject({ name: 'Sale', event: 'Purchase', archived: true });
  });
});
