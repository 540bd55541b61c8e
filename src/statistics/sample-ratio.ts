import { chiSquaredTail, logGamma } from './gamma';
import { missing, type Missing } from './missing';

/** How sure the prior is of the planned shares: as if 1,000 users had been seen in them. */
const CONCENTRATION = 1_000;
/** A sound test alarms, at any of all its looks, with a chance of at most one in this many: Ville's inequality. */
export const RATIO_ALARM = 1_000;

export interface SampleRatio {
  /** The e-value against the planned shares, at most the largest number. */
  readonly evidence: number;
  readonly alarm: boolean;
  /** Pearson's statistic and its p-value, to show: valid at one look only. */
  readonly chiSquared: number;
  readonly p: number;
}

/**
 * The logarithm of how much likelier the counts are if the shares are drawn from a Dirichlet distribution around the
 * planned ones than if they are the planned ones. It is a martingale in the users, so that it may be looked at at any
 * time: Lindon and Malek 2022 (NeurIPS), arXiv 2011.03567.
 */
export function logRatioEvidence(users: readonly number[], weights: readonly number[]): number {
  const whole = users.reduce((total, count) => total + count, 0);
  return users.reduce(
    (total, count, arm) => {
      const prior = CONCENTRATION * weights[arm]!;
      return total + logGamma(prior + count) - logGamma(prior) - count * Math.log(weights[arm]!);
    },
    logGamma(CONCENTRATION) - logGamma(CONCENTRATION + whole),
  );
}

/** Users where none can be. */
const IMPOSSIBLE: SampleRatio = { evidence: Number.MAX_VALUE, alarm: true, chiSquared: Number.MAX_VALUE, p: 0 };

/**
 * Whether users are in the arms in the planned shares.
 *
 * @param weights the shares, that sum to 1; an arm of 0 has no users
 * @throws RangeError if there is not a weight for each arm
 */
export function sampleRatio(users: readonly number[], weights: readonly number[]): SampleRatio | Missing {
  if (users.length !== weights.length || !weights.every((weight) => weight >= 0)) throw new RangeError('Give a weight for each arm.');
  const whole = users.reduce((total, count) => total + count, 0);
  if (whole === 0) return missing('NO_USERS');
  if (users.some((count, arm) => count > 0 && weights[arm] === 0)) return IMPOSSIBLE;
  const [counts, shares] = [users, weights].map((values) => values.filter((_, arm) => weights[arm]! > 0)) as [number[], number[]];
  const evidence = Math.min(Number.MAX_VALUE, Math.exp(logRatioEvidence(counts, shares)));
  const chiSquared = counts.reduce((total, count, arm) => total + (count - whole * shares[arm]!) ** 2 / (whole * shares[arm]!), 0);
  return { evidence, alarm: evidence >= RATIO_ALARM, chiSquared, p: counts.length < 2 ? 1 : chiSquaredTail(chiSquared, counts.length - 1) };
}
