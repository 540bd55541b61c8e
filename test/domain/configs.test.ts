import { Ledger } from '../fixtures/ledger';
import { createConfig, createKey, createSegment } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title', 'size']) createKey(ledger, name);
  return ledger;
};
const row = (values: { [key: string]: number }, more: { segment?: string; id?: string } = {}) => ({
  segment: null,
  ...more,
  values: Object.entries(values).map(([key, value]) => ({ key, value })),
});
const configOf = (ledger: Ledger, id: string) => ledger.state.configs.get(id);

describe('E2', () => {
  test('E2 a config is several keys, and rows with values for some or all of them', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'VIP');
    const rows = [row({ price: 4 }, { segment }), row({ title: 1, price: 2 })];
    const [created] = ledger.accept({ type: 'CreateConfig', name: 'C', keys: ['price', 'title'], rows });
    expect(created?.data).toEqual({
      description: '',
      keys: ['price', 'title'],
      rows: [
        { id: 'r1', segment, values: [{ key: 'price', value: 4 }] },
        {
          id: 'r2',
          segment: null,
          values: [
            { key: 'title', value: 1 },
            { key: 'price', value: 2 },
          ],
        },
      ],
    });
  });

  test.each([0, 51])('E2 it has 1 to 50 keys, not %i', (count) => {
    const ledger = shop();
    const keys = Array.from({ length: count }, (_, index) => createKey(ledger, `k${index}`));
    expect(ledger.refuse({ type: 'CreateConfig', name: 'C', keys })).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'keys' }] });
    if (count > 1) createConfig(ledger, 'C', keys.slice(1));
  });

  test.each([
    ['a key named twice', ['price', 'price'], row({ price: 1 }), 'keys.1'],
    ['a key that is not there', ['price', 'nothing'], row({ price: 1 }), 'keys.1'],
    ['a row without values', ['price'], row({}), 'rows.0.values'],
    ['a value for a key outside', ['price', 'size'], row({ title: 1 }), 'rows.0.values.0.key'],
    ['two values for one key', ['price', 'size'], { ...row({}), values: [{ key: 'price', value: 1 }, { key: 'price', value: 2 }] }, 'rows.0.values.1.key'], // prettier-ignore
    ['an id of its own making', ['price'], row({ price: 1 }, { id: 'r1' }), 'rows.0.id'],
  ])('E2 %s is refused', (_what, keys, bad, path) => {
    const refusal = shop().refuse({ type: 'CreateConfig', name: 'C', keys, rows: [bad] });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path }] });
  });

  test('E2 its keys can change, with their rows in the same command or not at all', () => {
    const ledger = shop();
    const id = createConfig(ledger, 'C', ['price', 'title'], { rows: [row({ title: 1 })] });
    expect(ledger.refuse({ type: 'EditConfig', id, keys: ['price'] })).toMatchObject({ problems: [{ path: 'rows.0.values.0.key' }] });
    const [changed] = ledger.accept({ type: 'EditConfig', id, keys: ['price'], rows: [row({ price: 1 })] });
    expect(changed).toMatchObject({ type: 'ConfigRedefined', data: { from: { keys: ['price', 'title'] }, to: { keys: ['price'] } } });
    expect(configOf(ledger, id)?.rows.map((each) => each.id)).toEqual(['r2']);
    createConfig(ledger, 'D', ['title']);
  });

  test('E2 a row keeps its id, and an id is never given again', () => {
    const ledger = shop();
    const id = createConfig(ledger, 'C', ['price'], { rows: [row({ price: 1 }), row({ price: 2 })] });
    ledger.accept({ type: 'EditConfig', id, rows: [row({ price: 1 }, { id: 'r1' })] });
    ledger.accept({ type: 'EditConfig', id, rows: [row({ price: 3 }), row({ price: 1 }, { id: 'r1' })] });
    expect(configOf(ledger, id)?.rows.map((each) => each.id)).toEqual(['r3', 'r1']);
    expect(ledger.refuse({ type: 'EditConfig', id, rows: [row({ price: 2 }, { id: 'r2' })] })).toMatchObject({
      problems: [{ path: 'rows.0.id' }],
    });
  });
});

describe('E4', () => {
  test('E4 a config goes from draft to live and back and forth to paused, and any of them to archived', () => {
    const ledger = shop();
    const id = createConfig(ledger, 'C', ['price']);
    const path = ['PublishConfig', 'PauseConfig', 'ResumeConfig', 'ArchiveConfig', 'RestoreConfig', 'ResumeConfig'] as const;
    const statuses = path.map((type) => {
      expect(ledger.accept({ type, id })).toHaveLength(1);
      return configOf(ledger, id)?.status;
    });
    expect(statuses).toEqual(['LIVE', 'PAUSED', 'LIVE', 'ARCHIVED', 'PAUSED', 'LIVE']);
    expect(ledger.accept({ type: 'ResumeConfig', id })).toEqual([]);
  });

  test('E4 what leaves that path is refused, with what to do instead', () => {
    const ledger = shop();
    const id = createConfig(ledger, 'C', ['price']);
    const refused = (type: 'PublishConfig' | 'PauseConfig' | 'ResumeConfig') => ledger.refuse({ type, id }).message;
    expect(refused('PauseConfig')).toBe('The config "C" is draft, so you cannot pause it. Publish it first.');
    expect(refused('ResumeConfig')).toContain('Publish it instead');
    for (const type of ['PublishConfig', 'PauseConfig'] as const) ledger.accept({ type, id });
    expect(refused('PublishConfig')).toContain('Resume it instead');
    ledger.accept({ type: 'ArchiveConfig', id });
    expect(refused('ResumeConfig')).toContain('Restore it first');
  });
});

test('E5 a config whose key has been archived since cannot come back, nor be edited meanwhile', () => {
  const ledger = shop();
  const id = createConfig(ledger, 'C', ['price', 'title'], { rows: [row({ price: 1 })] });
  ledger.accept({ type: 'ArchiveConfig', id });
  ledger.accept({ type: 'ArchiveKey', name: 'price' });
  expect(ledger.refuse({ type: 'RestoreConfig', id })).toMatchObject({
    code: 'ILLEGAL_STATE',
    message: expect.stringContaining('"price"'),
  });
  expect(ledger.refuse({ type: 'EditConfig', id, rows: [] })).toMatchObject({ code: 'ILLEGAL_STATE' });
  expect(ledger.accept({ type: 'EditConfig', id, keys: ['price', 'title'] })).toEqual([]);
  ledger.accept({ type: 'RestoreKey', name: 'price' });
  ledger.accept({ type: 'RestoreConfig', id });
  expect(configOf(ledger, id)).toMatchObject({ status: 'DRAFT', archivedFrom: null });
});

test('E6 names of configs are unique per kind: a flag may have the same', () => {
  const ledger = shop();
  const id = createConfig(ledger, 'Sale', ['price']);
  ledger.accept({ type: 'CreateFlag', name: 'Sale', key: 'price' });
  const refusal = ledger.refuse({ type: 'CreateConfig', name: 'SALE ', keys: ['title'] });
  expect(refusal).toMatchObject({ code: 'ALREADY_EXISTS', existing: { kind: 'config', id, name: 'Sale' } });
});
