import fc from 'fast-check';
import { RE2JS, RE2JSException } from 're2js';
import { checkPattern } from '../../src/domain/pattern';
import { patternSize } from '../../src/domain/pattern-size';

const compile = jest.spyOn(RE2JS, 'compile');
beforeEach(() => compile.mockClear());
afterAll(() => compile.mockRestore());

/** 498 characters, of which RE2 makes 492,002 instructions. */
const HUGE = `(?:${'a'.repeat(490)}){1000}`;

test('a pattern whose text shows that it is too large is refused without being compiled', () => {
  expect(checkPattern(HUGE, 'value')).toEqual([{ path: 'value', message: expect.stringContaining('simpler regular expression') }]);
  expect(compile).not.toHaveBeenCalled();
});

test('a pattern is compiled once, however often it is checked, whether it is right or wrong', () => {
  for (const [pattern, problems] of [
    ['once [a-z]+', 0],
    ['once (a', 1],
  ] as const) {
    compile.mockClear();
    for (const path of ['first', 'second']) expect(checkPattern(pattern, path)).toHaveLength(problems);
    expect(compile).toHaveBeenCalledTimes(1);
  }
});

const { pattern } = fc.letrec((tie) => ({
  atom: fc.oneof(
    fc.constantFrom(
      'a',
      '.',
      '^',
      '\\d',
      '\\x{41}',
      '\\pL',
      '\\p{Greek}',
      '\\Qa{2}\\E',
      '\\{',
      '[a-z]',
      '[]a]',
      '[^]a]',
      '[[:alpha:]}{]',
      '[\\]a]',
      '{',
      '}',
    ),
    tie('group') as fc.Arbitrary<string>,
  ),
  group: fc
    .tuple(fc.constantFrom('', '?:', '?i:', '?P<n>', '?s-i:'), tie('pattern') as fc.Arbitrary<string>)
    .map(([start, inside]) => `(${start}${inside})`),
  repeated: fc
    .tuple(
      tie('atom') as fc.Arbitrary<string>,
      fc.constantFrom('', '', '', '*', '+', '?', '*?', '{3}', '{2,}', '{0,5}', '{1,20}', '{0}', '{,3}'),
    )
    .map((parts) => parts.join('')),
  pattern: fc
    .tuple(
      fc.array(tie('repeated') as fc.Arbitrary<string>, { minLength: 1, maxLength: 4 }),
      fc.array(tie('repeated') as fc.Arbitrary<string>, { maxLength: 2 }),
    )
    .map(([parts, others]) => [parts.join(''), ...others].join('|')),
}));

test('the size of a pattern as its text shows it is never less than what it compiles to', () => {
  let compiled = 0;
  fc.assert(
    fc.property(pattern as fc.Arbitrary<string>, (text) => {
      fc.pre(patternSize(text) < 5_000);
      try {
        // Two instructions fail and match.
        expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(patternSize(text) + 2);
        compiled += 1;
      } catch (error) {
        if (!(error instanceof RE2JSException)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
  expect(compiled).toBeGreaterThan(300);
});

test.each([
  ['alternatives of single characters', '(?:a|b|c|d|e|f){400}'],
  ['alternatives that begin alike', '(?:prefix1|prefix2|prefix3){60}'],
  ['the most repetitions', '(?:ab){900}'],
  ['what is repeated no time', '(?:ab){0}c'],
])('%s are not taken for more than they are', (_what, text) => {
  expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(2_000);
  expect(checkPattern(text, 'value')).toEqual([]);
});
