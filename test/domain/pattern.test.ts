import { RE2JS } from 're2js';
import { checkPattern } from '../../src/domain/pattern';

const compile = jest.spyOn(RE2JS, 'compile');
beforeEach(() => compile.mockClear());
afterAll(() => compile.mockRestore());

/** 498 characters, of which RE2 makes 492,002 instructions. */
const HUGE = `(?:${'a'.repeat(490)}){1000}`;

test.failing('a pattern whose text shows that it is too large is refused without being compiled', () => {
  expect(checkPattern(HUGE, 'value')).toEqual([{ path: 'value', message: expect.stringContaining('simpler regular expression') }]);
  expect(compile).not.toHaveBeenCalled();
});

test.failing('a pattern is compiled once, however often it is checked, whether it is right or wrong', () => {
  for (const [pattern, problems] of [
    ['once [a-z]+', 0],
    ['once (a', 1],
  ] as const) {
    compile.mockClear();
    for (const path of ['first', 'second']) expect(checkPattern(pattern, path)).toHaveLength(problems);
    expect(compile).toHaveBeenCalledTimes(1);
  }
});
