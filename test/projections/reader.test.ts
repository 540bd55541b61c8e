import { flags, keys } from '../../projections/entities';
import { Reader } from '../../projections/reader';
import { usage } from '../../projections/usage';
import { projections } from '../../projections';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { replay } from '../../src/projector/replay';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { Queried } from '../../src/read-model/read-model';
import { Ledger } from '../fixtures/ledger';
import { remember } from './remembered';

const byName = { sort: { by: 'name', descending: false }, limit: 10, from: 'start' } as const;
const testing = (key: string) => ({
  variants: [
    { name: 'control', control: true, weight: 5_000, values: [] },
    { name: 'other', control: false, weight: 5_000, values: [{ key, value: 1 }] },
  ],
  keys: [key],
});

function ledgerWithKeys(...names: string[]): Ledger {
  const ledger = Ledger.started();
  for (const name of names) ledger.accept({ type: 'CreateKey', name, valueType: 'NUMBER', defaultValue: 0, description: `Key ${name}` });
  return ledger;
}

test('what is not there is undefined, in its place, also in a project that is not there', async () => {
  const { reader } = await remember(ledgerWithKeys('a', 'b'));
  const documents = await reader.getMany(keys, 'shop', ['b', 'constructor', 'a']);
  expect(documents.map((document) => document?.name)).toEqual(['b', undefined, 'a']);
  expect(await reader.get(keys, 'elsewhere', 'a')).toBeUndefined();
  expect(await reader.checkpoint('elsewhere')).toBeUndefined();
});

test('a list gives the documents of one concept, filtered and in order, and the checkpoint they reflect', async () => {
  const ledger = ledgerWithKeys('beta', 'Alpha', 'gamma');
  ledger.accept({ type: 'ArchiveKey', name: 'gamma' });
  const { reader } = await remember(ledger);
  const page = await reader.list(keys, 'shop', { ...byName, archived: false });
  expect(page.rows.map(({ key, document }) => [key.value, document.name])).toEqual([
    ['alpha', 'Alpha'],
    ['beta', 'beta'],
  ]);
  expect(page).toMatchObject({ total: 2, hasNext: false, checkpoint: { revision: 4, hash: ledger.state.head.hash } });
  const found = await reader.list(keys, 'shop', { ...byName, text: 'key gam' });
  expect(found.rows.map(({ document }) => document.name)).toEqual(['gamma']);
  expect((await reader.list(flags, 'shop', byName)).total).toBe(0);
});

test('K5 usages are listed as the refusal to archive lists them: flags, configs, experiments, each by name', async () => {
  const ledger = ledgerWithKeys('theme');
  const rows = [{ segment: null, percentage: 10_000, value: 1 }];
  ledger.accept({ type: 'CreateExperiment', name: 'beta', ...testing('theme') });
  ledger.accept({ type: 'CreateExperiment', name: 'Zeta', ...testing('theme') });
  ledger.accept({ type: 'CreateConfig', name: 'Yellow', keys: ['theme'] });
  ledger.accept({ type: 'CreateFlag', name: 'zzz', key: 'theme', rows });
  const { reader } = await remember(ledger);
  const usages = await reader.usagesOf('shop', { kind: 'key', id: 'theme' });
  expect(usages.map(({ kind, name, status }) => `${kind} ${name} ${status}`)).toEqual([
    'flag zzz DRAFT',
    'config Yellow DRAFT',
    'experiment Zeta DRAFT',
    'experiment beta DRAFT',
  ]);
  expect(ledger.refuse({ type: 'ArchiveKey', name: 'theme' })).toMatchObject({ code: 'IN_USE', usages });
});

test('G2 an experiment holds its goals while it is draft or running, and what else it uses also when it is rolled out', async () => {
  const ledger = ledgerWithKeys('theme');
  const goal = ledger.create({ type: 'CreateGoal', name: 'Buy', event: 'Purchase' });
  const rule = { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } } as const;
  const audience = ledger.create({ type: 'CreateSegment', name: 'Americans', rule });
  const id = ledger.create({ type: 'CreateExperiment', name: 'Test', audience, goals: [goal], ...testing('theme') });
  const remembered = await remember(ledger);
  const held = async () => {
    await remembered.catchUp();
    const uses = [{ kind: 'key', id: 'theme' } as const, { kind: 'segment', id: audience } as const, { kind: 'goal', id: goal } as const];
    const usages = await Promise.all(uses.map((use) => remembered.reader.usagesOf('shop', use)));
    return uses.filter((_use, at) => usages[at]!.length > 0).map(({ kind }) => kind);
  };
  expect(await held()).toEqual(['key', 'segment', 'goal']);
  ledger.accept({ type: 'EditExperiment', id, name: 'Renamed' });
  ledger.accept({ type: 'StartExperiment', id });
  expect(await held()).toEqual(['key', 'segment', 'goal']);
  ledger.accept({ type: 'RollOutExperiment', id, variant: 'v2' });
  expect(await held()).toEqual(['key', 'segment']);
  ledger.accept({ type: 'ArchiveExperiment', id });
  expect(await held()).toEqual([]);
  ledger.accept({ type: 'RestoreExperiment', id });
  expect(await held()).toEqual([]);
});

test('every usage is listed, also when there are more than one page holds', async () => {
  const many = new Ledger('many', { ...DEFAULT_LIMITS, experiments: 1_100 });
  many.accept({ type: 'CreateProject', id: 'many', name: 'Many' });
  many.accept({ type: 'CreateKey', name: 'theme', valueType: 'NUMBER', defaultValue: 0 });
  for (let number = 0; number < 1_050; number += 1) many.accept({ type: 'CreateExperiment', name: `Test ${number}`, ...testing('theme') });
  const { reader } = await remember(many);
  const usages = await reader.usagesOf('many', { kind: 'key', id: 'theme' });
  expect(new Set(usages.map(({ id }) => id)).size).toBe(1_050);
  expect(usages).toHaveLength(1_050);
});

test('an edit that changes neither name, status nor uses leaves a user as it was', async () => {
  const ledger = ledgerWithKeys('theme');
  const id = ledger.create({ type: 'CreateFlag', name: 'Flag', key: 'theme' });
  const remembered = await remember(ledger);
  const user = () => remembered.reader.get(usage, 'shop', `flag:${id}`);
  const before = await user();
  expect(before).toStrictEqual({
    kind: 'flag',
    id,
    name: 'Flag',
    status: 'DRAFT',
    uses: [{ kind: 'key', id: 'theme' }],
    spans: [{ kind: 'key', id: 'theme', fromRevision: 2, fromAt: Date.UTC(2026, 0, 1, 0, 0, 3), toRevision: null, toAt: null }],
    createdRevision: 2,
    updatedRevision: 2,
  });
  ledger.accept({ type: 'EditFlag', id, description: 'a light', rows: [{ segment: null, percentage: 1, value: 1 }] });
  await remembered.catchUp();
  expect(await user()).toBe(before);
  ledger.accept({ type: 'EditFlag', id, name: 'Renamed' });
  await remembered.catchUp();
  expect(await user()).toStrictEqual({ ...before, name: 'Renamed', updatedRevision: 5 });
});

test('every project is listed, by id', async () => {
  const readModel = createMemoryReadModel();
  const ledgers = ['zoo', 'app'].map((id) => {
    const ledger = new Ledger(id);
    ledger.accept({ type: 'CreateProject', id, name: `The ${id}` });
    return ledger;
  });
  const events = ledgers.flatMap((ledger) => ledger.events);
  await replay({ events, readModel, projections, upcast: (event) => event });
  const projects = await new Reader(readModel).projects();
  expect(projects.map(({ id, name, projectId }) => [id, name, projectId])).toEqual([
    ['app', 'The app', 'app'],
    ['zoo', 'The zoo', 'zoo'],
  ]);
});

test('what ceases to use a thing while usages are read is among those that ever did', async () => {
  const ledger = ledgerWithKeys('theme');
  const id = ledger.create({ type: 'CreateFlag', name: 'Dark', key: 'theme', rows: [] });
  const remembered = await remember(ledger);
  const { readModel } = remembered;
  let projecting: Promise<unknown> = Promise.resolve();
  const change = () => {
    projecting = projecting.then(() => {
      ledger.accept({ type: ledger.state.flags.get(id)!.status === 'ARCHIVED' ? 'RestoreFlag' : 'ArchiveFlag', id });
      return remembered.catchUp();
    });
    return projecting;
  };
  // A projection that moves on before each read.
  const busy: Queried = {
    ...readModel,
    list: (projectId, query) => change().then(() => readModel.list(projectId, query)),
    lists: (projectId, queries) => change().then(() => readModel.lists(projectId, queries)),
  };
  const reader = new Reader(busy);
  for (let time = 0; time < 4; time += 1) {
    const usages = await reader.everUsedBy('shop', { kind: 'key', id: 'theme' });
    expect(usages.map(({ name }) => name)).toEqual(['Dark']);
  }
});
