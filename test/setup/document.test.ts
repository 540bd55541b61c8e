import { readDocument } from '../../src/setup/document';
import { parseSetup } from '../../src/setup/parse';

function content(text: string): unknown {
  const document = readDocument(text);
  if ('errors' in document) throw new Error(JSON.stringify(document.errors));
  return document.content;
}

function firstError(text: string): string | undefined {
  const document = readDocument(text);
  if (!('errors' in document)) return undefined;
  const [error] = document.errors;
  return error && `${error.line}:${error.column} ${error.path}: ${error.message}`;
}

describe('a text is read as YAML 1.2', () => {
  test.each([
    ['words that YAML 1.1 took for booleans are texts', 'a: [yes, no, on, off, y]', { a: ['yes', 'no', 'on', 'off', 'y'] }],
    ['a date is a text', 'a: 2026-02-28', { a: '2026-02-28' }],
    ['JSON is YAML, tabs and escapes too', '{\n\t"a": "\\ud83d\\ude00\\/",\n\t"b": [1.5e3]\n}', { a: '😀/', b: [1500] }],
    ['a byte order mark is none of its content', '\ufeff{"a": 1}', { a: 1 }],
    ['<< in quotes is a name like another', '"<<": 1', { '<<': 1 }],
    ['so is << without quotes: YAML 1.2 merges nothing', 'a: 1\n<<: { b: 1 }', { a: 1, '<<': { b: 1 } }],
    ['-0 is 0', 'a: -0', { a: 0 }],
  ])('%s', (_, text, expected) => expect(content(text)).toEqual(expected));
});

describe('what JSON cannot say, or says otherwise, is refused where it stands', () => {
  test.each([
    ['a: &x [1]\nb: *x', '1:7 a: must not have an anchor (&): aliases are not part of this format, so write things out'],
    ['a: &x\n  b: *x', '2:3 a: must not have an anchor (&): aliases are not part of this format, so write things out'],
    ['a: 1\nb: *x', '2:4 b: must not be an alias: write out what it stands for'],
    ['a: !!str 1', '1:10 a: must not have a tag (!): types follow from how a value is written, such as "1" and 1'],
    ['a: !js/function 1', '1:4 : must not have a tag (!): types follow from how a value is written, such as "1" and 1'],
    ['a: &x { b: 1 }\n<<: *x', '1:7 a: must not have an anchor (&): aliases are not part of this format, so write things out'],
    ['1: a', '1:1 : must have a text for a name: write "1" in quotes'],
    ['null: a', '1:1 : must have a text for a name: write "null" in quotes'],
    ['? [a]\n: b', '1:3 : must have a text for a name'],
    ['a: .inf', '1:4 a: must be a finite number, not .inf'],
    ['a: .NaN', '1:4 a: must be a finite number, not .NaN'],
    ['a: 1e999', '1:4 a: must be a finite number, not 1e999'],
    ['a: 12345678901234567890', '1:4 a: must be a number of fewer digits: this one would be changed. In quotes it is a text'],
    ['a: 1\nb: 2\na: 3', '3:1 a: is given twice here: leave one out'],
    ['a:\n  "__proto__": 1', '2:3 a: must not have a member "__proto__", which JavaScript keeps for itself'],
    ['---\na: 1\n---\nb: 1', '3:1 : must be one document: leave out what follows the first'],
    ['%YAML 1.1\n---\na: yes', '1:1 : must be YAML 1.2: leave the directive out'],
    ['{"a": 1', '1:8 : Flow map must end with a }'],
    ['a: 1\n  b: 2', '1:4 : Nested mappings are not allowed in compact mappings'],
  ])('%j', (text, error) => expect(firstError(text)).toBe(error));
});

describe('a hostile text costs little', () => {
  const many = (text: string, length = 1_000_000) => text.repeat(Math.ceil(length / text.length));

  test('100 MB are refused unread, with advice', () => {
    const parsed = parseSetup(' '.repeat(100_000_000), { filename: 'big.yaml' });
    expect(parsed).toEqual({
      errors: [
        {
          path: '',
          message: 'big.yaml must be smaller than 10 MB: split it, for a file may leave out what others say',
          line: 1,
          column: 1,
        },
      ],
    });
  });

  test('aliases that would stand for a billion things are not followed', () => {
    const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`);
    expect(firstError(`l0: &l0 [lol]\n${levels.join('\n')}`)).toMatch(/must not have an anchor/);
  });

  test.each([
    ['[', 1],
    ['{a: ', 1],
    ['- ', 1],
    ['? ', 1],
    ['a: ', 1],
  ])('a million levels of %j are left at the first hundred', (text) => {
    expect(firstError(many(text))).toMatch(/must nest lists and objects at most 100 levels deep$/);
  });

  test.each([']', '}', '&a ', '"', '[,', '!a '])('of a million mistakes such as %j fifty are reported', (text) => {
    const document = readDocument(many(text, 200_000));
    const errors = 'errors' in document ? document.errors : [];
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(50);
  });

  test('of a thousand wrong keys fifty are reported', () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => ({ name: `${index}`, type: 'NUMBER', default: 'x' }));
    const parsed = parseSetup(JSON.stringify({ version: 2, keys }));
    expect('errors' in parsed && parsed.errors).toHaveLength(50);
  });
});
