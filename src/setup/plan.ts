import { EXCLUSIVITY } from '../domain/exclusivity';
import { entityKey, type ProjectState } from '../domain/project-state';
import { notFound, type Refusal } from '../domain/refusal';
import type { Decision, DecisionContext } from '../domain/slice';
import type { SetupFile } from './file';
import { planExperiment } from './plan-experiments';
import { planGoal, planKey, planSegment } from './plan-named';
import { planConfig, planFlag } from './plan-rollouts';
import { Planner, type Obstacle, type Step } from './planner';
import { archiveParts, pruneExperiences } from './prune';

/** What would bring a project to a file: the commands, in an order in which each is allowed, and those that never would be. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly obstacles: readonly Obstacle[];
}

/** Brings a whole project to what a file says, at once. */
export interface ApplySetup {
  readonly type: 'ApplySetup';
  readonly file: SetupFile;
  /** Archive what the file does not name, of the kinds that it lists. */
  readonly prune: boolean;
  /** The revision that the plan was made at: refused if what it touches has moved since. */
  readonly plannedAt?: number;
}

/** The plan, on this state. Pure, and nothing is written. A project that is not there has the refusal for its plan. */
export function planSetup(state: ProjectState, projectId: string, command: ApplySetup, context: DecisionContext): Plan | Refusal {
  return state.tenant === undefined ? notFound('project', projectId) : makePlan(state, projectId, command, context);
}

/** Everything the plan does, as one decision; nothing, if any of it is refused. */
export function decideSetup(state: ProjectState, projectId: string, command: ApplySetup, context: DecisionContext): Decision {
  if (state.tenant === undefined) return notFound('project', projectId);
  const { steps, obstacles, facts } = makePlan(state, projectId, command, context);
  const stale = staleness(state, steps, command.plannedAt);
  if (stale) return stale;
  const [first] = obstacles;
  if (first === undefined) return facts;
  const more = obstacles.length > 1 ? ` ${obstacles.length - 1} more would be refused too: plan it to see them.` : '';
  const message = `Nothing was applied. ${first.entity.kind} "${first.entity.name}": ${first.refusal.message}${more}`;
  return { ...first.refusal, message };
}

function makePlan(state: ProjectState, projectId: string, { file, prune }: ApplySetup, context: DecisionContext): Planner {
  const planner = new Planner(state, projectId, context);
  const exclusivity = file.exclusivity ?? state.exclusivity;

  if (file.project)
    planner.carry({ type: 'EditProject', id: projectId, ...file.project }, { kind: 'project', name: projectId }, ({ tenant }) => tenant);
  if (prune) pruneExperiences(planner, file);
  archiveParts(planner, file, prune, false);
  for (const key of file.keys ?? []) planKey(planner, key);
  for (const segment of file.segments ?? []) planSegment(planner, segment);
  for (const goal of file.goals ?? []) planGoal(planner, goal);
  for (const flag of file.flags ?? []) planFlag(planner, flag);
  for (const config of file.configs ?? []) planConfig(planner, config);
  // Turned off before and on after: an experiment that was there before the setting keeps what it was (X2), also in another project.
  if (!exclusivity) turn(planner, false);
  for (const experiment of file.experiments ?? []) planExperiment(planner, experiment, exclusivity);
  if (exclusivity) turn(planner, true);
  archiveParts(planner, file, prune, true);
  return planner;
}

function turn(planner: Planner, on: boolean): void {
  const command = { type: on ? 'EnableExclusivity' : 'DisableExclusivity' } as const;
  planner.carry(command, EXCLUSIVITY, ({ exclusivity }) => ({ enabled: exclusivity }));
}

function staleness(state: ProjectState, steps: readonly Step[], plannedAt: number | undefined): Refusal | undefined {
  if (plannedAt === undefined) return undefined;
  for (const { entity } of steps) {
    const moved = state.versions.get(entityKey(entity.kind, entity.id));
    if (moved === undefined || moved.revision <= plannedAt) continue;
    const message = `The ${entity.kind} "${entity.name}" has changed since the plan was made: ${moved.actorId} changed it. Nothing was applied; plan again.`;
    return { code: 'STALE', message, currentVersion: moved.version, changedBy: moved.actorId, changedAt: moved.at };
  }
  return undefined;
}
