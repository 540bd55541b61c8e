import fc from 'fast-check';
import { checkValue, VALUE_TYPES, type ValueType } from '../../src/domain/value';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';

const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = level % 2 ? { a: value } : [value];
  return value;
};
const messages = (type: ValueType, value: unknown): string[] => checkValue(type, value, 'v').map(({ message }) => message);

describe('K2: a value is of its key’s type', () => {
  const examples: { [type in ValueType]: unknown[] } = {
    BOOLEAN: [true, false],
    STRING: ['', 'x', '3', 'line\nline\u0000', '👩‍🚀'],
    NUMBER: [0, -0, 3, -1.5e-300, Number.MAX_SAFE_INTEGER],
    JSON: [null, {}, [], { a: [1, 'x', null, { b: false }] }],
  };
  const own = VALUE_TYPES.flatMap((type) => examples[type].map((value) => [type, value] as const));

  test.each(own)('%s takes %j', (type, value) => expect(checkValue(type, value, 'v')).toEqual([]));

  test.each(own)('JSON takes the %s %j too', (_type, value) => expect(checkValue('JSON', value, 'v')).toEqual([]));

  const others = own.flatMap(([of, value]) =>
    VALUE_TYPES.filter((type) => type !== of && type !== 'JSON').map((type) => [type, value] as const),
  );
  test.each(others)('%s refuses %j', (type, value) =>
    expect(messages(type, value)).toEqual([expect.stringContaining(`because the key is a ${type}`)]),
  );

  test.each(VALUE_TYPES)('%s refuses nothing at all', (type) =>
    expect(messages(type, undefined)).toEqual([expect.stringContaining('not nothing')]),
  );
});

describe('K2: a value is JSON that can be written and read back', () => {
  test.each([
    ['NaN', 'NUMBER', NaN, 'v', 'finite'],
    ['Infinity', 'NUMBER', Infinity, 'v', 'finite'],
    ['a whole number that is not exact', 'NUMBER', 2 ** 53, 'v', 'a larger one would not be kept exactly'],
    ['an infinite number inside', 'JSON', { a: [-Infinity] }, 'v.a.0', 'finite'],
    ['half a character', 'STRING', 'x\ud800', 'v', 'lone surrogate'],
    ['half a character inside', 'JSON', [{ a: '\udc00' }], 'v.0.a', 'lone surrogate'],
    ['half a character in a member name', 'JSON', { a: { '\ud83d': 1 } }, 'v.a', 'lone surrogate'],
    ['__proto__', 'JSON', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), 'v.a', '__proto__'],
    ['a member that is not there', 'JSON', { a: undefined }, 'v.a', 'must be JSON'],
    ['a hole in a list', 'JSON', [1, , 2], 'v', 'holes'], // eslint-disable-line no-sparse-arrays
    ['a date', 'JSON', { at: new Date(0) }, 'v.at', 'instance of a class'],
    ['a map', 'JSON', new Map(), 'v', 'instance of a class'],
    ['a function', 'JSON', { toJSON: () => 1 }, 'v.toJSON', 'a function'],
    ['a bigint', 'JSON', [1n], 'v.0', 'a bigint'],
  ] as const)('%s is refused, and where', (_what, type, value, path, words) =>
    expect(checkValue(type, value, 'v')).toEqual([{ path, message: expect.stringContaining(words) }]),
  );

  test('32 levels are let in, 33 are not', () => {
    expect(messages('JSON', nested(32))).toEqual([]);
    expect(messages('JSON', nested(33))).toEqual(['must have at most 32 lists and objects inside one another']);
  });

  test('100,000 levels, a loop and a tree that is larger than memory are refused at once', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    let tree: unknown = 'leaf';
    for (let level = 0; level < 31; level++) tree = [tree, tree, tree];
    const before = mainThreadCpuMs();
    for (const value of [nested(100_000), loop, tree, new Array(4_000_000_000), 'x'.repeat(10_000_000)])
      expect(messages('JSON', value)).toHaveLength(1);
    expect(mainThreadCpuMs() - before).toBeLessThan(2_000);
  });

  test.each([
    ['ASCII', 'x'.repeat(32 * 1024 - 2)],
    ['two bytes each', 'é'.repeat(16 * 1024 - 1)],
    ['four bytes each', `${'👍'.repeat(8 * 1024 - 1)}xx`],
    ['escaped', `${'\n'.repeat(16 * 1024 - 1)}`],
  ])('exactly 32 KiB of JSON is let in, one byte more is not: %s', (_what, text) => {
    expect(Buffer.byteLength(JSON.stringify(text))).toBe(32 * 1024);
    expect(messages('STRING', text)).toEqual([]);
    expect(messages('STRING', `${text}x`)).toEqual(['must take at most 32 KiB as JSON']);
  });

  test('the bytes of any JSON are counted as JSON.stringify writes them', () => {
    const json = fc
      .jsonValue({ depthSize: 'medium' })
      .filter((value) => !/\p{Surrogate}|__proto__|(?<![.\d])\d{16,}(?!\.)|e\+/u.test(JSON.stringify(value)));
    fc.assert(
      fc.property(json, fc.integer({ min: -1, max: 1 }), (value, more) => {
        const padding = 32 * 1024 + more - Buffer.byteLength(JSON.stringify([value, '']));
        const padded = [value, 'x'.repeat(Math.max(0, padding))];
        const fits = Buffer.byteLength(JSON.stringify(padded)) <= 32 * 1024;
        expect(checkValue('JSON', padded, 'v').length === 0).toBe(fits);
      }),
    );
  });

  test('no input whatever makes it throw', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true });
    fc.assert(
      fc.property(fc.constantFrom(...VALUE_TYPES), anything, (type, value) =>
        expect(Array.isArray(checkValue(type, value, 'v'))).toBe(true),
      ),
    );
  });

  test('a path shows no more of a hostile name than its beginning', () => {
    const [problem] = checkValue('JSON', { [`a\u202e${'b'.repeat(1_000)}`]: NaN }, 'v');
    expect(problem?.path).toMatch(/^v\.a\ufffdb{58}…$/);
  });
});
