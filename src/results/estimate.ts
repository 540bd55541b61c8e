import { chanceOfHigherMean, chanceOfHigherProportion } from '../statistics/bayes';
import { cuped } from '../statistics/cuped';
import { meanInterval, welch } from '../statistics/mean';
import { isMissing, missing, type Interval, type Missing, type Reason } from '../statistics/missing';
import { normalQuantile, twoSidedZ } from '../statistics/distributions';
import { newcombe, pooledZ, wilson } from '../statistics/proportion';
import { difference, sampleOfProportion, sampleOfSums, type Sample } from '../statistics/sample';
import { oneSidedReach, reach, sequentialP } from '../statistics/sequential';
import { uplift, type Uplift } from '../statistics/uplift';
import type { Analysis, MeasuredGoal } from './input';
import type { Totals } from './totals';

type Measure = MeasuredGoal['measure'];

/** How an estimate is made: the frozen method, its tuning, and alpha for its interval. */
export interface Level {
  readonly method: Analysis['method'];
  readonly r: number;
  readonly alpha: number;
}

/** R2: a variant beside control, with interval, method and numbers of users. */
export interface Estimate extends Interval {
  readonly method: 'CONFIDENCE_SEQUENCE' | 'NEWCOMBE' | 'WELCH';
  readonly cuped: boolean;
  /** The share of such intervals that have the true difference in them. */
  readonly confidence: number;
  readonly controlUsers: number;
  readonly variantUsers: number;
  readonly difference: number;
  readonly p: number;
  readonly uplift: Uplift | Missing;
  /** The uplift with the bounds of one-sided intervals. */
  readonly oneSided: Uplift | Missing;
}

/** R2: one arm alone, with interval, method and number of users. It describes, and decides nothing. */
export interface Figure extends Interval {
  readonly method: 'WILSON' | 'STUDENT_T';
  readonly confidence: number;
  readonly users: number;
  readonly converted: number;
  readonly mean: number;
}

const DESCRIPTIVE = 0.05;
const DESCRIPTIVE_Z = twoSidedZ(DESCRIPTIVE);

const sampleOf = (measure: Measure, totals: Totals): Sample | Missing =>
  measure === 'CONVERSION' ? sampleOfProportion(totals.converted, totals.users) : sampleOfSums(totals);

export function figure(measure: Measure, totals: Totals): Figure | Missing {
  const { users, converted } = totals;
  const sample = sampleOf(measure, totals);
  if (isMissing(sample)) return sample;
  const rate = measure === 'CONVERSION';
  const interval = rate ? wilson(totals, DESCRIPTIVE_Z) : meanInterval(sample, DESCRIPTIVE);
  if (isMissing(interval)) return interval;
  return { method: rate ? 'WILSON' : 'STUDENT_T', confidence: 1 - DESCRIPTIVE, users, converted, mean: sample.mean, ...interval };
}

interface Pair {
  readonly control: Sample;
  readonly variant: Sample;
}

function pairOf(measure: Measure, control: Totals, variant: Totals, adjust: boolean): Pair | Missing {
  if (adjust) return cuped(control, variant);
  const [one, other] = [sampleOf(measure, control), sampleOf(measure, variant)];
  if (isMissing(one)) return one;
  return isMissing(other) ? other : { control: one, variant: other };
}

/** A variant beside control, with or without what the time before the exposure says. */
export function estimate(measure: Measure, control: Totals, variant: Totals, adjust: boolean, level: Level): Estimate | Missing {
  const pair = pairOf(measure, control, variant, adjust);
  if (isMissing(pair)) return pair;
  const found = level.method === 'SEQUENTIAL' ? sequential(pair, level) : fixed(measure, control, variant, pair, adjust, level);
  if (isMissing(found)) return found;
  return {
    method: found.method,
    difference: found.difference,
    p: found.p,
    low: found.low,
    high: found.high,
    cuped: adjust,
    confidence: 1 - level.alpha,
    controlUsers: control.users,
    variantUsers: variant.users,
    uplift: uplift(pair.control, pair.variant, found.toBothSides),
    oneSided: uplift(pair.control, pair.variant, found.toOneSide),
  };
}

interface Found extends Interval, Pick<Estimate, 'method' | 'difference' | 'p'> {
  /** How many standard errors the intervals reach. */
  readonly toBothSides: number;
  readonly toOneSide: number;
}

function sequential({ control, variant }: Pair, { r, alpha }: Level): Found | Missing {
  const found = difference(control, variant);
  if (isMissing(found)) return found;
  const users = control.users + variant.users;
  const toBothSides = reach(users, r, alpha);
  return {
    method: 'CONFIDENCE_SEQUENCE',
    difference: found.difference,
    p: sequentialP(found, users, r),
    low: found.difference - toBothSides * found.standardError,
    high: found.difference + toBothSides * found.standardError,
    toBothSides,
    toOneSide: oneSidedReach(users, r, alpha),
  };
}

function fixed(measure: Measure, control: Totals, variant: Totals, pair: Pair, adjust: boolean, { alpha }: Level): Found | Missing {
  const value = pair.variant.mean - pair.control.mean;
  const toOneSide = normalQuantile(1 - alpha);
  if (measure === 'CONVERSION' && !adjust) {
    const toBothSides = twoSidedZ(alpha);
    const [tested, interval] = [pooledZ(control, variant), newcombe(control, variant, toBothSides)];
    if (isMissing(tested)) return tested;
    if (isMissing(interval)) return interval;
    return { method: 'NEWCOMBE', difference: value, p: tested.p, low: interval.low, high: interval.high, toBothSides, toOneSide };
  }
  const tested = welch(pair.control, pair.variant, alpha);
  if (isMissing(tested)) return tested;
  return { method: 'WELCH', difference: value, p: tested.p, low: tested.low, high: tested.high, toBothSides: tested.reach, toOneSide };
}

/** The Bayesian chance that the variant's mean is above control's: on request, never to decide, and not valid under peeking. */
export function chanceOfMore(measure: Measure, control: Totals, variant: Totals): number | Missing {
  if (control.users === 0 || variant.users === 0) return missing('NO_USERS');
  return measure === 'CONVERSION'
    ? chanceOfHigherProportion(control, variant)
    : chanceOfHigherMean(sampleOf(measure, control), sampleOf(measure, variant));
}

/* What those who show results need to know of numbers that are not there. */
export { isMissing };
export type { Missing, Reason };
