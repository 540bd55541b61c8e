import { goalOf, mergeAnalysis, USUAL_ANALYSIS, usualRole, type Analysis, type GoalChoice } from '../domain/analysis';
import { USUAL_MEASURE, type Measure } from '../domain/goal';
import { sameJson } from '../domain/json';
import { percentOf } from '../domain/percent';
import type { Problem } from '../domain/refusal';
import { excerpt } from '../domain/text';
import type { SetupExperimentGoal } from './file';
import type { WrittenFile } from './file-schema';
import { Names } from './names';

/* What goals measure and how experiments read them, as a file says it: what is usual is left out. */

export type Measured = Pick<Measure, keyof typeof USUAL_MEASURE>;
type WrittenExperiment = NonNullable<WrittenFile['experiments']>[number];

export function resolveMeasured(written: { readonly [Field in keyof Measured]?: Measured[Field] | undefined }): Measured {
  const { measure, property, cap, direction, windowDays } = USUAL_MEASURE;
  return {
    measure: written.measure ?? measure,
    property: written.property ?? property,
    cap: written.cap ?? cap,
    direction: written.direction ?? direction,
    windowDays: written.windowDays ?? windowDays,
  };
}

export function writtenMeasured(is: Measured): Partial<Measured> {
  return unusual(resolveMeasured(is), USUAL_MEASURE);
}

export function resolveAnalysis(written: WrittenExperiment['analysis']): Analysis {
  return mergeAnalysis(USUAL_ANALYSIS, written as Partial<Analysis> | undefined);
}

/** undefined: it is the usual one. */
export function writtenAnalysis(analysis: Analysis): Partial<Analysis> | undefined {
  const written = unusual(analysis, USUAL_ANALYSIS);
  return Object.keys(written).length === 0 ? undefined : written;
}

function unusual<T extends object>(is: T, usual: object): Partial<T> {
  const differ = Object.entries(is).filter(([name, value]) => !sameJson(value, (usual as { readonly [name: string]: unknown })[name]));
  return Object.fromEntries(differ) as Partial<T>;
}

/** The goals of an experiment, each by its name, with the role that `roles` gives it. */
export function resolveGoals(
  { goals = [], roles = [] }: WrittenExperiment,
  spelled: (name: string) => string,
): readonly SetupExperimentGoal[] {
  const given = new Map(roles.map(({ goal, ...role }) => [spelled(goal), role]));
  return goals.map((name) => {
    const { role, margin } = given.get(spelled(name)) ?? {};
    return { name: spelled(name), role: role ?? null, margin: margin ?? null };
  });
}

/** Where no role is said, what has started keeps the one that it has. */
export function withIds(goals: readonly SetupExperimentGoal[], idOf: (name: string) => string, started = false): readonly GoalChoice[] {
  return goals.map(({ name, role, margin }) =>
    role === null && started ? idOf(name) : goalOf(idOf(name), role ?? usualRole(goals.length), margin),
  );
}

/** The usual role is no different from one that is not said. */
export const withoutUsualRoles = (goals: readonly SetupExperimentGoal[]): readonly SetupExperimentGoal[] =>
  goals.map((goal) => (goal.role === usualRole(goals.length) ? { ...goal, role: null } : goal));

/** As `roles` has them: those that are not the usual ones. `share`: how it says a share. */
export function writtenRoles(goals: readonly SetupExperimentGoal[], share: (basisPoints: number) => number = percentOf) {
  const roles = withoutUsualRoles(goals)
    .filter(({ role }) => role !== null)
    .map(({ name, role, margin }) => ({ goal: name, role, ...(margin !== null && { margin: share(margin) }) }));
  return roles.length === 0 ? undefined : roles;
}

/** Each role is of a goal that the experiment has, once. */
export function checkRoles({ goals = [], roles = [] }: WrittenExperiment, at: string): readonly Problem[] {
  const known = new Names(goals);
  const seen = new Names();
  return roles.flatMap(({ goal }, index): readonly Problem[] => {
    const path = `${at}.roles.${index}.goal`;
    if (known.find(goal) === undefined) return [{ path, message: `"${excerpt(goal)}" is not among the goals of this experiment` }];
    return seen.add(goal) === undefined ? [] : [{ path, message: `"${excerpt(goal)}" is given twice` }];
  });
}

/** Where a problem of a goal's role is in the file: `goals.2.margin` may be `roles.0.margin`. */
export function rolePath({ goals = [], roles = [] }: WrittenExperiment, path: string): string {
  const [, goal, field] = /^goals\.(\d+)\.(role|margin)$/.exec(path) ?? [];
  const index = goal === undefined ? -1 : roles.findIndex((role) => new Names([role.goal]).find(goals[Number(goal)] ?? '') !== undefined);
  return index < 0 ? path : `roles.${index}.${field}`;
}
