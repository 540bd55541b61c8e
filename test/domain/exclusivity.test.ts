import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  return ledger;
};
const exclusive = (ledger: Ledger, id: string) => ledger.state.experiments.get(id)?.exclusive;
const intakeOf = (ledger: Ledger, command: Parameters<Ledger['accept']>[0]) =>
  (ledger.accept(command)[0]?.data as { intake: unknown }).intake;

test('X1 the setting is off at first, and turning it on or off twice is no event', () => {
  const ledger = shop();
  expect(ledger.state.exclusivity).toBe(false);
  expect(ledger.accept({ type: 'DisableExclusivity' })).toEqual([]);
  expect(ledger.accept({ type: 'EnableExclusivity' })).toMatchObject([{ type: 'ExclusivityEnabled', version: 1 }]);
  expect(ledger.accept({ type: 'EnableExclusivity' })).toEqual([]);
  expect(ledger.accept({ type: 'DisableExclusivity' })).toMatchObject([{ type: 'ExclusivityDisabled', version: 2 }]);
  expect(ledger.state.exclusivity).toBe(false);
});

test('X2 the setting is recorded when an experiment is created, and changing it later changes no experiment', () => {
  const ledger = shop();
  const before = createExperiment(ledger, 'Before', ['price']);
  ledger.accept({ type: 'EnableExclusivity' });
  const during = createExperiment(ledger, 'During', ['price']);
  expect(exclusive(ledger, before)).toBe(false);
  ledger.accept({ type: 'DisableExclusivity' });
  expect([exclusive(ledger, before), exclusive(ledger, during)]).toEqual([false, true]);
  const created = ledger.events.filter(({ type }) => type === 'ExperimentCreated').map(({ data }) => data);
  expect(created).toMatchObject([
    { setting: false, exclusive: false },
    { setting: true, exclusive: true },
  ]);
});

describe('X3', () => {
  test.each([
    [false, undefined, false],
    [false, false, false],
    [false, true, true],
    [true, undefined, true],
    [true, true, true],
  ])('X3 with the setting %s, asking for %s makes it %s', (setting, wish, result) => {
    const ledger = shop();
    if (setting) ledger.accept({ type: 'EnableExclusivity' });
    const [created] = ledger.accept({ type: 'CreateExperiment', name: 'E', keys: ['price'], exclusive: wish, variants: HALVES });
    expect(created?.data).toMatchObject({ setting, exclusive: result });
  });

  test('X3 with the setting on, asking not to be exclusive is refused', () => {
    const ledger = shop();
    ledger.accept({ type: 'EnableExclusivity' });
    const refusal = ledger.refuse({ type: 'CreateExperiment', name: 'E', keys: ['price'], exclusive: false, variants: HALVES });
    expect(refusal).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('Leave `exclusive` out') });
  });
});

const HALVES = [
  { name: 'Control', control: true, weight: 5_000, values: [] },
  { name: 'New', control: false, weight: 5_000, values: [{ key: 'price', value: 5 }] },
];

describe('X4', () => {
  test('X4 every start and every raise opens an intake, which records the intakes of the others that were running', () => {
    const ledger = shop();
    const a = createExperiment(ledger, 'A', ['price'], { traffic: 1_000 });
    const b = createExperiment(ledger, 'B', ['title'], { traffic: 2_000, exclusive: true });
    createExperiment(ledger, 'Draft', ['title']);
    expect(intakeOf(ledger, { type: 'StartExperiment', id: a })).toEqual({ number: 1, from: 0, to: 1_000, running: [] });
    expect(intakeOf(ledger, { type: 'StartExperiment', id: b })).toEqual({
      number: 1,
      from: 0,
      to: 2_000,
      running: [{ experiment: a, intake: 1 }],
    });
    expect(intakeOf(ledger, { type: 'RaiseExperimentTraffic', id: a, traffic: 4_000 })).toEqual({
      number: 2,
      from: 1_000,
      to: 4_000,
      running: [{ experiment: b, intake: 1 }],
    });
    expect(intakeOf(ledger, { type: 'RaiseExperimentTraffic', id: b, traffic: 10_000 })).toEqual({
      number: 2,
      from: 2_000,
      to: 10_000,
      running: [
        { experiment: a, intake: 1 },
        { experiment: a, intake: 2 },
      ],
    });
  });

  test('X4 what has stopped, is rolled out or archived is no longer running, and what recorded it keeps its record', () => {
    const ledger = shop();
    const [a, b, c, d] = ['A', 'B', 'C', 'D'].map((name) => createExperiment(ledger, name, ['price']));
    const start = (id = '') => intakeOf(ledger, { type: 'StartExperiment', id }) as { running: unknown };
    start(a);
    start(b);
    ledger.accept({ type: 'StopExperiment', id: a ?? '' });
    ledger.accept({ type: 'ArchiveExperiment', id: a ?? '' });
    expect(start(c).running).toEqual([{ experiment: b, intake: 1 }]);
    ledger.accept({ type: 'RollOutExperiment', id: b ?? '', variant: 'v2' });
    expect(start(d).running).toEqual([{ experiment: c, intake: 1 }]);
    expect(ledger.state.experiments.get(c ?? '')?.intakes[0]?.running).toEqual([{ experiment: b, intake: 1 }]);
  });

  test('X4 the running ones are in the order in which they started', () => {
    const ledger = shop();
    const [a = '', b = '', c = ''] = ['A', 'B', 'C'].map((name) => createExperiment(ledger, name, ['price']));
    for (const id of [b, a]) ledger.accept({ type: 'StartExperiment', id });
    const { running } = intakeOf(ledger, { type: 'StartExperiment', id: c }) as { running: unknown };
    expect(running).toEqual([
      { experiment: b, intake: 1 },
      { experiment: a, intake: 1 },
    ]);
  });
});
