import { isMissing, type Missing } from '../statistics/missing';
import { sampleRatio, type SampleRatio, RATIO_ALARM } from '../statistics/sample-ratio';
import { isPrimary, type Comparison } from './comparison';
import { type Arm, type ResultsInput, type EarlierVariant, daysRun, FEWEST_DAYS } from './input';
import { counted, shareText } from './words';

/** R4, in the order in which they are shown. */
export type CheckName =
  | 'SAMPLE_RATIO'
  | 'USERS_IN_TWO_VARIANTS'
  | 'BASELINE_CHANGED'
  | 'CARRY_OVER'
  | 'SERVED_WITHOUT_STORE'
  | 'ASSIGNMENTS_LOST'
  | 'ERASED'
  | 'LATE'
  | 'TOO_FEW';

export interface Check {
  readonly name: CheckName;
  /** A check that failed hides no number, and withholds the conclusion. `NOTICED` says something that does not. */
  readonly status: 'PASSED' | 'NOTICED' | 'FAILED';
  readonly text: string;
  /** The variants whose conclusion is withheld, where it is not all. */
  readonly arms?: readonly string[];
}

/** What is a larger share than this of all is no accident that results may ignore. */
const TOLERATED = 0.01;

/** A check of how many of something there are beside all that could be: none passes, few are noticed, more fail. */
function share(name: CheckName, count: number | undefined, of: number, what: string): Check {
  if (count === undefined) return notRecorded(name, `How many ${what} is not recorded`);
  if (count === 0) return { name, status: 'PASSED', text: `No ${what}.` };
  const status = count > TOLERATED * of ? 'FAILED' : 'NOTICED';
  return { name, status, text: `${count} ${what}, ${shareText(count / Math.max(count, of))} of all.` };
}

/** What nothing is known of must not look like a check that passed. */
const notRecorded = (name: CheckName, what: string): Check => ({ name, status: 'NOTICED', text: `${what}.` });

const anyOf = (name: CheckName, found: readonly unknown[], text: string, none: string): Check =>
  found.length === 0 ? { name, status: 'PASSED', text: none } : { name, status: 'FAILED', text };

/** Whether users are in the variants in the planned shares. */
export function ratioOf(arms: readonly Arm[], users: ReadonlyMap<string, number>): SampleRatio | Missing {
  return sampleRatio(
    arms.map(({ id }) => users.get(id) ?? 0),
    arms.map(({ weight }) => weight / 10_000),
  );
}

function ratioCheck(ratio: SampleRatio | Missing, arms: readonly Arm[], users: ReadonlyMap<string, number>): Check {
  const name = 'SAMPLE_RATIO';
  if (isMissing(ratio)) return { name, status: 'PASSED', text: 'No users yet.' };
  const counts = arms.map((arm) => `${arm.name} ${users.get(arm.id) ?? 0}`).join(', ');
  const planned = arms.map(({ weight }) => weight / 100).join(':');
  if (!ratio.alarm) return { name, status: 'PASSED', text: `Users are in the variants as planned (${planned}): ${counts}.` };
  return { name, status: 'FAILED', text: `Users are not in the variants as planned (${planned}): ${counts}.` };
}

function tooFew(input: ResultsInput, comparisons: readonly Comparison[]): Check {
  const name = 'TOO_FEW';
  const days = daysRun(input);
  if (days < FEWEST_DAYS) return { name, status: 'FAILED', text: `It has run ${days} of ${counted(FEWEST_DAYS, 'day')}.` };
  const primary = comparisons.filter(({ goal }) => isPrimary(goal));
  const short = primary.filter(({ lacking }) => lacking.length > 0);
  if (short.length === 0) return { name, status: 'PASSED', text: 'There are users enough.' };
  const text = `Too few: ${[...new Set(short.flatMap(({ lacking }) => lacking))].join('; ')}.`;
  // A variant is concluded on by the goals that can decide, if there is one.
  const arms = input.arms.filter(({ id }) => {
    const own = primary.filter(({ arm }) => arm.id === id);
    return own.length > 0 && own.every(({ lacking }) => lacking.length > 0);
  });
  return arms.length === 0 ? { name, status: 'NOTICED', text } : { name, status: 'FAILED', text, arms: arms.map(({ id }) => id) };
}

/** R4: all that is to be known before a conclusion, each passed or not. */
export function checksOf(
  input: ResultsInput,
  users: ReadonlyMap<string, number>,
  ratio: SampleRatio | Missing,
  comparisons: readonly Comparison[],
): readonly Check[] {
  const { arms, observed } = input;
  const exposed = [...users.values()].reduce((total, count) => total + count, 0);
  const { baselineChanges, assignmentsLost, inTwoVariants } = observed;
  const changes = baselineChanges.map(({ revision, at }) => `revision ${revision} at ${at}`).join(', ');
  return [
    ratioCheck(ratio, arms, users),
    anyOf(
      'USERS_IN_TWO_VARIANTS',
      inTwoVariants > 0 ? [inTwoVariants] : [],
      `${counted(inTwoVariants, 'user')} seen in two variants, and left out. There should be none.`,
      'No user was seen in two variants.',
    ),
    anyOf('BASELINE_CHANGED', baselineChanges, `What control gives changed: ${changes}.`, 'What control gives did not change.'),
    carryOver(observed.earlierVariants, arms),
    share('SERVED_WITHOUT_STORE', observed.servedWithoutStore, observed.exposures, 'served while the user store was away'),
    assignmentsLost === undefined
      ? notRecorded('ASSIGNMENTS_LOST', 'Whether assignments were lost is not recorded')
      : anyOf('ASSIGNMENTS_LOST', assignmentsLost, `Assignments were lost at ${assignmentsLost.join(', ')}.`, 'No assignments were lost.'),
    share('ERASED', observed.erasedUsers, exposed + observed.erasedUsers, 'users erased since'),
    share('LATE', observed.lateEvents, observed.countedEvents + (observed.lateEvents ?? 0), 'user events too late to count'),
    tooFew(input, comparisons),
  ];
}

const name = 'CARRY_OVER';

/**
 * Whether those who were in one variant of an earlier test are spread over the variants of this one as planned. If they
 * are, what that variant left in them is in all arms alike.
 */
function carryOver(earlier: readonly EarlierVariant[], arms: readonly Arm[]): Check {
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
