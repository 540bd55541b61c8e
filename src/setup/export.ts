import type { KeyValue } from '../domain/choice';
import type { Config } from '../domain/config';
import type { Experiment } from '../domain/experiment-state';
import type { Flag } from '../domain/flag';
import { measureOf, type Goal } from '../domain/goal';
import type { Key } from '../domain/key';
import { entitiesOf, type EntityOf, type PluralKind, type ProjectState } from '../domain/project-state';
import type { Segment } from '../domain/segment';
import { finish, mapSteps, type Steps } from '../domain/steps';
import type { SetupConfig, SetupExperiment, SetupFile, SetupFlag, SetupGoal, SetupKey, SetupSegment } from './file';
import { exportHoldout } from './holdout';

/**
 * A project's set-up as a file says it: what is not archived, by names. Stopped experiments are left out: they are results, not set-up,
 * and may name what has been archived since. So may a roll-out's goals, which it no longer measures.
 */
export function exportSetup(state: ProjectState): SetupFile {
  return finish(exportingSetup(state));
}

/** The same, in pieces. */
export function* exportingSetup(state: ProjectState): Steps<SetupFile> {
  const { project } = state;
  const holdout = exportHoldout(state);
  return {
    ...(project ? { project: { name: project.name, description: project.description } } : {}),
    exclusivity: state.exclusivity,
    ...(holdout && { holdout }),
    keys: yield* mapSteps(setupOf(state, 'key'), exportKey),
    segments: yield* mapSteps(setupOf(state, 'segment'), exportSegment),
    goals: yield* mapSteps(setupOf(state, 'goal'), exportGoal),
    flags: yield* mapSteps(setupOf(state, 'flag'), (flag) => exportFlag(state, flag)),
    configs: yield* mapSteps(setupOf(state, 'config'), (config) => exportConfig(state, config)),
    experiments: yield* mapSteps(setupOf(state, 'experiment'), (experiment) => exportExperiment(state, experiment)),
  };
}

/** The kinds of which a file has a list. */
export type ListedKind = Exclude<PluralKind, 'holdout'>;

/** What of a kind is set-up: neither archived nor, as a stopped experiment, a result. */
export function setupOf<Kind extends ListedKind>(state: ProjectState, kind: Kind): readonly EntityOf<Kind>[] {
  return [...entitiesOf(state, kind).values()].filter(isSetup);
}

export function isSetup(thing: EntityOf<ListedKind>): boolean {
  return isActive(thing) && !('status' in thing && thing.status === 'STOPPED');
}

/** Whether it is not archived. */
export function isActive(thing: EntityOf<ListedKind>): boolean {
  return 'status' in thing ? thing.status !== 'ARCHIVED' : !thing.archived;
}

export function exportKey({ name, type, defaultValue, description, archived }: Key): SetupKey {
  return { name, type, default: defaultValue, description, archived };
}

export function exportSegment({ name, description, rule }: Segment): SetupSegment {
  return { name, description, rule };
}

export function exportGoal({ name, description, ...goal }: Goal): SetupGoal {
  return { name, description, ...measureOf(goal) };
}

export function exportFlag(state: ProjectState, { name, description, key, status, rows }: Flag): SetupFlag {
  return {
    name,
    description,
    key,
    status: status as SetupFlag['status'],
    rows: rows.map(({ segment, percentage, value }) => ({ segment: segmentName(state, segment), percentage, value })),
  };
}

export function exportConfig(state: ProjectState, { name, description, keys, status, rows }: Config): SetupConfig {
  return {
    name,
    description,
    keys,
    status: status as SetupConfig['status'],
    rows: rows.map(({ segment, values }) => ({ segment: segmentName(state, segment), values: inOrder(values, keys) })),
  };
}

export function exportExperiment(state: ProjectState, experiment: Experiment): SetupExperiment {
  const { name, description, audience, traffic, exclusive, sticky, keys, goals, analysis, variants, status, rolledOut } = experiment;
  const rolledOutName = variants.find(({ id }) => id === rolledOut?.variant)?.name;
  return {
    name,
    description,
    audience: segmentName(state, audience),
    traffic,
    exclusive,
    keys,
    sticky,
    goals: goals.flatMap(({ id, role, margin }) => {
      const goal = state.goals.get(id);
      return goal && !goal.archived ? [{ name: goal.name, role, margin }] : [];
    }),
    analysis,
    variants: variants.map(({ name, control, weight, values }) => ({ name, control, weight, values: inOrder(values, keys) })),
    status: status as SetupExperiment['status'],
    ...(status === 'ROLLED_OUT' && rolledOutName !== undefined ? { rolledOut: rolledOutName } : {}),
  };
}

const segmentName = (state: ProjectState, id: string | null): string | null =>
  id === null ? null : (state.segments.get(id)?.name ?? null);

/** Values in the order of the keys: which of them was given first says nothing. */
export function inOrder<V extends { readonly key: string }>(values: readonly V[], keys: readonly string[]): readonly V[] {
  return [...values].sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
}

/** Values as a file has them. `fromEntries` makes own members of every name, `constructor` too. */
export function byKey(values: readonly KeyValue[]): object {
  return Object.fromEntries(values.map(({ key, value }) => [key, value]));
}

/** Kinds whose things have an id, and a name that can pass from one to another. */
export const THING_KINDS = ['segment', 'goal', 'flag', 'config', 'experiment'] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** A thing that a set-up consisted of. */
export interface PastThing {
  readonly kind: ThingKind;
  readonly id: string;
  readonly name: string;
  /** For a flag, a config or an experiment. */
  readonly status?: string;
}

/** What a project's set-up was: as a file says it, and which things it was of. It is JSON, so that a command can carry it. */
export interface PastSetup {
  readonly revision: number;
  readonly file: SetupFile;
  readonly things: readonly PastThing[];
}

/** The set-up of a state, in pieces. Nothing of the state is shared with it but what never changes. */
export function* describingPast(state: ProjectState): Steps<PastSetup> {
  const file = yield* exportingSetup(state);
  const things = yield* mapSteps(THING_KINDS, (kind) => thingsOf(state, kind));
  return {
    revision: state.head.revision,
    file: { holdout: null, ...file },
    things: things.flat(),
  };
}

function thingsOf(state: ProjectState, kind: ThingKind): readonly PastThing[] {
  const active = [...entitiesOf(state, kind).values()].filter(isActive);
  return active.map((thing) => ({ kind, id: thing.id, name: thing.name, ...('status' in thing && { status: thing.status }) }));
}
