import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidSettings } from '../src/invalid-settings';
import { readSettings } from '../src/settings';

interface Row {
  readonly variable: string;
  readonly fallback: string;
  readonly range: readonly [least: number, most: number] | undefined;
}

/** The rows of the first table in a Markdown file. */
function rowsOf(file: string): readonly Row[] {
  return [...readFileSync(join(__dirname, '..', file), 'utf8').matchAll(/^\| `([A-Z_]+)` \| (?:`(.*?)`)? ?\| (.*?) ?\|/gm)].map(
    ([, variable = '', fallback = '', range = '']) => {
      const [least, most] = range.split(' to ');
      return { variable, fallback, range: most === undefined ? undefined : [Number(least), Number(most)] };
    },
  );
}

/** Every variable that the code reads, in its order. */
function variablesRead(): ReadonlySet<string> {
  const names = new Set<string>();
  readSettings(new Proxy({}, { get: (_, name) => void names.add(String(name)) }));
  return names;
}

function isTaken(variable: string, value: number): boolean {
  try {
    readSettings({ [variable]: String(value) });
    return true;
  } catch (error) {
    if (error instanceof InvalidSettings) return false;
    throw error;
  }
}

const rows = rowsOf('docs/settings.md');

test('docs/settings.md has each variable that the code reads, once, and no other', () => {
  expect(rows.map(({ variable }) => variable).sort()).toEqual([...variablesRead()].sort());
});

test.each(rows)('the documented default of $variable is its default', ({ variable, fallback }) => {
  expect(readSettings({ [variable]: fallback })).toEqual(readSettings({}));
});

test.each(rows.filter(({ range }) => range !== undefined))('the documented range of $variable is its range', ({ variable, range }) => {
  const [least, most] = range!;
  expect([least - 1, least, most, most + 1].map((value) => isTaken(variable, value))).toEqual([false, true, true, false]);
});

test('README names only settings that there are', () => {
  const known = variablesRead();
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  const table = /\| variable \|[^]*?\n\n/.exec(readme)?.[0] ?? '';
  const named = [...table.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
