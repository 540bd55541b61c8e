import { instantOf } from '../../src/domain/instant';

describe('an instant', () => {
  test.each([
    ['1970-01-02', 86_400_000],
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T02:00:00+02:00', 0],
    ['1970-01-01T00:00:00.5Z', 500],
  ])('%s is %d', (text, instant) => expect(instantOf(text)).toBe(instant));

  test.each([
    '2023-02-29',
    '2026-00-10',
    '2026-04-31T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T10:00:00',
    '2026',
    'now',
    '',
    0,
    null,
  ])('%j is none', (text) => expect(instantOf(text)).toBeUndefined());
});
