import { chanceOfHigherProportion } from '../../src/statistics/bayes';
import { benjaminiHochberg, holm } from '../../src/statistics/correction';
import { cuped, slope, type PairedSums } from '../../src/statistics/cuped';
import { chiSquaredTail, logBeta, regularizedBeta } from '../../src/statistics/gamma';
import { welch } from '../../src/statistics/mean';
import { around } from '../../src/statistics/missing';
import { newcombe, pooledZ, wilson, type Proportion } from '../../src/statistics/proportion';
import { centred, difference, sampleOfProportion, sampleOfSums, varianceOfMean, type Sample } from '../../src/statistics/sample';
import { fixedUsersForMeans, fixedUsersForProportions } from '../../src/statistics/sample-size';
import { sampleRatio } from '../../src/statistics/sample-ratio';
import { logEvidence, reach, sequentialInterval, sequentialP, tuning } from '../../src/statistics/sequential';
import { studentQuantile, studentTail, normalQuantile, normalTail, twoSidedZ, rootOf } from '../../src/statistics/distributions';
import { casesOf, expectAllClose, expectClose, present, unusedCases } from './cases';

type Pair = readonly [number, number];

const Z95 = twoSidedZ(0.05);
const bounds = ({ low, high }: { low: number; high: number }): Pair => [low, high];

interface Counts {
  readonly converted: Pair;
  readonly users: Pair;
}

/** The first arm of these cases is the variant. */
const arms = ({ converted, users }: Counts): readonly [variant: Proportion, control: Proportion] => [
  { converted: converted[0], users: users[0] },
  { converted: converted[1], users: users[1] },
];

interface Proportions {
  readonly difference: number;
  readonly pooledZ: number | null;
  readonly pooledP: number | null;
  readonly newcombe95: Pair;
  readonly wald95: Pair;
  readonly wilson95: readonly [Pair, Pair];
  readonly clopperPearson95: readonly [Pair, Pair];
  readonly fisherP: number;
  readonly ratio?: number;
  readonly ratioLog95?: Pair;
}

describe.each(casesOf<Counts, Proportions>('proportions:'))('%s', (_, { input, expected }) => {
  const [variant, control] = arms(input);
  const sample = ({ converted, users }: Proportion): Sample => present(sampleOfProportion(converted, users));

  test('the test and the intervals that results use', () => {
    const tested = pooledZ(control, variant);
    expectClose('z' in tested ? tested.z : null, expected.pooledZ);
    expectClose('p' in tested ? tested.p : null, expected.pooledP);
    expectAllClose(bounds(present(newcombe(control, variant, Z95))), expected.newcombe95);
    for (const index of [0, 1]) expectAllClose(bounds(present(wilson([variant, control][index]!, Z95))), expected.wilson95[index]!);
  });

  test('the interval of the unpooled standard error', () => {
    const estimate = difference(sample(control), sample(variant));
    if ('missing' in estimate) {
      expect(expected.wald95).toEqual([0, 0]);
    } else {
      expectClose(estimate.difference, expected.difference);
      expectAllClose(bounds(around(estimate.difference, Z95 * estimate.standardError)), expected.wald95);
    }
  });

  // No result uses these three: they are put together here from the same parts.
  test('the ratio with its interval by the delta method', () => {
    if (expected.ratio === undefined) return;
    const [one, other] = [sample(variant), sample(control)];
    expectClose(one.mean / other.mean, expected.ratio);
    const logError = Math.sqrt(varianceOfMean(one) / one.mean ** 2 + varianceOfMean(other) / other.mean ** 2);
    const ends = bounds(around(Math.log(expected.ratio), Z95 * logError)).map(Math.exp);
    expectAllClose(ends, expected.ratioLog95!);
  });

  test('the exact intervals, by the incomplete beta function', () => {
    const below = (x: number, a: number, b: number): number => regularizedBeta(x, 1 - x, a, b);
    [variant, control].forEach(({ converted, users }, index) => {
      const low = converted === 0 ? 0 : rootOf((x) => below(x, converted, users - converted + 1) - 0.025, 0, 1);
      const high = converted === users ? 1 : rootOf((x) => below(x, converted + 1, users - converted) - 0.975, 0, 1);
      expectAllClose([low, high], expected.clopperPearson95[index]!);
    });
  });

  test('the exact test, by the beta function', () => {
    const [n1, n0] = input.users;
    const whole = input.converted[0] + input.converted[1];
    const choose = (n: number, k: number): number => -Math.log(n + 1) - logBeta(k + 1, n - k + 1);
    const chance = (k: number): number => Math.exp(choose(n1, k) + choose(n0, whole - k) - choose(n1 + n0, whole));
    const seen = chance(input.converted[0]);
    let p = 0;
    for (let k = Math.max(0, whole - n0); k <= Math.min(n1, whole); k++) if (chance(k) <= seen * (1 + 1e-7)) p += chance(k);
    expectClose(p, expected.fisherP);
  });
});

interface WelchValues {
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly ci95: Pair;
}

function expectWelch(first: Sample, second: Sample, expected: WelchValues): void {
  const tested = present(welch(second, first, 0.05));
  expectAllClose([tested.t, tested.degreesOfFreedom, tested.p, ...bounds(tested)], [expected.t, expected.df, expected.p, ...expected.ci95]);
}

test.each(casesOf<{ a: readonly number[]; b: readonly number[] }, WelchValues>('Welch: '))('%s', (_, { input, expected }) => {
  const [first, second] = [input.a, input.b].map((values) => {
    const total = (of: (value: number) => number): number => values.reduce((sum, value) => sum + of(value), 0);
    return present(sampleOfSums({ users: values.length, sum: total((value) => value), sumSquares: total((value) => value ** 2) }));
  });
  expectWelch(first!, second!, expected);
});

test.each(casesOf<Record<'mean' | 'sd' | 'n', Pair>, WelchValues>('Welch from'))('%s', (_, { input: { mean, sd, n }, expected }) => {
  const [first, second] = [0, 1].map((arm) => ({ users: n[arm]!, mean: mean[arm]!, variance: sd[arm]! ** 2 }));
  expectWelch(first!, second!, expected);
});

test.each(casesOf<{ users: readonly number[]; weights: readonly number[] }, { chi2: number; p: number }>('SRM'))(
  '%s',
  (_, { input, expected }) => {
    const checked = present(sampleRatio(input.users, input.weights));
    expectAllClose([checked.chiSquared, checked.p], [expected.chi2, expected.p]);
  },
);

test.each(
  casesOf<
    { p: readonly number[]; alpha: number },
    Record<'holm' | 'benjaminiHochberg', readonly number[]> & { rejected: Record<'holm' | 'benjaminiHochberg', number> }
  >('multiple testing'),
)('%s', (_, { input: { p, alpha }, expected }) => {
  expectAllClose(holm(p), expected.holm);
  expectAllClose(benjaminiHochberg(p), expected.benjaminiHochberg);
  const rejected = (adjusted: readonly number[]): number => adjusted.filter((value) => value <= alpha).length;
  expect([rejected(holm(p)), rejected(benjaminiHochberg(p))]).toEqual([expected.rejected.holm, expected.rejected.benjaminiHochberg]);
});

const HALF = { controlShare: 0.5, variantShare: 0.5 };

test.each(
  casesOf<
    { p1?: number; p2?: number; baseline?: number; relative?: number; alpha: number; power: number },
    { n?: number; usersPerVariant?: number }
  >('power.prop.test').concat(casesOf('power: two proportions')),
)('%s', (_, { input: { p1, p2, baseline = p1!, relative = 0, alpha, power }, expected }) => {
  const users = fixedUsersForProportions({ ...HALF, alpha, power, baseline, expected: p2 ?? baseline * (1 + relative) });
  expectClose(users / 2, expected.n ?? expected.usersPerVariant);
});

test.each(casesOf<{ effect: number; power: number; alpha: number }, { n: number }>('power.t.test'))('%s', (_, { input, expected }) => {
  expectClose(fixedUsersForMeans({ ...HALF, ...input, standardDeviation: 1 }) / 2, expected.n);
});

// The rule of thumb has 16 for 2 (1.96 + 0.84)², which is 15.7.
interface Expected {
  readonly baseline?: number;
  readonly mean?: number;
  readonly sd?: number;
  readonly relative: number;
}
test.each(casesOf<Expected, { usersPerVariant: number }>('power: conversion').concat(casesOf('power: revenue')))(
  '%s: the rule of thumb is two in a hundred above what is asked for',
  (_, { input: { baseline, mean, sd, relative }, expected }) => {
    const level = baseline ?? mean!;
    const variance = sd === undefined ? level * (1 - level) : sd ** 2;
    expectClose((16 * variance) / (level * relative) ** 2, expected.usersPerVariant);
    const plan = { ...HALF, alpha: 0.05, power: 0.8, effect: level * relative, standardDeviation: Math.sqrt(variance) };
    expect(fixedUsersForMeans(plan) / 2 / expected.usersPerVariant).toBeCloseTo(0.981, 3);
  },
);

interface Paired {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
  readonly preSum: number;
  readonly preSumSquares: number;
  readonly product: number;
}

test.each(
  casesOf<
    Record<'control' | 'treatment', Paired>,
    Record<'theta' | 'difference' | 'unadjusted' | 'p' | 'pUnadjusted' | 'varianceRatio' | 'correlation', number>
  >('CUPED'),
)('%s', (_, { input, expected }) => {
  const [control, variant] = [input.control, input.treatment].map(({ n, ...sums }): PairedSums => ({ users: n, ...sums }));
  const keys = Object.keys(control!) as (keyof PairedSums)[];
  const both = Object.fromEntries(keys.map((key) => [key, control![key] + variant![key]])) as unknown as PairedSums;
  // This case pools both arms into one group, where results pool within the arms.
  const theta = slope([both]);
  expectClose(theta, expected.theta);
  const adjusted = present(cuped(control!, variant!, theta));
  const tested = present(welch(adjusted.control, adjusted.variant, 0.05));
  const plain = present(welch(sampleOfSums(control!), sampleOfSums(variant!), 0.05));
  expectAllClose(
    [adjusted.variant.mean - adjusted.control.mean, tested.p, plain.p],
    [expected.difference, expected.p, expected.pUnadjusted],
  );
  const own = centred(both.users, both.sumSquares, both.sum, both.sum);
  const before = centred(both.users, both.preSumSquares, both.preSum, both.preSum);
  const product = centred(both.users, both.product, both.sum, both.preSum);
  expectAllClose([product / Math.sqrt(own * before), 1 - product ** 2 / own / before], [expected.correlation, expected.varianceRatio]);
});

interface Ratio {
  readonly n: number;
  readonly numeratorSum: number;
  readonly numeratorSumSquares: number;
  readonly denominatorSum: number;
  readonly denominatorSumSquares: number;
  readonly product: number;
}

// No result is a ratio of two measures: put together here from the same parts.
test.each(casesOf<Record<'control' | 'treatment', Ratio>, { ratio: Pair; variance: Pair; difference: number; z: number }>('ratio metric'))(
  '%s',
  (_, { input, expected }) => {
    const [control, treatment] = [input.control, input.treatment].map((of) => {
      const ratio = of.numeratorSum / of.denominatorSum;
      const above = centred(of.n, of.numeratorSumSquares, of.numeratorSum, of.numeratorSum);
      const below = centred(of.n, of.denominatorSumSquares, of.denominatorSum, of.denominatorSum);
      const both = centred(of.n, of.product, of.numeratorSum, of.denominatorSum);
      const residual = (above - 2 * ratio * both + ratio ** 2 * below) / (of.n - 1);
      return { users: of.n, mean: ratio, variance: residual / (of.denominatorSum / of.n) ** 2 };
    });
    expectAllClose([control!.mean, treatment!.mean], expected.ratio);
    expectAllClose([varianceOfMean(control!), varianceOfMean(treatment!)], expected.variance);
    const estimate = present(difference(control!, treatment!));
    expectAllClose([estimate.difference, estimate.difference / estimate.standardError], [expected.difference, expected.z]);
  },
);

test.each(
  casesOf<
    Counts & { alpha: number; tunedFor: number },
    { rho: number; difference: number; halfWidth: number; ci: Pair; p: number; fixedHalfWidth: number }
  >('asymptotic confidence sequence'),
)('%s', (_, { input, expected }) => {
  const [control, variant] = arms(input);
  const users = control.users + variant.users;
  const r = tuning(input.alpha, input.tunedFor);
  expectClose(r, expected.rho);
  const estimate = present(
    difference(sampleOfProportion(control.converted, control.users), sampleOfProportion(variant.converted, variant.users)),
  );
  expectClose(reach(users, r, input.alpha) * estimate.standardError, expected.halfWidth);
  expectAllClose(bounds(sequentialInterval(estimate, users, r, input.alpha)), expected.ci);
  expectAllClose([sequentialP(estimate, users, r), estimate.difference], [expected.p, expected.difference]);
  expectClose(Z95 * estimate.standardError, expected.fixedHalfWidth);
});

test.each(casesOf<Record<'difference' | 'variance' | 'n' | 'tauSquared', number>, { likelihoodRatio: number; p: number }>('mSPRT'))(
  '%s',
  (_, { input: { difference: seen, variance, n, tauSquared }, expected }) => {
    // The same mixture: N r² of the one is n tau² / V of the other.
    const log = logEvidence(seen / Math.sqrt(variance / n), n, Math.sqrt(tauSquared / variance));
    expectAllClose([Math.exp(log), Math.min(1, Math.exp(-log))], [expected.likelihoodRatio, expected.p]);
  },
);

test.each(casesOf<Counts, { chanceToBeat: number }>('Bayes'))('%s', (_, { input, expected }) => {
  const [control, variant] = arms(input);
  expectClose(chanceOfHigherProportion(control, variant), expected.chanceToBeat);
});

test.each(casesOf<object, Record<'normPpf' | 'normSf' | 'tSf' | 'tPpf' | 'chi2Sf', Record<string, number>>>('quantiles and tails'))(
  '%s',
  (_, { expected }) => {
    const each = (table: Record<string, number>, f: (x: number, df: number) => number): void => {
      for (const [key, value] of Object.entries(table)) {
        const [x, degreesOfFreedom] = key.split(',').map(Number);
        expectClose(f(x!, degreesOfFreedom!), value);
      }
    };
    each(expected.normPpf, normalQuantile);
    each(expected.normSf, normalTail);
    each(expected.tSf, studentTail);
    each(expected.tPpf, studentQuantile);
    each(expected.chi2Sf, chiSquaredTail);
  },
);

test('every worked case has been computed', () => {
  expect(unusedCases()).toEqual([]);
});
