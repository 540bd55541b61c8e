import { configs, experiments, flags, goals, keys, segments, projects } from '../../projections/entities';
import { exclusivity } from '../../projections/exclusivity';
import { decodeCursor } from '../../src/domain/cursor';
import { Ledger, type By } from '../fixtures/ledger';
import { remember } from './remembered';

const usa = { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } } as const;

const BOB: By = { actor: { id: 'bob', kind: 'user' } };

function ledgerWithKey(): Ledger {
  const ledger = Ledger.started();
  ledger.accept({ type: 'CreateKey', name: 'dark_mode', valueType: 'NUMBER', defaultValue: 3 });
  return ledger;
}

test('a project: created, renamed and described, and untouched by what happens in it', async () => {
  const ledger = Ledger.started();
  ledger.accept({ type: 'EditProject', id: 'shop', name: 'Corner shop', description: 'iOS' }, BOB);
  ledger.accept({ type: 'CreateKey', name: 'dark_mode', valueType: 'NUMBER', defaultValue: 3 });
  const { reader } = await remember(ledger);
  const document = await reader.get(projects, 'shop', 'shop');
  expect(document).toStrictEqual({
    id: 'shop',
    name: 'Corner shop',
    description: 'iOS',
    projectId: 'shop',
    version: 3,
    createdAt: Date.UTC(2026, 0, 1, 0, 0, 1),
    createdBy: { id: 'alice', kind: 'user' },
    updatedAt: Date.UTC(2026, 0, 1, 0, 0, 2),
    updatedBy: { id: 'bob', kind: 'user' },
    createdRevision: 0,
    updatedRevision: 2,
    cursor: document!.cursor,
  });
  expect(decodeCursor(document!.cursor)).toEqual({ projectId: 'shop', revision: 2, mark: ledger.events[2]!.hash.slice(0, 16) });
});

test('a key: created, edited, archived and restored', async () => {
  const ledger = ledgerWithKey();
  const remembered = await remember(ledger);
  const key = () => remembered.reader.get(keys, 'shop', 'dark_mode');
  expect(await key()).toMatchObject({ name: 'dark_mode', type: 'NUMBER', defaultValue: 3, description: '', archived: false, version: 1 });
  ledger.accept({ type: 'EditKey', name: 'dark_mode', defaultValue: 4, description: 'night' }, BOB);
  await remembered.catchUp();
  expect(await key()).toMatchObject({
    defaultValue: 4,
    description: 'night',
    version: 3,
    createdBy: { id: 'alice', kind: 'user' },
    updatedBy: { id: 'bob', kind: 'user' },
  });
  ledger.accept({ type: 'ArchiveKey', name: 'dark_mode' });
  await remembered.catchUp();
  expect(await key()).toMatchObject({ archived: true, version: 4, createdRevision: 1, updatedRevision: 4 });
  ledger.accept({ type: 'RestoreKey', name: 'dark_mode' });
  await remembered.catchUp();
  expect(await key()).toMatchObject({ archived: false, defaultValue: 4, description: 'night', version: 5 });
});

test('a segment: created, cloned, edited, archived and restored; the clone goes its own way', async () => {
  const ledger = Ledger.started();
  const id = ledger.create({ type: 'CreateSegment', name: 'Americans', rule: usa });
  const copy = ledger.create({ type: 'CloneSegment', id });
  ledger.accept({ type: 'EditSegment', id, name: 'Not Americans', description: 'abroad', rule: { not: usa } });
  ledger.accept({ type: 'ArchiveSegment', id });
  const remembered = await remember(ledger);
  const [original, clone] = await remembered.reader.getMany(segments, 'shop', [id, copy]);
  expect(original).toMatchObject({ id, name: 'Not Americans', description: 'abroad', rule: { not: usa }, archived: true, version: 5 });
  expect(clone).toMatchObject({ id: copy, name: 'Americans (copy)', description: '', rule: usa, archived: false, version: 1 });
  ledger.accept({ type: 'RestoreSegment', id });
  await remembered.catchUp();
  expect(await remembered.reader.get(segments, 'shop', id)).toMatchObject({ archived: false, version: 6 });
});

test('a goal: created, edited, archived and restored', async () => {
  const ledger = Ledger.started();
  const id = ledger.create({ type: 'CreateGoal', name: 'Buy', event: 'Purchase' });
  const filters = [{ name: 'price', operator: 'GREATER', value: 10 }] as const;
  ledger.accept({ type: 'EditGoal', id, name: 'Buy much', description: 'money', event: 'Order', filters });
  ledger.accept({ type: 'ArchiveGoal', id });
  const remembered = await remember(ledger);
  const goal = () => remembered.reader.get(goals, 'shop', id);
  expect(await goal()).toMatchObject({ id, name: 'Buy much', description: 'money', event: 'Order', filters, archived: true, version: 5 });
  ledger.accept({ type: 'RestoreGoal', id });
  await remembered.catchUp();
  expect(await goal()).toMatchObject({ archived: false, version: 6 });
});

test('X1 exclusivity is there from the creation of the project: off, at version 0, until it is turned on', async () => {
  const ledger = Ledger.started();
  const remembered = await remember(ledger);
  const setting = () => remembered.reader.get(exclusivity, 'shop', 'exclusivity');
  const created = await setting();
  expect(created).toMatchObject({
    enabled: false,
    version: 0,
    createdRevision: 0,
    updatedRevision: 0,
    updatedBy: { id: 'alice', kind: 'user' },
  });
  ledger.accept({ type: 'EditProject', id: 'shop', name: 'Renamed' });
  await remembered.catchUp();
  expect(await setting()).toEqual(created);
  ledger.accept({ type: 'EnableExclusivity' }, BOB);
  await remembered.catchUp();
  expect(await setting()).toMatchObject({
    enabled: true,
    version: 1,
    createdRevision: 0,
    updatedRevision: 2,
    createdBy: { id: 'alice', kind: 'user' },
    updatedBy: { id: 'bob', kind: 'user' },
  });
  ledger.accept({ type: 'DisableExclusivity' });
  await remembered.catchUp();
  expect(await setting()).toMatchObject({ enabled: false, version: 2, updatedRevision: 3 });
});

test('a flag: created, published, edited, archived and restored as paused', async () => {
  const ledger = ledgerWithKey();
  const rows = [{ segment: null, percentage: 5_000, value: 1 }];
  const id = ledger.create({ type: 'CreateFlag', name: 'Dark', key: 'dark_mode', rows });
  const remembered = await remember(ledger);
  const flag = () => remembered.reader.get(flags, 'shop', id);
  expect(await flag()).toMatchObject({ id, key: 'dark_mode', rows: [{ id: 'r1', ...rows[0] }], status: 'DRAFT', archivedFrom: null });
  ledger.accept({ type: 'PublishFlag', id });
  ledger.accept({ type: 'EditFlag', id, name: 'Darker', rows: [...rows, ...rows] });
  ledger.accept({ type: 'ArchiveFlag', id });
  await remembered.catchUp();
  expect(await flag()).toMatchObject({ name: 'Darker', rowIdsGiven: 3, status: 'ARCHIVED', archivedFrom: 'LIVE', version: 5 });
  ledger.accept({ type: 'RestoreFlag', id });
  await remembered.catchUp();
  expect(await flag()).toMatchObject({ status: 'PAUSED', archivedFrom: null, version: 6 });
});

test('a config: created, edited, published, archived and restored as paused', async () => {
  const ledger = ledgerWithKey();
  ledger.accept({ type: 'CreateKey', name: 'theme', valueType: 'STRING', defaultValue: 'plain' });
  const id = ledger.create({ type: 'CreateConfig', name: 'Look', keys: ['dark_mode'] });
  const rows = [{ segment: null, values: [{ key: 'theme', value: 'fancy' }] }];
  ledger.accept({ type: 'EditConfig', id, keys: ['dark_mode', 'theme'], rows });
  ledger.accept({ type: 'PublishConfig', id });
  ledger.accept({ type: 'ArchiveConfig', id });
  const remembered = await remember(ledger);
  const config = () => remembered.reader.get(configs, 'shop', id);
  const now = { keys: ['dark_mode', 'theme'], rows: [{ id: 'r1', ...rows[0] }] };
  expect(await config()).toMatchObject({ id, name: 'Look', ...now, status: 'ARCHIVED', archivedFrom: 'LIVE', version: 4 });
  ledger.accept({ type: 'RestoreConfig', id });
  await remembered.catchUp();
  expect(await config()).toMatchObject({ ...now, status: 'PAUSED', archivedFrom: null, version: 5 });
});

test('an experiment: created, started, raised, rolled out, archived and restored; it keeps the audience it started with', async () => {
  const ledger = ledgerWithKey();
  const segment = ledger.create({ type: 'CreateSegment', name: 'Americans', rule: usa });
  const variants = [
    { name: 'control', control: true, weight: 5_000, values: [] },
    { name: 'dark', control: false, weight: 5_000, values: [{ key: 'dark_mode', value: 1 }] },
  ];
  const id = ledger.create({ type: 'CreateExperiment', name: 'Test', audience: segment, traffic: 1_000, variants, keys: ['dark_mode'] });
  ledger.accept({ type: 'StartExperiment', id });
  ledger.accept({ type: 'EditSegment', id: segment, rule: { not: usa } });
  ledger.accept({ type: 'RaiseExperimentTraffic', id, traffic: 2_000 });
  const remembered = await remember(ledger);
  const experiment = () => remembered.reader.get(experiments, 'shop', id);
  const running = {
    id,
    status: 'RUNNING',
    traffic: 2_000,
    exclusive: false,
    started: { revision: 4, audience: { segment, version: 1, rule: usa } },
  };
  expect(await experiment()).toMatchObject({
    ...running,
    traffic: 2_000,
    rolledOut: null,
  });
  ledger.accept({ type: 'RollOutExperiment', id, variant: 'v2' });
  await remembered.catchUp();
  expect(await experiment()).toMatchObject({ status: 'ROLLED_OUT', rolledOut: { variant: 'v2', revision: 7 } });
  ledger.accept({ type: 'ArchiveExperiment', id });
  await remembered.catchUp();
  expect(await experiment()).toMatchObject({ status: 'ARCHIVED', archivedFrom: 'ROLLED_OUT' });
  ledger.accept({ type: 'RestoreExperiment', id });
  await remembered.catchUp();
  expect(await experiment()).toMatchObject({ status: 'STOPPED', archivedFrom: null, rolledOut: null, version: 6 });
});

test('an event about what was never created stops the projection instead of making something up', async () => {
  const ledger = ledgerWithKey();
  const [created] = ledger.events;
  const flag = { ...created!, type: 'FlagPublished', entity: { kind: 'flag', id: 'f1', name: 'F' }, data: {} } as const;
  const setting = { ...flag, type: 'ExclusivityEnabled', entity: { kind: 'exclusivity', id: 'exclusivity', name: 'E' } } as const;
  expect(() => flags.evolve(flags.open(undefined, 'f1'), flag)).toThrow(
    'FlagPublished at revision 0 of project shop changes the flag "f1", which no earlier event created',
  );
  expect(() => exclusivity.evolve(exclusivity.open(undefined, 'exclusivity'), setting)).toThrow('no earlier event created');
});
