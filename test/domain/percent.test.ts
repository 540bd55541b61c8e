import { basisPointsOf, inPercent, percentOf, WHOLE } from '../../src/domain/percent';
import { PercentScalar } from '../../schema/scalars';

test('N2 all 10,001 percentages go there and back, as numbers, as JSON and as literals of a document', () => {
  for (let basisPoints = 0; basisPoints <= WHOLE; basisPoints += 1) {
    const percent = percentOf(basisPoints);
    const digits = `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}`;
    expect(percent).toBe(Number(digits));
    expect(basisPointsOf(percent)).toBe(basisPoints);
    expect(PercentScalar.parseValue(JSON.parse(JSON.stringify(PercentScalar.serialize(basisPoints))))).toBe(basisPoints);
    expect(PercentScalar.parseLiteral({ kind: 'FloatValue', value: digits } as never, {})).toBe(basisPoints);
  }
});

test('N2 multiplying by 100 would not do: it misses a whole number for 1,146 percentages', () => {
  const missed = Array.from({ length: WHOLE + 1 }, (_, basisPoints) => percentOf(basisPoints)).filter(
    (percent) => !Number.isInteger(percent * 100),
  );
  expect(missed).toHaveLength(1_146);
  expect(missed).toContain(0.29);
});

test('N2 what is no percentage with at most two decimals is refused', () => {
  for (const wrong of [-1, -0.01, 100.01, 101, 1e3, 0.001, 12.345, 1e-7, Number.NaN, Infinity, 99.999]) {
    expect(basisPointsOf(wrong)).toBeNaN();
    expect(PercentScalar.parseValue(wrong)).toBeNaN();
  }
  for (const wrong of ['50', null, true, [50], {}]) {
    expect(basisPointsOf(wrong)).toBeNaN();
    expect(() => PercentScalar.parseValue(wrong)).toThrow('A percentage is a number from 0 to 100');
  }
  expect(basisPointsOf(-0)).toBe(0);
});

test('N2 the fields of a thing are shown in percent, and values that people gave as they are', () => {
  const value = { percentage: 5_000, traffic: 1 };
  expect(inPercent('flag', { key: 'traffic', rows: [{ id: 'r1', percentage: 2_929, value }] })).toEqual({
    key: 'traffic',
    rows: [{ id: 'r1', percentage: 29.29, value }],
  });
  const variants = [{ id: 'v1', weight: 3_333, values: [{ key: 'weight', value }] }];
  expect(inPercent('experiment', { traffic: 100, variants, goals: [{ id: 'g', role: 'GUARDRAIL', margin: 150 }] })).toEqual({
    traffic: 1,
    variants: [{ id: 'v1', weight: 33.33, values: [{ key: 'weight', value }] }],
    goals: [{ id: 'g', role: 'GUARDRAIL', margin: 1.5 }],
  });
  expect(inPercent('key', { traffic: 100 })).toEqual({ traffic: 100 });
});
