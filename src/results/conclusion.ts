import { isMissing } from '../statistics/missing';
import type { Check } from './checks';
import { isGuardrail, isPrimary, type Comparison } from './comparison';
import { type Arm, type ResultsInput, closesAtMs, daysRun, isClosed, stoppedEarly } from './input';
import { comparisonText } from './words';

export interface Conclusion {
  readonly arm: string;
  readonly kind: 'WITHHELD' | 'HURTS' | 'SHIP' | 'INCONCLUSIVE' | 'NOT_YET';
  /** The conclusion as one sentence, with its numbers or with why there is none. */
  readonly text: string;
  /** Each reason alone, as the sentence has them. */
  readonly reasons: readonly string[];
}

/** Which way a goal has been found to move: by the corrected p-value, and in the goal's own direction. */
function found({ goal, deciding, correctedP }: Comparison, alpha: number): 'BETTER' | 'WORSE' | 'NEITHER' {
  if (correctedP === undefined || correctedP > alpha || isMissing(deciding) || deciding.difference === 0) return 'NEITHER';
  return deciding.difference > 0 === (goal.direction === 'HIGHER') ? 'BETTER' : 'WORSE';
}

const withheldBy = (checks: readonly Check[], arm: Arm): readonly string[] =>
  checks.filter(({ status, arms }) => status === 'FAILED' && (arms?.includes(arm.id) ?? true)).map(({ text }) => text.replace(/\.$/, ''));

/** The conclusion on one variant: withheld, hurts, ship, inconclusive when all is over, else not yet, in this order. */
export function conclude(input: ResultsInput, arm: Arm, checks: readonly Check[], comparisons: readonly Comparison[]): Conclusion {
  const { method, alpha } = input.analysis;
  const own = comparisons.filter((each) => each.arm.id === arm.id);
  const [primary, guards] = [own.filter(({ goal }) => isPrimary(goal)), own.filter(({ goal }) => isGuardrail(goal))];
  const day = `day ${daysRun(input) + 1}`;
  const as = (kind: Conclusion['kind'], beginning: string, reasons: readonly string[]): Conclusion => ({
    arm: arm.id,
    kind,
    text: `${beginning} ${arm.name}: ${[...reasons, ...(kind === 'WITHHELD' ? [] : [day])].join(', ')}`,
    reasons,
  });

  const withheld = [...withheldBy(checks, arm), ...(primary.length === 0 ? ['the test has no primary goal from its start on'] : [])];
  if (withheld.length > 0) return as('WITHHELD', 'Withheld for', withheld);

  if (method === 'FIXED' && stoppedEarly(input)) {
    return as('INCONCLUSIVE', 'Inconclusive for', ['it was stopped before the horizon that a fixed test is judged at']);
  }
  if (method === 'FIXED' && !isClosed(input)) return as('NOT_YET', 'Not yet for', [waitText(input)]);

  const worse = primary.filter((each) => found(each, alpha) === 'WORSE');
  const hurt = guards.filter((each) => each.guarded === 'HURT');
  if (worse.length + hurt.length > 0) return as('HURTS', 'Do not ship', [...worse, ...hurt].map(comparisonText));

  const better = primary.filter((each) => found(each, alpha) === 'BETTER');
  const unknown = guards.filter((each) => each.guarded !== 'NOT_HURT');
  if (better.length > 0 && unknown.length === 0) {
    return as('SHIP', 'Ship', [...better.map(comparisonText), ...(guards.length > 0 ? ['no guardrail hurt'] : [])]);
  }

  const shown = (better.length > 0 ? better : primary).map(comparisonText);
  const open = better.length > 0 ? unknown.map(({ goal }) => `whether ${goal.name} is hurt is not known`) : [];
  return isClosed(input) ? as('INCONCLUSIVE', 'Inconclusive for', [...shown, ...open]) : as('NOT_YET', 'Not yet for', [...shown, ...open]);
}

function waitText(input: ResultsInput): string {
  const closesAt = closesAtMs(input);
  return Number.isFinite(closesAt)
    ? `a fixed test is judged once, at ${new Date(closesAt).toISOString()}`
    : 'a fixed test is judged once, at its horizon, and this one has none';
}
