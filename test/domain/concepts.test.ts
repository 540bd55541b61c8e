import { schemaVersions, CONCEPTS } from '../../src/domain/decider';
import { ENTITY_KINDS } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { PLURALS } from '../../src/domain/project-state';
import { USAGE_KINDS } from '../../src/domain/usage';

const concepts = Object.values(CONCEPTS);

test('there is one concept for each kind of thing, in their order', () => {
  expect(Object.keys(CONCEPTS)).toEqual(ENTITY_KINDS);
  expect(concepts.map(({ kind }) => kind)).toEqual(ENTITY_KINDS);
});

test('each concept says what each of its events changed, and has each of them in every table', () => {
  for (const { schemaVersions: versions, evolve, sentence, changed } of concepts) {
    const types = Object.keys(versions).sort();
    for (const table of [evolve, sentence, changed]) expect(Object.keys(table).sort()).toEqual(types);
  }
  expect(concepts.flatMap((concept) => Object.keys(concept.schemaVersions))).toEqual([...schemaVersions.keys()]);
});

test('these kinds can be archived, use something, and are limited', () => {
  expect(concepts.filter((concept) => 'archive' in concept).map(({ kind }) => kind)).toEqual([
    'key',
    'segment',
    'goal',
    'flag',
    'config',
    'experiment',
  ]);
  expect(USAGE_KINDS).toEqual(['flag', 'config', 'experiment']);
  expect(Object.keys(DEFAULT_LIMITS)).toEqual([...Object.values(PLURALS).filter((plural) => plural !== 'holdouts'), 'runningExperiments']);
});
