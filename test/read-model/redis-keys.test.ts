import fc from 'fast-check';
import { placeText, rowKeyIn } from '../../src/read-model/redis-keys';
import { compareRowKeys } from '../../src/read-model/row-order';

const text = fc.string({ unit: fc.constantFrom('\0', '\u0001', 'a', 'b', 'é', '\uffee', '😀'), maxLength: 5 });
const keys = (value: fc.Arbitrary<string | number>) => fc.record({ value, id: text });
const bytes = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));

test.each([
  ['name', keys(text)],
  ['updated', keys(fc.oneof(fc.nat(20), fc.maxSafeNat()))],
] as const)('places order by their bytes as rows order by %s and then id, and can be read back', (by, key) => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(bytes(placeText(a), placeText(b))).toBe(Math.sign(compareRowKeys(a, b)));
      expect(rowKeyIn(placeText(a), by)).toEqual(a);
    }),
    { numRuns: 2_000 },
  );
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])('%p is no revision to sort by', (value) => {
  expect(() => placeText({ value, id: 'a' })).toThrow(/no revision/);
});
