import { isMissing } from '../statistics/missing';
import { RATIO_ALARM, sampleRatio } from '../statistics/sample-ratio';
import type { Check } from './check';
import type { Arm, EarlierVariant } from './input';

const name = 'CARRY_OVER';

/**
 * Whether those who were in one variant of an earlier test are spread over the variants of this one as planned. If they
 * are, what that variant left in them is in all arms alike.
 */
export function carryOver(earlier: readonly EarlierVariant[], arms: readonly Arm[]): Check {
  if (earlier.length === 0) return { name, status: 'PASSED', text: 'No user was in an earlier test of these keys.' };
  const weights = arms.map(({ weight }) => weight / 10_000);
  const judged = earlier.map((each) => {
    const users = arms.map(({ id }) => each.users[id] ?? 0);
    const ratio = sampleRatio(users, weights);
    return { ...each, count: users.reduce((total, count) => total + count, 0), evidence: isMissing(ratio) ? 1 : ratio.evidence };
  });
  // The mean of e-values is one again, so that many earlier tests alarm no more often than one.
  const evidence = judged.reduce((total, each) => total + each.evidence / judged.length, 0);
  const most = judged.reduce((a, b) => (b.evidence > a.evidence ? b : a));
  if (evidence >= RATIO_ALARM) {
    const text = `Users of variant ${most.variant} of the earlier test ${most.experiment} are not spread over the variants as planned.`;
    return { name, status: 'FAILED', text };
  }
  const count = judged.reduce((total, each) => total + each.count, 0);
  const users = count === 1 ? '1 user was' : `${count} users were`;
  return { name, status: 'NOTICED', text: `${users} in earlier tests of these keys, spread over the variants as planned.` };
}
