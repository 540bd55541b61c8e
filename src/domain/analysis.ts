import { checkChoices } from './choice';
import { PERCENT_RULE, WHOLE } from './percent';
import type { ProjectState } from './project-state';
import type { Problem } from './refusal';
import { isWithin, wholeFrom } from './value';

/* E3: what an experiment measures, and how its results are read. */

export const EXPERIMENT_GOALS = [0, 5] as const;
/** At most so many goals decide. */
export const PRIMARY_GOALS = 3;

/** PRIMARY decides; SECONDARY is read beside it; GUARDRAIL must not be hurt by more than its margin. */
export const GOAL_ROLES = ['PRIMARY', 'SECONDARY', 'GUARDRAIL'] as const;
export type GoalRole = (typeof GOAL_ROLES)[number];

/** A goal of an experiment. */
export interface ExperimentGoal {
  readonly id: string;
  readonly role: GoalRole;
  /** For a guardrail, how much worse than control is still not hurt, in basis points of control. */
  readonly margin: number | null;
}

/** A goal as a command chooses it: by its id alone it keeps its role, or has the usual one. */
export type GoalChoice = string | { readonly id: string; readonly role: GoalRole; readonly margin?: number | null };

/** A goal that is the only one decides. */
export const usualRole = (goals: number): GoalRole => (goals === 1 ? 'PRIMARY' : 'SECONDARY');

export const goalOf = (id: string, role: GoalRole, margin: number | null = null): ExperimentGoal => ({ id, role, margin });

/** `role`: of a goal of which nothing is said, and that was not there. */
export function chosenGoals(
  choices: readonly GoalChoice[],
  were: readonly ExperimentGoal[] = [],
  role: GoalRole = usualRole(choices.length),
): readonly ExperimentGoal[] {
  return choices.map((choice) =>
    typeof choice === 'string'
      ? (were.find(({ id }) => id === choice) ?? goalOf(choice, role))
      : goalOf(choice.id, choice.role, choice.margin),
  );
}

export function checkExperimentGoals(state: ProjectState, goals: readonly ExperimentGoal[]): readonly Problem[] {
  const ids = goals.map(({ id }) => id);
  const problems = [...checkChoices(state, 'goal', ids, 'goals', EXPERIMENT_GOALS)];
  if (ids.length > EXPERIMENT_GOALS[1]) return problems;
  const primary = goals.filter(({ role }) => role === 'PRIMARY').length;
  if (primary > PRIMARY_GOALS)
    problems.push({ path: 'goals', message: `must have at most ${PRIMARY_GOALS} PRIMARY goals, not ${primary}` });
  return [...problems, ...goals.flatMap(checkRole)];
}

function checkRole({ role, margin }: ExperimentGoal, index: number): readonly Problem[] {
  const path = `goals.${index}.margin`;
  if (!GOAL_ROLES.includes(role)) return [{ path: `goals.${index}.role`, message: `must be one of ${GOAL_ROLES.join(', ')}` }];
  if (role !== 'GUARDRAIL') return margin === null ? [] : [{ path, message: 'must be left out: only a GUARDRAIL has a margin' }];
  if (margin === null) return [{ path, message: 'must be given: how much worse than control, in percent, is still not hurt' }];
  if (Number.isInteger(margin) && margin > 0 && margin <= WHOLE) return [];
  return [{ path, message: margin === 0 ? 'must be more than 0 %' : PERCENT_RULE }];
}

export const METHODS = ['SEQUENTIAL', 'FIXED'] as const;

/** How the results are read. Frozen by the start. */
export interface Analysis {
  /** SEQUENTIAL can be looked at at any time; FIXED once, at its horizon. */
  readonly method: (typeof METHODS)[number];
  /** The probability of a false alarm that is accepted. */
  readonly alpha: number;
  /** About how many users it is planned for: a sequential analysis is sharpest there. */
  readonly plannedUsers: number;
  /** Users first exposed within so many days of the start count; null: until its end. */
  readonly horizonDays: number | null;
  /** Whether the variance is reduced by what users did before (CUPED). */
  readonly cuped: boolean;
}

export const USUAL_ANALYSIS: Analysis = { method: 'SEQUENTIAL', alpha: 0.05, plannedUsers: 10_000, horizonDays: null, cuped: false };

/** A field that is not named is left alone (A4). */
export function mergeAnalysis(was: Analysis, changes: Partial<Analysis> = {}): Analysis {
  return {
    method: changes.method ?? was.method,
    alpha: changes.alpha ?? was.alpha,
    plannedUsers: changes.plannedUsers ?? was.plannedUsers,
    horizonDays: changes.horizonDays === undefined ? was.horizonDays : changes.horizonDays,
    cuped: changes.cuped ?? was.cuped,
  };
}

export const ALPHA = [0.001, 0.2] as const;
export const PLANNED_USERS = [100, 1_000_000_000] as const;
export const HORIZON_DAYS = [1, 365] as const;

export function checkAnalysis({ method, alpha, plannedUsers, horizonDays }: Analysis): readonly Problem[] {
  const problems: Problem[] = [];
  if (!METHODS.includes(method)) problems.push({ path: 'analysis.method', message: `must be one of ${METHODS.join(', ')}` });
  if (!(alpha >= ALPHA[0] && alpha <= ALPHA[1]))
    problems.push({ path: 'analysis.alpha', message: `must be from ${ALPHA[0]} to ${ALPHA[1]}` });
  if (!isWithin(plannedUsers, PLANNED_USERS)) problems.push({ path: 'analysis.plannedUsers', message: wholeFrom(PLANNED_USERS) });
  if (horizonDays !== null && !isWithin(horizonDays, HORIZON_DAYS))
    problems.push({ path: 'analysis.horizonDays', message: wholeFrom(HORIZON_DAYS) });
  if (method === 'FIXED' && horizonDays === null)
    problems.push({ path: 'analysis.horizonDays', message: 'must be given: a FIXED analysis is made at its horizon' });
  return problems;
}
