import { projections } from '../../projections';
import type { IndexEntry } from '../../src/read-model/read-model';
import { Ledger } from '../fixtures/ledger';

/** One of each concept, with names and descriptions that folding changes. */
function furnished(): Ledger {
  const ledger = Ledger.started();
  ledger.accept({ type: 'EditProject', id: 'shop', description: 'The SHOP' });
  ledger.accept({ type: 'CreateKey', name: 'Dark_Mode', valueType: 'NUMBER', defaultValue: 3, description: 'At NIGHT' });
  const rule = { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } } as const;
  const segment = ledger.create({ type: 'CreateSegment', name: 'Straße', description: 'GRÜSSE', rule });
  const goal = ledger.create({ type: 'CreateGoal', name: 'Käufe', event: 'Purchase' });
  ledger.accept({ type: 'EnableExclusivity' });
  const row = { segment, percentage: 10_000, value: 1 };
  const flag = ledger.create({ type: 'CreateFlag', name: 'FLAG', key: 'Dark_Mode', rows: [row] });
  ledger.accept({ type: 'PublishFlag', id: flag });
  ledger.create({ type: 'CreateConfig', name: 'Config', keys: ['Dark_Mode'], description: 'Two\nLINES' });
  const variants = [
    { name: 'control', control: true, weight: 5_000, values: [] },
    { name: 'dark', control: false, weight: 5_000, values: [{ key: 'Dark_Mode', value: 1 }] },
  ];
  const design = { audience: segment, variants, keys: ['Dark_Mode'], goals: [goal] };
  const experiment = ledger.create({ type: 'CreateExperiment', name: 'Test', ...design });
  ledger.accept({ type: 'StartExperiment', id: experiment });
  ledger.accept({ type: 'RollOutExperiment', id: experiment, variant: 'v2' });
  return ledger;
}

/** The index entry of every document that the ledger's events make. */
function entriesOf(ledger: Ledger): Record<string, Record<string, IndexEntry>> {
  const entries: Record<string, Record<string, IndexEntry>> = {};
  for (const projection of projections) {
    const drafts = new Map<string, unknown>();
    for (const event of ledger.events)
      for (const id of projection.touches(event))
        drafts.set(id, projection.evolve(drafts.has(id) ? drafts.get(id) : projection.open(undefined, id), event));
    entries[projection.collection] = Object.fromEntries([...drafts].map(([id, draft]) => [id, projection.index(projection.close(draft))]));
  }
  return entries;
}

test('what each document is found and ordered by', () => {
  const active = { archived: false, tags: [] };
  const setting = 'mutually exclusive a/b tests';
  expect(entriesOf(furnished())).toStrictEqual({
    projects: { shop: { name: 'shop', created: 0, updated: 1, text: 'shop\nthe shop', ...active } },
    holdouts: {},
    actors: { 'user:alice': { name: 'alice', created: 0, updated: 11, text: 'alice', ...active } },
    keys: { Dark_Mode: { name: 'dark_mode', created: 2, updated: 2, text: 'dark_mode\nat night', ...active } },
    segments: { 'id-4': { name: 'strasse', created: 3, updated: 3, text: 'strasse\ngrüsse', ...active } },
    goals: { 'id-5': { name: 'käufe', created: 4, updated: 4, text: 'käufe\n', ...active } },
    exclusivity: { exclusivity: { name: setting, created: 0, updated: 5, text: setting, ...active } },
    flags: { 'id-7': { name: 'flag', created: 6, updated: 7, status: 'LIVE', text: 'flag\n', ...active } },
    configs: { 'id-9': { name: 'config', created: 8, updated: 8, status: 'DRAFT', text: 'config\ntwo\nlines', ...active } },
    experiments: { 'id-10': { name: 'test', created: 9, updated: 11, status: 'ROLLED_OUT', text: 'test\n', ...active } },
    usage: {
      'flag:id-7': {
        name: 'flag',
        created: 6,
        updated: 7,
        archived: false,
        status: 'LIVE',
        text: 'flag',
        tags: ['uses:key:Dark_Mode', 'uses:segment:id-4'],
      },
      'config:id-9': {
        name: 'config',
        created: 8,
        updated: 8,
        archived: false,
        status: 'DRAFT',
        text: 'config',
        tags: ['uses:key:Dark_Mode'],
      },
      // Rolled out, it measures nothing any more: it no longer uses its goal.
      'experiment:id-10': {
        name: 'test',
        created: 9,
        updated: 11,
        archived: false,
        status: 'ROLLED_OUT',
        text: 'test',
        tags: ['uses:key:Dark_Mode', 'uses:segment:id-4', 'used:goal:id-5'],
      },
    },
  });
});

test('what is archived is found as archived, whatever its kind, and holds nothing', () => {
  const ledger = furnished();
  const items = [
    { kind: 'key', id: 'Dark_Mode' },
    { kind: 'segment', id: 'id-4' },
    { kind: 'goal', id: 'id-5' },
    { kind: 'flag', id: 'id-7' },
    { kind: 'config', id: 'id-9' },
    { kind: 'experiment', id: 'id-10' },
  ] as const;
  ledger.accept({ type: 'ArchiveMany', items });
  const { projects: _project, exclusivity: _setting, actors: _actors, ...others } = entriesOf(ledger);
  for (const entries of Object.values(others)) {
    for (const entry of Object.values(entries)) {
      expect(entry).toMatchObject({ archived: true });
      expect(entry.tags.filter((tag) => !tag.startsWith('used:'))).toEqual([]);
    }
  }
  expect(others.usage).toMatchObject({ 'experiment:id-10': { status: 'ARCHIVED' } });
});
