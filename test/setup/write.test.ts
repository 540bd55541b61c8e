import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { canonicalFile, setupContent } from '../../src/setup/canonical-file';
import { writeSetup, type SetupFormat } from '../../src/setup/write';
import { parseSetup } from '../../src/setup/parse';
import type { SetupFile } from '../../src/setup/file';
import { arbitraryFile, shuffled } from './arbitrary-file';

const FORMATS: readonly SetupFormat[] = ['yaml', 'json'];

function read(text: string): SetupFile {
  const parsed = parseSetup(text);
  if ('errors' in parsed)
    throw new Error(`${parsed.errors.map(({ path, message, line }) => `${line} ${path}: ${message}`).join('\n')}\n${text}`);
  return parsed.file;
}

const shop = readFileSync(join(__dirname, '../fixtures/setup/shop.yaml'), 'utf8');

describe.each(FORMATS)('a file written as %s', (format) => {
  test('reads as it was', () => {
    fc.assert(
      fc.property(arbitraryFile, (file) => {
        expect(read(writeSetup(file, format))).toEqual(canonicalFile(file));
      }),
      { numRuns: 80 },
    );
  });

  test('has the same bytes whatever the order it came in', () => {
    const both = arbitraryFile.chain((file) => fc.tuple(fc.constant(file), shuffled(file)));
    fc.assert(
      fc.property(both, ([file, other]) => {
        expect(writeSetup(other, format)).toBe(writeSetup(file, format));
      }),
      { numRuns: 50 },
    );
  });

  test('keeps an empty list, which is not the same as no list', () => {
    expect(read(writeSetup({ keys: [], flags: [] }, format))).toEqual({ keys: [], flags: [] });
  });

  test('tells editors where its schema is', () => {
    expect(writeSetup({}, format, 'https://example.com/s.json')).toContain('https://example.com/s.json');
  });
});

test('what has its default is left out, lists are by name, and a condition is one line', () => {
  const text = writeSetup(read(shop), 'yaml');
  expect(text).not.toMatch(/DRAFT|control: false|archived: false|percentage: 100$/m);
  expect(text).toContain('- property: { name: device.os, operator: EQUALS, value: iOS }\n');
  const names = text.match(/^ {2}- name: .*$/gm)?.map((line) => line.slice(10));
  expect(names?.slice(0, 5)).toEqual(['constructor', 'dark_mode', 'home.title', 'new_cart', 'old_cart']);
});

test('names are in the order of code points, astral ones last', () => {
  const segments = ['\u{1f6d2}', 'é', '\uff21', 'Z', 'a'].map((name) => ({
    name,
    description: '',
    rule: { property: { name: 'x', operator: 'EXISTS' as const } },
  }));
  expect(canonicalFile({ segments }).segments?.map(({ name }) => name)).toEqual(['Z', 'a', 'é', '\uff21', '\u{1f6d2}']);
});

test('one value given in several places is written out in each: no anchors', () => {
  const value = { a: [1] };
  const file: SetupFile = {
    keys: [
      { name: 'a', type: 'JSON', default: value, description: '', archived: false },
      { name: 'b', type: 'JSON', default: value, description: '', archived: false },
    ],
  };
  expect(read(writeSetup(file, 'yaml'))).toEqual(file);
});

test('a reader of YAML 1.1 takes it for the same: no word, date or number of it is another there', () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const text = writeSetup(file, 'yaml');
      expect(parseYaml(text, { version: '1.1', merge: true })).toEqual(setupContent(file));
    }),
    { numRuns: 150 },
  );
});

test('numbers with an exponent have a point, without which YAML 1.1 reads a text, and `=` is in quotes', () => {
  const key = { name: 'a', type: 'JSON' as const, description: '', archived: false };
  const text = writeSetup({ keys: [{ ...key, default: [1e-7, -2.5e-9, '='] }] }, 'yaml');
  expect(text.match(/^ {6}- .*$/gm)?.map((line) => line.slice(8))).toEqual(['1.0e-7', '-2.5e-9', '"="']);
  expect(read(text).keys?.[0]?.default).toEqual([1e-7, -2.5e-9, '=']);
});
