import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';
import { back } from './back';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  return ledger;
};
const exclusive = (ledger: Ledger, id: string) => ledger.state.experiments.get(id)?.exclusive;

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

describe('X3 of a draft', () => {
  const edit = (id: string, exclusive: boolean) => ({ type: 'EditExperiment', id, exclusive }) as const;

  test('X3 it can become exclusive always, and not exclusive while the setting is off, as recorded', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    expect(ledger.accept(edit(id, false))).toEqual([]);
    ledger.accept({ type: 'EnableExclusivity' });
    expect(ledger.accept(edit(id, true))).toMatchObject([
      { type: 'ExperimentExclusivityChanged', data: { from: false, to: true, setting: true } },
    ]);
    expect(ledger.refuse(edit(id, false))).toMatchObject({
      code: 'ILLEGAL_STATE',
      message: expect.stringContaining('Turn them off first'),
    });
    ledger.accept({ type: 'DisableExclusivity' });
    expect(ledger.accept(edit(id, false))).toMatchObject([{ data: { from: true, to: false, setting: false } }]);
    expect(exclusive(ledger, id)).toBe(false);
  });

  test('X3 the start fixes it', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id });
    expect(ledger.refuse(edit(id, true))).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('fixed by the start') });
  });

  test('X3 a revert brings it back by the same rules', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept(edit(id, true));
    expect(ledger.accept(back(ledger, 'experiment', id, 1))).toMatchObject([{ type: 'ExperimentExclusivityChanged' }]);
  });
});
