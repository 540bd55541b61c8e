import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey } from '../fixtures/shop';
import { back } from './back';

const SUM = { measure: 'SUM', property: 'amount' } as const;

describe('G1 what a goal measures', () => {
  const created = (more: object = {}) => Ledger.started().accept({ type: 'CreateGoal', name: 'G', event: 'Purchase', ...more })[0]?.data;

  test('G1 where nothing is said it is a conversion, higher is better, within 7 days', () => {
    expect(created()).toMatchObject({ measure: 'CONVERSION', property: null, cap: null, direction: 'HIGHER', windowDays: 7 });
  });

  test('G1 a sum has a property, and may have a cap', () => {
    expect(created(SUM)).toMatchObject({ ...SUM, cap: null });
    expect(created({ ...SUM, cap: 0.5, direction: 'LOWER', windowDays: 90 })).toMatchObject({
      cap: 0.5,
      direction: 'LOWER',
      windowDays: 90,
    });
  });

  test.each([
    [{ measure: 'SUM' }, 'property'],
    [{ ...SUM, cap: 0 }, 'cap'],
    [{ ...SUM, cap: -1 }, 'cap'],
    [{ measure: 'COUNT', property: 'amount' }, 'property'],
    [{ cap: 5 }, 'cap'],
    [{ measure: 'AVERAGE' }, 'measure'],
    [{ direction: 'UP' }, 'direction'],
    [{ windowDays: 0 }, 'windowDays'],
    [{ windowDays: 91 }, 'windowDays'],
    [{ windowDays: 1.5 }, 'windowDays'],
  ])('G1 %j is refused at %s', (more, path) => {
    const refusal = Ledger.started().refuse({ type: 'CreateGoal', name: 'G', event: 'Purchase', ...more } as never);
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path }] });
  });

  test('G1 an edit leaves alone what it does not name, and property and cap go with the sum', () => {
    const ledger = Ledger.started();
    const id = createGoal(ledger, 'G');
    ledger.accept({ type: 'EditGoal', id, ...SUM, cap: 5 });
    expect(ledger.accept({ type: 'EditGoal', id, windowDays: 30 })[0]?.data).toMatchObject({ to: { ...SUM, cap: 5, windowDays: 30 } });
    expect(ledger.accept({ type: 'EditGoal', id, cap: null })[0]?.data).toMatchObject({ to: { ...SUM, cap: null } });
    expect(ledger.refuse({ type: 'EditGoal', id, measure: 'SUM', property: null })).toMatchObject({ problems: [{ path: 'property' }] });
    expect(ledger.accept({ type: 'EditGoal', id, measure: 'COUNT' })[0]?.data).toMatchObject({
      to: { measure: 'COUNT', property: null, windowDays: 30 },
    });
    expect(ledger.accept(back(ledger, 'goal', id, 3))[0]?.data).toMatchObject({ to: { ...SUM, cap: 5, windowDays: 30 } });
  });

  test('G1 once an experiment has started with it, how it is measured is fixed as well', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    const goal = createGoal(ledger, 'G');
    const id = createExperiment(ledger, 'E', ['price'], { goals: [goal] });
    ledger.accept({ type: 'EditGoal', id: goal, direction: 'LOWER' });
    ledger.accept({ type: 'StartExperiment', id });
    for (const edit of [{ direction: 'HIGHER' as const }, { windowDays: 8 }, SUM])
      expect(ledger.refuse({ type: 'EditGoal', id: goal, ...edit })).toMatchObject({ code: 'IN_USE' });
  });
});

describe('E3 roles of goals, and the analysis', () => {
  const withGoals = (count: number) => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    return { ledger, goals: Array.from({ length: count }, (_, index) => createGoal(ledger, `G${index}`)) };
  };
  const rolesOf = (ledger: Ledger, id: string) => ledger.state.experiments.get(id)?.goals.map(({ role }) => role);

  test('E3 the only goal decides, and of several none does unless it is said', () => {
    const { ledger, goals } = withGoals(2);
    expect(rolesOf(ledger, createExperiment(ledger, 'One', ['price'], { goals: [goals[0]!] }))).toEqual(['PRIMARY']);
    expect(rolesOf(ledger, createExperiment(ledger, 'Two', ['price'], { goals }))).toEqual(['SECONDARY', 'SECONDARY']);
  });

  test('E3 a goal that is named by its id alone keeps its role', () => {
    const { ledger, goals } = withGoals(3);
    const [a = '', b = '', c = ''] = goals;
    const id = createExperiment(ledger, 'E', ['price'], {
      goals: [
        { id: a, role: 'PRIMARY' },
        { id: b, role: 'GUARDRAIL', margin: 100 },
      ],
    });
    expect(ledger.accept({ type: 'EditExperiment', id, goals: [a, b] })).toEqual([]);
    ledger.accept({ type: 'EditExperiment', id, goals: [b, c] });
    expect(ledger.state.experiments.get(id)?.goals).toEqual([
      { id: b, role: 'GUARDRAIL', margin: 100 },
      { id: c, role: 'SECONDARY', margin: null },
    ]);
  });

  test.each([
    [['PRIMARY', 'PRIMARY', 'PRIMARY', 'PRIMARY'], undefined, 'goals'],
    [['GUARDRAIL'], undefined, 'goals.0.margin'],
    [['GUARDRAIL'], 0, 'goals.0.margin'],
    [['GUARDRAIL'], 10_001, 'goals.0.margin'],
    [['SECONDARY'], 100, 'goals.0.margin'],
    [['TERTIARY'], undefined, 'goals.0.role'],
  ])('E3 roles %j with the margin %s are refused at %s', (roles, margin, path) => {
    const { ledger, goals } = withGoals(4);
    const chosen = roles.map((role, index) => ({ id: goals[index]!, role: role as 'PRIMARY', ...(margin !== undefined && { margin }) }));
    const variants = [
      { name: 'A', control: true, weight: 5_000, values: [] },
      { name: 'B', control: false, weight: 5_000, values: [{ key: 'price', value: 5 }] },
    ];
    const refusal = ledger.refuse({ type: 'CreateExperiment', name: 'E', keys: ['price'], goals: chosen, variants });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path }] });
  });

  test('E3 a goal that is added after the start never decides', () => {
    const { ledger, goals } = withGoals(1);
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id });
    expect(ledger.refuse({ type: 'EditExperiment', id, goals: [{ id: goals[0]!, role: 'PRIMARY' }] })).toMatchObject({
      code: 'ILLEGAL_STATE',
    });
    ledger.accept({ type: 'EditExperiment', id, goals });
    expect(rolesOf(ledger, id)).toEqual(['SECONDARY']);
  });

  test('E3 the analysis is as usual where nothing is said, goes back with the design, and is frozen by the start', () => {
    const { ledger } = withGoals(0);
    const id = createExperiment(ledger, 'E', ['price'], { analysis: { cuped: true } });
    const analysis = () => ledger.state.experiments.get(id)?.analysis;
    expect(analysis()).toEqual({ method: 'SEQUENTIAL', alpha: 0.05, plannedUsers: 10_000, horizonDays: null, cuped: true });
    ledger.accept({ type: 'EditExperiment', id, analysis: { method: 'FIXED', horizonDays: 14 } });
    expect(analysis()).toMatchObject({ method: 'FIXED', horizonDays: 14, cuped: true });
    ledger.accept(back(ledger, 'experiment', id, 1));
    expect(analysis()).toMatchObject({ method: 'SEQUENTIAL', horizonDays: null });
    ledger.accept({ type: 'StartExperiment', id });
    expect(ledger.refuse({ type: 'EditExperiment', id, analysis: { alpha: 0.01 } })).toMatchObject({ code: 'ILLEGAL_STATE' });
  });

  test.each([
    [{ method: 'FIXED' }, 'horizonDays'],
    [{ method: 'BAYES' }, 'method'],
    [{ alpha: 0 }, 'alpha'],
    [{ alpha: 0.3 }, 'alpha'],
    [{ plannedUsers: 99 }, 'plannedUsers'],
    [{ horizonDays: 366 }, 'horizonDays'],
  ])('E3 an analysis of %j is refused at %s', (analysis, field) => {
    const { ledger } = withGoals(0);
    const id = createExperiment(ledger, 'E', ['price']);
    expect(ledger.refuse({ type: 'EditExperiment', id, analysis: analysis as never })).toMatchObject({
      problems: [{ path: `analysis.${field}` }],
    });
  });

  test('X5 an experiment is sticky unless its creation says otherwise', () => {
    const { ledger } = withGoals(0);
    const [a, b] = [createExperiment(ledger, 'A', ['price']), createExperiment(ledger, 'B', ['price'], { sticky: false })];
    expect([a, b].map((id) => ledger.state.experiments.get(id)?.sticky)).toEqual([true, false]);
  });

  test('X8 a start records the holdout that is active then, whatever becomes of it', () => {
    const { ledger } = withGoals(0);
    const id = createExperiment(ledger, 'E', ['price']);
    const holdout = ledger.create({ type: 'CreateHoldout', name: 'Autumn', share: 500 });
    ledger.accept({ type: 'StartExperiment', id });
    ledger.accept({ type: 'EndHoldout', id: holdout });
    expect(ledger.state.experiments.get(id)?.started?.holdouts).toEqual([{ id: holdout, name: 'Autumn', share: 500 }]);
  });
});
