import fc from 'fast-check';
import { configs, experiments, flags, goals, keys, segments, projects } from '../../projections/entities';
import { exclusivity } from '../../projections/exclusivity';
import type { ProjectionOf } from '../../src/read-model/projection';
import type { Reader } from '../../projections/reader';
import type { Stamp } from '../../projections/stamp';
import { schemaVersions } from '../../src/domain/decider';
import { entityKey } from '../../src/domain/project-state';
import type { EntityKind } from '../../src/domain/event';
import { usagesOf, type Use } from '../../src/domain/usage';
import { Ledger } from '../fixtures/ledger';
import { arbitraryWish, commandFor, type Wish } from './arbitrary-command';
import { Remembered } from './remembered';

const STAMP = ['projectId', 'version', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'createdRevision', 'updatedRevision', 'cursor'];
const wishes = fc.array(arbitraryWish, { minLength: 20, maxLength: 80, size: 'max' });
const everything = { sort: { by: 'created', descending: false }, limit: 10_000, from: 'start' } as const;

/** A project in which something of each kind that is used is there to be used. */
function furnished(): Ledger {
  const ledger = Ledger.started();
  for (const name of ['dark_mode', 'constructor']) ledger.accept({ type: 'CreateKey', name, valueType: 'NUMBER', defaultValue: 0 });
  ledger.accept({ type: 'CreateSegment', name: 'Americans', rule: { property: { name: 'geo.country', operator: 'EQUALS', value: 'US' } } });
  for (const name of ['Buy', 'Order']) ledger.accept({ type: 'CreateGoal', name, event: 'Purchase' });
  return ledger;
}

/** Executes the wish as one of two actors. */
function fulfil(ledger: Ledger, wish: Wish): void {
  ledger.submit(commandFor(wish, ledger.state), { actor: { id: wish.picks[0]! % 2 ? 'alice' : 'bob', kind: 'user' } });
}

async function documentsOf<D extends Stamp>(reader: Reader, projection: ProjectionOf<D>): Promise<readonly D[]> {
  return (await reader.list(projection, 'shop', everything)).rows.map(({ document }) => document);
}

/** What is left of a document without its stamp, which is checked here. */
function entityIn(ledger: Ledger, kind: EntityKind, id: string, document: Stamp): object {
  const moved = ledger.state.versions.get(entityKey(kind, id));
  expect(document).toMatchObject({ version: moved?.version ?? 0, projectId: 'shop' });
  if (moved) expect(document).toMatchObject({ updatedBy: moved.actor, updatedAt: moved.at });
  expect(document).toStrictEqual(JSON.parse(JSON.stringify(document)));
  return Object.fromEntries(Object.entries(document).filter(([field]) => !STAMP.includes(field)));
}

async function expectDocumentsAsState(ledger: Ledger, reader: Reader): Promise<void> {
  const { state } = ledger;
  const concepts = [
    { kind: 'key', entities: state.keys, documents: await documentsOf(reader, keys) },
    { kind: 'segment', entities: state.segments, documents: await documentsOf(reader, segments) },
    { kind: 'goal', entities: state.goals, documents: await documentsOf(reader, goals) },
    { kind: 'flag', entities: state.flags, documents: await documentsOf(reader, flags) },
    { kind: 'config', entities: state.configs, documents: await documentsOf(reader, configs) },
    { kind: 'experiment', entities: state.experiments, documents: await documentsOf(reader, experiments) },
  ] as const;
  for (const { kind, entities, documents } of concepts) {
    const found = documents.map((document) => {
      const id = 'id' in document ? document.id : document.name;
      return [id, entityIn(ledger, kind, id, document)] as const;
    });
    expect(new Map(found)).toStrictEqual(new Map<string, object>(entities));
  }
  const [project, setting] = [await reader.get(projects, 'shop', 'shop'), await reader.get(exclusivity, 'shop', 'exclusivity')];
  expect(entityIn(ledger, 'project', 'shop', project!)).toStrictEqual(state.project);
  expect(entityIn(ledger, 'exclusivity', 'exclusivity', setting!)).toStrictEqual({ enabled: state.exclusivity });
}

async function expectUsersAsState({ state }: Ledger, reader: Reader): Promise<void> {
  const things: Use[] = [
    ...[...state.keys.keys()].map((id): Use => ({ kind: 'key', id })),
    ...[...state.segments.keys()].map((id): Use => ({ kind: 'segment', id })),
    ...[...state.goals.keys()].map((id): Use => ({ kind: 'goal', id })),
  ];
  for (const thing of things) expect(await reader.usagesOf('shop', thing)).toEqual(usagesOf(state, thing));
}

test('after every command, documents and users are what the state says that commands are decided on', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, async (list) => {
      const ledger = furnished();
      const remembered = new Remembered(ledger);
      for (const wish of list) {
        fulfil(ledger, wish);
        await remembered.catchUp();
        await expectDocumentsAsState(ledger, remembered.reader);
        await expectUsersAsState(ledger, remembered.reader);
      }
    }),
    { numRuns: 12 },
  );
});

test('documents and what they are found by are the same, byte for byte, in whatever batches the events come', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, fc.integer({ min: 2, max: 20 }), async (list, batch) => {
      const ledger = furnished();
      for (const wish of list) fulfil(ledger, wish);
      const whole = await (await new Remembered(ledger).catchUp()).dump();
      expect(await (await new Remembered(ledger).catchUp(1)).dump()).toBe(whole);
      expect(await (await new Remembered(ledger).catchUp(batch)).dump()).toBe(whole);
    }),
    { numRuns: 10 },
  );
});

test('such random commands cause every type of event there is', () => {
  const types = fc.sample(wishes, { numRuns: 200, seed: 1 }).flatMap((list) => {
    const ledger = furnished();
    for (const wish of list) fulfil(ledger, wish);
    return ledger.events.map(({ type }) => type);
  });
  // Not written any more.
  const written = [...schemaVersions.keys()].filter((type) => type !== 'ExperimentTrafficRaised');
  expect([...new Set(types)].sort()).toEqual(written.sort());
});
