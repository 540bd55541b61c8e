import type { Config } from '../domain/config';
import type { KeyValue } from '../domain/choice';
import type { Experiment } from '../domain/experiment-state';
import type { Flag } from '../domain/flag';
import { measureOf, type Goal } from '../domain/goal';
import type { Key } from '../domain/key';
import type { ProjectState } from '../domain/project-state';
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
  const isActive = ({ archived }: { readonly archived: boolean }): boolean => !archived;
  const isThere = ({ status }: { readonly status: string }): boolean => status !== 'ARCHIVED';
  return {
    ...(project ? { project: { name: project.name, description: project.description } } : {}),
    exclusivity: state.exclusivity,
    ...(holdout && { holdout }),
    keys: yield* mapSteps([...state.keys.values()].filter(isActive), exportKey),
    segments: yield* mapSteps([...state.segments.values()].filter(isActive), exportSegment),
    goals: yield* mapSteps([...state.goals.values()].filter(isActive), exportGoal),
    flags: yield* mapSteps([...state.flags.values()].filter(isThere), (flag) => exportFlag(state, flag)),
    configs: yield* mapSteps([...state.configs.values()].filter(isThere), (config) => exportConfig(state, config)),
    experiments: yield* mapSteps([...state.experiments.values()].filter(isSetup), (experiment) => exportExperiment(state, experiment)),
  };
}

/** Whether the experiment is set-up, rather than a result or archived. */
export function isSetup({ status }: Experiment): boolean {
  return status !== 'ARCHIVED' && status !== 'STOPPED';
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
