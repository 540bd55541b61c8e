import fc from 'fast-check';
import { applyDifferences } from './apply-differences';
import { entryOf } from '../../src/audit/entry';
import type { EntityRef, Envelope } from '../../src/domain/event';
import { canonical, sameJson, type Json, type JsonObject } from '../../src/domain/json';
import { evolve, EMPTY_PROJECT, schemaVersions } from '../../src/domain/decider';
import { inPercent } from '../../src/domain/percent';
import { entitiesOf, type ProjectState } from '../../src/domain/project-state';
import { Ledger } from '../fixtures/ledger';
import { assertUntil } from '../property/assert-until';
import { arbitraryWish, commandFor } from '../projections/arbitrary-command';

/** What an event says beside the fields themselves: where something was copied from, what was read then, or what is new in a list. */
const BESIDE = ['source', 'setting', 'started', 'rolledOut', 'addedGoals', 'decision'];
/** What follows from other fields, or from events before. */
const DERIVED = ['id', 'archived', 'status', 'archivedFrom', 'rowIdsGiven', 'variantIdsGiven', 'started', 'rolledOut', 'decisions'];

/** The thing in the state, with shares in percent, as entries have them (N2). */
function entityIn(state: ProjectState, entity: EntityRef): object | undefined {
  const found = storedIn(state, entity);
  return found && inPercent(entity.kind, found as JsonObject);
}

function storedIn(state: ProjectState, { kind, id }: EntityRef): object | undefined {
  if (kind === 'project') return state.project;
  if (kind === 'exclusivity') return { enabled: state.exclusivity };
  return entitiesOf(state, kind).get(id);
}

/** Where the entry says of a field what the state before or after its event does not. */
function mistakes(event: Envelope, was: ProjectState, is: ProjectState): string[] {
  const { before, after, changes } = entryOf(event);
  const sides = [
    ['before', before, entityIn(was, event.entity)],
    ['after', after, entityIn(is, event.entity)],
  ] as const;
  const wrong = sides.flatMap(([side, said = {}, entity]) =>
    Object.entries(said)
      .filter(([field, value]) => !BESIDE.includes(field) && !sameJson(value, (entity as JsonObject | undefined)?.[field]))
      .map(([field]) => `${side} ${field}`),
  );
  const [old, now] = [entityIn(was, event.entity) ?? {}, entityIn(is, event.entity)] as unknown as [JsonObject, JsonObject];
  const moved = Object.keys(now).filter((field) => !sameJson(old[field] ?? null, now[field]) || (event.version === 1 && !(field in old)));
  const unsaid = moved.filter(
    (field) => !DERIVED.includes(field) && !(field in (after ?? {})) && !(field === 'goals' && 'addedGoals' in (after ?? {})),
  );
  const applied = applyDifferences(before as Json | undefined, changes);
  return [
    ...wrong,
    ...unsaid.map((field) => `nothing of ${field}`),
    ...(canonical(applied) === canonical(after) ? [] : ['changes do not lead from before to after']),
  ].map((what) => `${event.type}: ${what}`);
}

test('what an entry says was and is, was and is, whatever has happened before; and nothing that changed is left out', () => {
  const seen = new Set<string>();
  const missing = () => [...schemaVersions.keys()].filter((type) => !seen.has(type));
  assertUntil(
    () => missing().length === 1,
    fc.property(fc.array(arbitraryWish, { minLength: 40, maxLength: 120, size: 'max' }), (wishes) => {
      const ledger = Ledger.started();
      ledger.accept({ type: 'CreateKey', name: 'dark_mode', valueType: 'NUMBER', defaultValue: 0 });
      for (const wish of wishes) ledger.submit(commandFor(wish, ledger.state));
      let state = EMPTY_PROJECT;
      expect(
        ledger.events.flatMap((event) => {
          const was = state;
          state = evolve(state, event);
          seen.add(event.type);
          return mistakes(event, was, state);
        }),
      ).toEqual([]);
    }),
    150,
  );
  expect(missing()).toEqual(['ExperimentTrafficRaised']);
});
