import fc from 'fast-check';
import { Packed } from '../../src/read-model/packed';

const numbersOf = (packed: Packed): number[] => Array.from({ length: packed.length }, (_, at) => packed.at(at));

test('anyone who goes on from the same numbers has his own, however many there are', () => {
  const step = fc.record({ from: fc.nat(), count: fc.oneof(fc.nat(5), fc.constantFrom(1_020, 1_023, 1_024, 1_025, 2_500)) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const all: { readonly packed: Packed; readonly numbers: readonly number[] }[] = [
        { packed: Packed.of((places) => new Uint32Array(places)), numbers: [] },
      ];
      steps.forEach(({ from, count }, turn) => {
        const { packed, numbers } = all[from % all.length]!;
        const least = (numbers.at(-1) ?? 0) + turn + 1;
        const more = Array.from({ length: count }, (_, at) => least + 2 * at);
        all.push({ packed: packed.with(more), numbers: [...numbers, ...more] });
      });
      for (const { packed, numbers } of all) {
        expect(numbersOf(packed)).toEqual(numbers);
        const middle = numbers[numbers.length >> 1] ?? 0;
        for (const limit of [0, middle, middle + 1, Infinity])
          expect(packed.below(limit)).toBe(numbers.filter((one) => one < limit).length);
      }
    }),
    { numRuns: 50 },
  );
});
