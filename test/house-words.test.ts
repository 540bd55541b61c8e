import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const FOLDERS = ['src', 'schema', 'projections', 'test', 'bench', 'samples', 'scripts'];

/** Words without a meaning of their own in this field: a newcomer would not search for them. */
const REFUSED =
  /\b(?:told|whoever|nobody|somebody|verdicts?|rulings?|courts?|desks?|pour(?:s|ed|ing)?|witness(?:es|ed)?|doubt(?:s|ed)?|passages?|gatherings?|tenants?|sieges?|wanderers?|hammer(?:s|ing)?|diary|stands? still|stood still)\b/gi;

/** Files that must keep such a word, each with its reason. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['test/house-words.test.ts', 'it lists the words'],
  ['samples/browser-studies/LICENSE', 'a licence, as it was published'],
]);

const TEXT = /\.(?:tsx?|css|html|cjs|mjs|js|sh|md|graphql|json|yaml|yml)$|LICENSE$/;
const GENERATED = /^(?:test\/(?:generated|fixtures\/first-version)|src\/dashboard\/generated)\//;

test('refused words stand in no name, comment, title or text', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ).filter((file) => TEXT.test(file) && !GENERATED.test(file) && !EXCEPTIONS.has(file));
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((file) =>
    `${file.replace(/[-./]/g, ' ')}\n${readFileSync(join(ROOT, file), 'utf8')}`
      // Names are split into their words.
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .split('\n')
      .flatMap((line, at) => (line.match(REFUSED) ?? []).map((word) => `${file}:${at} ${word}`)),
  );
  expect(found).toEqual([]);
});
