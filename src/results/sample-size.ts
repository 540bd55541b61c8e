import { checkShare } from '../statistics/missing';
import { fixedUsersForMeans, fixedUsersForProportions, sequentialUsers, type Planned } from '../statistics/sample-size';
import type { Analysis, MeasuredGoal } from './input';

/** What is to be found, in a control and one variant of a test. */
export interface SizeQuestion {
  readonly method: Analysis['method'];
  readonly measure: MeasuredGoal['measure'];
  readonly alpha: number;
  /** The chance that a true effect of this size is found. */
  readonly power: number;
  /** How many statements share alpha: PRIMARY goals times variants but control. */
  readonly hypotheses: number;
  /** Basis points of the test's users. */
  readonly controlWeight: number;
  readonly variantWeight: number;
  /** Control's mean, and the effect as a share of it. */
  readonly baseline: number;
  readonly relativeEffect: number;
  /** The standard deviation of one user's value, for COUNT and SUM. */
  readonly standardDeviation?: number;
}

export interface Size {
  /** Mature users of all arms of the test. */
  readonly users: number;
  readonly controlUsers: number;
  readonly variantUsers: number;
}

/**
 * How many users a test needs.
 *
 * @throws RangeError that says which part of the question cannot be, such as an effect of 0
 */
export function sampleSize(question: SizeQuestion): Size {
  const { hypotheses, controlWeight, variantWeight } = question;
  if (!(Number.isInteger(hypotheses) && hypotheses >= 1)) throw new RangeError('`hypotheses` must be a whole number of at least 1.');
  checkShare('alpha', question.alpha);
  const users = Math.ceil(question.method === 'SEQUENTIAL' ? sequentialSize(question) : fixedSize(question));
  if (!Number.isSafeInteger(users)) throw new RangeError('The effect is too small: no number of users would find it.');
  const share = (weight: number): number => Math.ceil((users * weight) / 10_000);
  return { users, controlUsers: share(controlWeight), variantUsers: share(variantWeight) };
}

const planOf = ({ alpha, power, controlWeight, variantWeight }: SizeQuestion): Planned => ({
  alpha,
  power,
  controlShare: controlWeight / 10_000,
  variantShare: variantWeight / 10_000,
});

const effectOf = ({ baseline, relativeEffect }: SizeQuestion): number => baseline * relativeEffect;

function deviationOf({ measure, standardDeviation }: SizeQuestion): number {
  if (standardDeviation === undefined) throw new RangeError(`Give the \`standardDeviation\` of one user for a ${measure}.`);
  return standardDeviation;
}

function sequentialSize(question: SizeQuestion): number {
  const { measure, baseline, hypotheses } = question;
  const effect = effectOf(question);
  const rate = (p: number): number => {
    checkShare('baseline', baseline);
    checkShare('baseline with the effect', p);
    return p * (1 - p);
  };
  const [controlVariance, variantVariance] =
    measure === 'CONVERSION' ? [rate(baseline), rate(baseline + effect)] : [deviationOf(question) ** 2, deviationOf(question) ** 2];
  return sequentialUsers({ ...planOf(question), effect, controlVariance, variantVariance, hypotheses });
}

function fixedSize(question: SizeQuestion): number {
  const { measure, alpha, hypotheses, baseline } = question;
  const plan = { ...planOf(question), alpha: alpha / hypotheses };
  const effect = effectOf(question);
  return measure === 'CONVERSION'
    ? fixedUsersForProportions({ ...plan, baseline, expected: baseline + effect })
    : fixedUsersForMeans({ ...plan, effect, standardDeviation: deviationOf(question) });
}
