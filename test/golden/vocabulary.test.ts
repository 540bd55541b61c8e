import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaVersions, CONCEPTS } from '../../src/domain/decider';
import { GOLDEN, vocabulary } from './vocabulary';

let now: ReturnType<typeof vocabulary>;
beforeAll(() => {
  now = vocabulary();
});

const sectionsOf = (text: string | undefined): readonly string[] => text?.match(/^\S+/gm) ?? [];
const files = ['rights.txt', 'event-fields.txt', 'command-fields.txt', 'history-fields.txt', 'setup-sections.txt'];

test.each(files)('%s is what the code says', (file) => {
  // A change that is meant: npm run golden.
  expect(now[file]).toBe(readFileSync(join(GOLDEN, file), 'utf8'));
});

test('these are all the files', () => expect(Object.keys(now)).toEqual(files));

test('every event type and every command type is in them', () => {
  expect(sectionsOf(now['event-fields.txt'])).toEqual(expect.arrayContaining([...schemaVersions.keys()]));
  const decided = Object.values(CONCEPTS).flatMap(({ decide }) => Object.keys(decide));
  expect(sectionsOf(now['command-fields.txt'])).toEqual(expect.arrayContaining(decided));
});

test('history shows fields of every event type', () => {
  const shown = [...(now['history-fields.txt'] ?? '').matchAll(/^ {2}(\w+): (.*)$/gm)];
  expect(new Set(shown.map(([, type]) => type))).toEqual(new Set(schemaVersions.keys()));
  expect(shown.filter(([, , fields]) => fields === '- -> -')).toEqual([]);
});
