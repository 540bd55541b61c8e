import type { ExperimentCommand } from '../../src/domain/experiment';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey, createSegment, variantsFor } from '../fixtures/shop';

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

describe('E3', () => {
  test('E3 an experiment records its whole design', () => {
    const ledger = shop();
    const [audience, goal] = [createSegment(ledger, 'VIP'), createGoal(ledger, 'Sale')];
    const [created] = ledger.accept(create({ name: ' E ', audience, goals: [goal], traffic: 2_500, description: 'Does it sell?' }));
    expect(created).toMatchObject({ type: 'ExperimentCreated', entity: { name: 'E' } });
    expect(created?.data).toEqual({
      audience,
      traffic: 2_500,
      variants: [
        { id: 'v1', ...CONTROL },
        { id: 'v2', ...NEW },
      ],
      keys: ['price'],
      goals: [{ id: goal, role: 'PRIMARY', margin: null }],
      analysis: { method: 'SEQUENTIAL', alpha: 0.05, plannedUsers: 10_000, horizonDays: null, cuped: false },
      sticky: true,
      description: 'Does it sell?',
      exclusive: false,
      setting: false,
    });
  });

  const other = { ...NEW, name: 'Other', weight: 0 };
  test.each([
    ['one variant', [{ ...CONTROL, weight: 10_000 }], 'variants', '2 to 7'],
    ['eight variants', [CONTROL, NEW, ...[1, 2, 3, 4, 5, 6].map((n) => ({ ...other, name: `V${n}` }))], 'variants', '2 to 7'],
    ['weights below 100 %', [CONTROL, { ...NEW, weight: 4_999 }], 'variants', 'not 99.99 %'],
    ['weights above 100 %', [CONTROL, NEW, { ...other, weight: 1 }], 'variants', 'not 100.01 %'],
    [
      'a weight that is no basis point',
      [
        { ...CONTROL, weight: 4_999.5 },
        { ...NEW, weight: 5_000.5 },
      ],
      'variants.0.weight',
      'at most two decimals',
    ],
    ['no control', [{ ...NEW, name: 'A' }, NEW], 'variants', 'exactly one control, not 0'],
    ['two controls', [CONTROL, { ...CONTROL, name: 'B' }], 'variants', 'exactly one control, not 2'],
    ['a control with values', [{ ...CONTROL, values: NEW.values }, NEW], 'variants.0.values', 'must be empty'],
    ['a variant without values', [CONTROL, { ...NEW, values: [] }], 'variants.1.values', 'at least one key'],
    ['a value for a key outside', [CONTROL, { ...NEW, values: [{ key: 'title', value: 1 }] }], 'variants.1.values.0.key', 'not among'],
    ['a value of another type', [CONTROL, { ...NEW, values: [{ key: 'price', value: 'x' }] }], 'variants.1.values.0.value', 'NUMBER'],
    ['two variants of one name', [CONTROL, { ...NEW, name: 'CONTROL' }], 'variants.1.name', 'given twice'],
  ])('E3 %s: refused', (_what, variants, path, words) => {
    const refusal = shop().refuse(create({ variants }));
    expect(refusal).toMatchObject({
      code: 'INVALID_INPUT',
      problems: expect.arrayContaining([{ path, message: expect.stringContaining(words) }]),
    });
  });

  test('E3 seven variants with any weights that sum to 100 % are accepted', () => {
    const weights = [9_994, 1, 1, 1, 1, 1, 1];
    const variants = weights.map((weight, index) => ({ ...(index === 0 ? CONTROL : NEW), name: `V${index}`, weight }));
    expect(shop().accept(create({ variants }))).toHaveLength(1);
  });

  test.each([
    ['keys', 0, 20, 'key'],
    ['goals', -1, 5, 'goal'],
  ] as const)('E3 it has more than %2$i and at most %3$i %1$s', (field, tooFew, most, kind) => {
    const ledger = shop();
    const make = (index: number) => (kind === 'key' ? createKey(ledger, `k${index}`) : createGoal(ledger, `g${index}`));
    const ids = Array.from({ length: most + 1 }, (_, index) => make(index));
    const design = (chosen: string[]) =>
      kind === 'key' ? create({ keys: chosen, variants: variantsFor(chosen.slice(0, 1)) }) : create({ goals: chosen });
    expect(ledger.refuse(design(ids))).toMatchObject({
      code: 'INVALID_INPUT',
      problems: expect.arrayContaining([expect.objectContaining({ path: field })]),
    });
    if (tooFew === 0) expect(ledger.refuse(design([]))).toMatchObject({ code: 'INVALID_INPUT' });
    expect(ledger.accept(design(ids.slice(1)))).toHaveLength(1);
  });

  test('E3 a variant keeps its id when a draft is redesigned, and an id is never given again', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    const kept = { ...NEW, id: 'v2', name: 'Kept' };
    ledger.accept({ type: 'EditExperiment', id, variants: [CONTROL, kept] });
    expect(experimentOf(ledger, id)?.variants.map((each) => each.id)).toEqual(['v3', 'v2']);
    ledger.accept({ type: 'EditExperiment', id, variants: [CONTROL, kept] });
    expect(experimentOf(ledger, id)?.variants.map((each) => each.id)).toEqual(['v4', 'v2']);
    const refusal = ledger.refuse({ type: 'EditExperiment', id, variants: [{ ...CONTROL, id: 'v1' }, kept] });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'variants.0.id' }] });
  });
});
