import type { Json } from '../../src/domain/json';
import type { ValueType } from '../../src/domain/value';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey } from '../fixtures/shop';

describe('K1', () => {
  test.each(['', '1st', 'dark mode', 'dark/mode', 'é', '__proto__', `k${'x'.repeat(120)}`])('K1 a key cannot be named %j', (name) => {
    const refusal = Ledger.started().refuse({ type: 'CreateKey', name, valueType: 'NUMBER', defaultValue: 3 });
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'name' }] });
  });

  test('K1 a name is taken once, and stays taken by an archived key', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'dark_mode');
    const again = { type: 'CreateKey', name: 'dark_mode', valueType: 'BOOLEAN', defaultValue: true } as const;
    const existing = { kind: 'key', id: 'dark_mode', name: 'dark_mode' };
    expect(ledger.refuse(again)).toMatchObject({ code: 'ALREADY_EXISTS', existing });
    ledger.accept({ type: 'ArchiveKey', name: 'dark_mode' });
    expect(ledger.refuse(again)).toMatchObject({ code: 'ALREADY_EXISTS', existing, message: expect.stringContaining('restore it') });
  });

  test('K1 names that differ in case are two keys', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'dark_mode');
    createKey(ledger, 'Dark_Mode');
    createKey(ledger, 'constructor');
    expect([...ledger.state.keys.keys()].sort()).toEqual(['Dark_Mode', 'constructor', 'dark_mode']);
  });

  test('K1 no edit changes a name', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'dark_mode');
    const renamed = { type: 'EditKey', name: 'dark_mode', newName: 'light_mode', description: 'x' } as const;
    expect(ledger.accept(renamed).map(({ type, entity }) => [type, entity.name])).toEqual([['KeyDescribed', 'dark_mode']]);
  });
});

describe('K2', () => {
  const fits: readonly [ValueType, Json, Json][] = [
    ['BOOLEAN', true, 'true'],
    ['STRING', 'on', true],
    ['NUMBER', 3, '3'],
    ['JSON', null, { half: '\ud800' }],
  ];

  test.each(fits)('K2 the default of a %s key may be %j and not %j', (valueType, good, bad) => {
    const ledger = Ledger.started();
    const create = { type: 'CreateKey', name: 'k', valueType } as const;
    expect(ledger.refuse({ ...create, defaultValue: bad })).toMatchObject({ problems: [{ path: expect.stringMatching(/^defaultValue/) }] });
    expect(ledger.accept({ ...create, defaultValue: good })[0]?.data).toMatchObject({ type: valueType, defaultValue: good });
  });

  test('K2 the type is fixed: a new default must be of it, and an unknown type is refused', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    expect(ledger.refuse({ type: 'EditKey', name: 'price', defaultValue: 'free' })).toMatchObject({
      problems: [{ path: expect.stringMatching(/^defaultValue/) }],
    });
    const unknown = { type: 'CreateKey', name: 'x', valueType: 'DATE' as ValueType, defaultValue: 3 } as const;
    expect(ledger.refuse(unknown)).toMatchObject({
      problems: [{ path: 'valueType', message: expect.stringContaining('BOOLEAN, STRING') }],
    });
  });

  test('K2 every value given for the key elsewhere must be of its type', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    const row = { segment: null, percentage: 10_000, value: 'free' };
    const values = [{ key: 'price', value: 'free' }];
    const variants = [
      { name: 'Control', control: true, weight: 5_000, values: [] },
      { name: 'New', control: false, weight: 5_000, values },
    ];
    expect(ledger.refuse({ type: 'CreateFlag', name: 'F', key: 'price', rows: [row] })).toMatchObject({
      problems: [{ path: 'rows.0.value' }],
    });
    expect(ledger.refuse({ type: 'CreateConfig', name: 'C', keys: ['price'], rows: [{ segment: null, values }] })).toMatchObject({
      problems: [{ path: 'rows.0.values.0.value' }],
    });
    expect(ledger.refuse({ type: 'CreateExperiment', name: 'E', keys: ['price'], variants })).toMatchObject({
      problems: [{ path: 'variants.1.values.0.value' }],
    });
  });
});

test('K3 only default value and description can be edited, each a fact of its own', () => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  const events = ledger.accept({ type: 'EditKey', name: 'price', defaultValue: 4, description: 'In cents' });
  expect(events.map(({ type, data }) => ({ type, data }))).toEqual([
    { type: 'KeyDefaultChanged', data: { from: 3, to: 4 } },
    { type: 'KeyDescribed', data: { from: '', to: 'In cents' } },
  ]);
  expect(ledger.state.keys.get('price')).toEqual({
    name: 'price',
    type: 'NUMBER',
    defaultValue: 4,
    description: 'In cents',
    archived: false,
  });
});

describe('K4', () => {
  test('K4 the 501st key is refused, and room is made by archiving one', () => {
    const ledger = Ledger.started();
    for (let index = 0; index < 500; index += 1) createKey(ledger, `k${index}`);
    const more = { type: 'CreateKey', name: 'one_more', valueType: 'NUMBER', defaultValue: 3 } as const;
    expect(ledger.refuse(more)).toMatchObject({ code: 'LIMIT_REACHED', limit: 500 });
    ledger.accept({ type: 'ArchiveKey', name: 'k7' });
    ledger.accept(more);
    expect(ledger.refuse({ type: 'RestoreKey', name: 'k7' })).toMatchObject({ code: 'LIMIT_REACHED', limit: 500 });
  });

  test('K4 the limit is a setting', () => {
    const ledger = Ledger.started({ keys: 1 });
    createKey(ledger, 'a');
    const refusal = ledger.refuse({ type: 'CreateKey', name: 'b', valueType: 'NUMBER', defaultValue: 3 });
    expect(refusal).toMatchObject({ code: 'LIMIT_REACHED', limit: 1 });
  });
});

describe('K5', () => {
  test('K5 a key in use cannot be archived, and the refusal lists every usage', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    const draft = createExperiment(ledger, 'Draft', ['price']);
    const running = createExperiment(ledger, 'Running', ['price']);
    const rolledOut = createExperiment(ledger, 'Rolled out', ['price']);
    const stopped = createExperiment(ledger, 'Stopped', ['price']);
    const flag = createFlag(ledger, 'Flag', 'price');
    const config = createConfig(ledger, 'Config', ['price']);
    for (const id of [running, rolledOut, stopped]) ledger.accept({ type: 'StartExperiment', id });
    ledger.accept({ type: 'RollOutExperiment', id: rolledOut, variant: 'v2' });
    ledger.accept({ type: 'StopExperiment', id: stopped });
    ledger.accept({ type: 'PublishFlag', id: flag });
    expect(ledger.refuse({ type: 'ArchiveKey', name: 'price' })).toMatchObject({
      code: 'IN_USE',
      usages: [
        { kind: 'flag', id: flag, name: 'Flag', status: 'LIVE' },
        { kind: 'config', id: config, name: 'Config', status: 'DRAFT' },
        { kind: 'experiment', id: draft, name: 'Draft', status: 'DRAFT' },
        { kind: 'experiment', id: rolledOut, name: 'Rolled out', status: 'ROLLED_OUT' },
        { kind: 'experiment', id: running, name: 'Running', status: 'RUNNING' },
      ],
    });
  });

  test('K5 what is archived or stopped does not use it', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    ledger.accept({ type: 'ArchiveFlag', id: createFlag(ledger, 'F', 'price') });
    ledger.accept({ type: 'ArchiveConfig', id: createConfig(ledger, 'C', ['price']) });
    ledger.accept({ type: 'ArchiveExperiment', id: createExperiment(ledger, 'Draft', ['price']) });
    const stopped = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id: stopped });
    ledger.accept({ type: 'StopExperiment', id: stopped });
    expect(ledger.accept({ type: 'ArchiveKey', name: 'price' }).map(({ type }) => type)).toEqual(['KeyArchived']);
  });
});

describe('K6', () => {
  test('K6 an archived key can be restored, as it was', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    const before = ledger.state.keys.get('price');
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    ledger.accept({ type: 'RestoreKey', name: 'price' });
    expect(ledger.state.keys.get('price')).toEqual(before);
    expect(ledger.state.activeKeys).toBe(1);
  });

  test('K6 an archived key cannot be chosen for new use, nor edited', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    createKey(ledger, 'title');
    const config = createConfig(ledger, 'C', ['title']);
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    const archived = (path: string) => ({ code: 'INVALID_INPUT', problems: [{ path, message: expect.stringContaining('archived') }] });
    expect(ledger.refuse({ type: 'CreateFlag', name: 'F', key: 'price' })).toMatchObject(archived('key'));
    expect(ledger.refuse({ type: 'EditConfig', id: config, keys: ['title', 'price'] })).toMatchObject(archived('keys.1'));
    expect(ledger.refuse({ type: 'EditKey', name: 'price', description: 'x' })).toMatchObject({ code: 'ILLEGAL_STATE' });
  });
});

describe('K7', () => {
  test('K7 a key is in at most one flag and one config that are not archived', () => {
    const ledger = Ledger.started();
    for (const name of ['price', 'title', 'size']) createKey(ledger, name);
    const flag = createFlag(ledger, 'F', 'price');
    const config = createConfig(ledger, 'C', ['price', 'title']);
    const other = createConfig(ledger, 'D', ['size']);
    expect(ledger.refuse({ type: 'CreateFlag', name: 'G', key: 'price' })).toMatchObject({
      code: 'IN_USE',
      usages: [{ kind: 'flag', id: flag }],
    });
    const taken = { code: 'IN_USE', usages: [{ kind: 'config', id: config, name: 'C', status: 'DRAFT' }] };
    expect(ledger.refuse({ type: 'CreateConfig', name: 'E', keys: ['title'] })).toMatchObject(taken);
    expect(ledger.refuse({ type: 'EditConfig', id: other, keys: ['size', 'title'] })).toMatchObject(taken);
  });

  test('K7 a flag or config that comes back from the archive is checked again', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    const flag = createFlag(ledger, 'F', 'price');
    const config = createConfig(ledger, 'C', ['price']);
    ledger.accept({ type: 'ArchiveFlag', id: flag });
    ledger.accept({ type: 'ArchiveConfig', id: config });
    const newFlag = createFlag(ledger, 'F2', 'price');
    const newConfig = createConfig(ledger, 'C2', ['price']);
    expect(ledger.refuse({ type: 'RestoreFlag', id: flag })).toMatchObject({ code: 'IN_USE', usages: [{ id: newFlag }] });
    expect(ledger.refuse({ type: 'RestoreConfig', id: config })).toMatchObject({ code: 'IN_USE', usages: [{ id: newConfig }] });
  });

  test('K7 a key may be in any number of experiments', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'price');
    for (const name of ['A', 'B', 'C']) ledger.accept({ type: 'StartExperiment', id: createExperiment(ledger, name, ['price']) });
    expect(ledger.state.experiments.count(({ status }) => status === 'RUNNING')).toBe(3);
  });
});
