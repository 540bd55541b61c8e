import { notAcknowledged, type Acknowledging, type Needed } from '../domain/acknowledge';
import { EXCLUSIVITY } from '../domain/exclusivity';
import type { Json } from '../domain/json';
import type { ProjectState } from '../domain/project-state';
import type { RefusalTo, SingleCommand } from '../domain/decider';
import { invalid, notFound, type Refusal, type RefusalOf } from '../domain/refusal';
import type { Decision, DecisionContext } from '../domain/concept';
import { finish, mapSteps, type Steps } from '../domain/steps';
import { couldBeName } from '../domain/text';
import type { SetupFile } from './file';
import { held, type Obstacle, Planner, type Step } from './planner';
import { planHoldout } from './holdout';
import { interpreting } from './interpret';
import type { KnownNames } from './names';
import { planConfigs } from './plan-configs';
import { planExperiments } from './plan-experiments';
import { planFlag } from './plan-flags';
import { planGoal, planKey, planSegment } from './plan-named';
import { archiveParts, pruneExperiences } from './prune';
import { stalenessOf } from './staleness';

/** What would bring a project to a file: the commands, in an order in which each is allowed, and those that never would be. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly obstacles: readonly Obstacle[];
  /** What applying it must acknowledge (X6, X7). */
  readonly needed: Needed;
}

/** What a project is to be brought to. */
export interface Wanted {
  /** What a set-up file says, as it was sent: what it means depends on what the project has, since it may name that. */
  readonly setup: Json;
  /** Archive what the file does not name, of the kinds that it lists. */
  readonly prune: boolean;
}

/** Brings a whole project to what a file says, at once. */
export interface ApplySetup extends Wanted, Acknowledging {
  readonly type: 'ApplySetup';
  /** The revision that the plan was made at: refused as stale if what it touches has moved since. */
  readonly plannedAt?: number;
}

/** The plan, on this state. Pure, and nothing is written. What cannot be planned has a refusal for its plan: no project, or no file. */
export function planSetup(state: ProjectState, projectId: string, wanted: Wanted, context: DecisionContext): Plan | Refusal {
  return finish(planning(state, projectId, wanted, context));
}

/** The same, in pieces. */
export function planning(state: ProjectState, projectId: string, wanted: Wanted, context: DecisionContext): Steps<Plan | Refusal> {
  return makePlan(state, projectId, wanted, context);
}

/** Why a plan that could be made is not carried out: the first of its obstacles, or what must be acknowledged first. */
export type Unfinished = RefusalTo<SingleCommand> | RefusalOf<'STALE' | 'NO_REACH' | 'BASELINE_OF_RUNNING'>;
/** That there is no plan at all. */
type Unplanned = RefusalOf<'NOT_FOUND' | 'INVALID_INPUT'>;
type SetupRefusal = Exclude<Unfinished | Unplanned, RefusalOf<'ALREADY_EXISTS'>>;

/** Everything the plan does, as one decision; nothing, if any of it is refused. */
export function decideSetup(state: ProjectState, projectId: string, command: ApplySetup, context: DecisionContext): Decision {
  return finish(decidingSetup(state, projectId, command, context));
}

/** The same, in pieces. */
export function* decidingSetup(
  state: ProjectState,
  projectId: string,
  command: ApplySetup,
  context: DecisionContext,
): Steps<Decision<SetupRefusal>> {
  const plan = yield* makePlan(state, projectId, command, context);
  if ('code' in plan) return plan;
  const decision = yield* conclude(state, plan, command);
  // A file names each thing once, and what has the name is edited.
  if ('code' in decision && decision.code === 'ALREADY_EXISTS') throw new Error(`a set-up file made what is there: ${decision.message}`);
  return decision;
}

/** What a command comes to whose plan was made on this state. */
export function* conclude(
  state: ProjectState,
  plan: Planner,
  command: Acknowledging & { readonly plannedAt?: number },
): Steps<Decision<Unfinished>> {
  const stale = command.plannedAt === undefined ? undefined : yield* stalenessOf(state, plan, command.plannedAt);
  if (stale) return stale;
  const [first, ...others] = plan.obstacles;
  if (first === undefined) return notAcknowledged(plan.state, plan.facts, command.acknowledge) ?? plan.facts;
  const more = others.length > 0 ? ` ${others.length} more would be refused too: plan it to see them.` : '';
  const message = `Nothing was applied. ${first.entity.kind} "${first.entity.name}": ${first.refusal.message}${more}`;
  return { ...first.refusal, message };
}

function* makePlan(state: ProjectState, projectId: string, { setup, prune }: Wanted, context: DecisionContext): Steps<Planner | Unplanned> {
  if (state.project === undefined) return notFound('project', projectId);
  const interpreted = yield* interpreting(setup, knownIn(state));
  if ('problems' in interpreted) {
    return invalid(...interpreted.problems.map(({ path, message }) => ({ path: path === '' ? 'setup' : `setup.${path}`, message })));
  }
  const planner = new Planner(state, projectId, context);
  yield* carryOut(planner, projectId, interpreted.file, prune);
  return planner;
}

/**
 * What holds others goes first when it is to go, and what others need goes first when it is to come: so everything finds its key free (K7), its
 * parts there (E5), and room for itself (K4), wherever an order exists in which it does.
 */
export function* carryOut(planner: Planner, projectId: string, file: SetupFile, prune: boolean): Steps<void> {
  const exclusivity = file.exclusivity ?? planner.state.exclusivity;
  if (file.project) {
    const about = { kind: 'project', name: projectId } as const;
    planner.carry({ type: 'EditProject', id: projectId, ...file.project }, about);
  }
  if (prune) yield* pruneExperiences(planner, file);
  yield* archiveParts(planner, file, prune, 'unused');
  yield* mapSteps(file.keys ?? [], (key) => planKey(planner, key));
  yield* mapSteps(file.segments ?? [], (segment) => planSegment(planner, segment));
  yield* mapSteps(file.goals ?? [], (goal) => planGoal(planner, goal));
  yield* mapSteps(file.flags ?? [], (flag) => planFlag(planner, flag));
  yield* planConfigs(planner, file.configs ?? []);
  // Turned off before and on after: an experiment that was there before the setting keeps what it was (X2), also in another project.
  if (!exclusivity) turnExclusivity(planner, 'DisableExclusivity');
  if (file.holdout !== undefined) planHoldout(planner, file.holdout, prune);
  yield* planExperiments(planner, file.experiments ?? [], exclusivity);
  if (exclusivity) turnExclusivity(planner, 'EnableExclusivity');
  yield* archiveParts(planner, file, prune, 'all');
}

/** Turns the setting on or off. */
export function turnExclusivity(planner: Planner, type: 'EnableExclusivity' | 'DisableExclusivity'): void {
  planner.carry({ type }, EXCLUSIVITY);
}

/** What the file may name without saying it again. */
function knownIn(state: ProjectState): KnownNames {
  const { keys, segments, goals } = state;
  const named = (all: Iterable<{ readonly name: string; readonly archived: boolean }>, which: boolean): string[] =>
    [...all].filter(({ archived }) => archived === which).map(({ name }) => name);
  return {
    keys: new Map([...keys.values()].filter(({ archived }) => !archived).map(({ name, type }) => [name, type])),
    segments: named(segments.values(), false),
    goals: named(goals.values(), false),
    archived: { key: named(keys.values(), true), segment: named(segments.values(), true), goal: named(goals.values(), true) },
    key: (name) => keys.get(name),
    held: (kind, name) => (couldBeName(name) ? held(state, kind, name) : undefined),
  };
}
