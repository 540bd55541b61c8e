import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const decisions = readdirSync(join(ROOT, 'docs/decisions')).map((name) => join('docs/decisions', name));

/** Lines that can be wrapped: no rows of tables, and nothing that is shown as it is printed. */
function prose(text: string): readonly string[] {
  let isCode = false;
  return text.split('\n').filter((line) => {
    if (/^ *```/.test(line)) isCode = !isCode;
    return !isCode && !line.startsWith('|');
  });
}

const pages = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name));
const WRAPPED = ['README.md', 'CHANGELOG.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages];

test.each([...WRAPPED, ...decisions])('no line of %s is longer than 120 characters', (file) => {
  expect(prose(read(file)).filter((line) => line.length > 120)).toEqual([]);
});

test('README has at most 150 lines, and names five settings', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  const table = /\| variable \|[^]*?\n\n/.exec(read('README.md'))?.[0] ?? '';
  expect(table.match(/^\| `/gm)).toHaveLength(5);
});

test('ARCHITECTURE names every folder with code', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = read('ARCHITECTURE.md');
  expect(
    ['schema', 'projections', ...folders.map(({ name }) => `src/${name}`)].filter((folder) => !named.includes(`\`${folder}/\``)),
  ).toEqual([]);
});

test.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/glossary.md'])('the files and folders that %s names are there', (file) => {
  const named = [...read(file).matchAll(/`((?:src|schema|projections|test|docs|scripts|samples)\/[\w./-]*)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('each decision is in their list, and no two have one number', () => {
  const files = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
  const list = read('docs/decisions/README.md');
  expect(files.filter((name) => !list.includes(`(${name})`))).toEqual([]);
  expect(new Set(files.map((name) => name.slice(0, 4))).size).toBe(files.length);
});
