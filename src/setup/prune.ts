import type { SingleCommand } from '../domain/decider';
import type { ProjectState } from '../domain/project-state';
import type { Steps } from '../domain/steps';
import { foldName } from '../domain/text';
import { holders, type Use } from '../domain/usage';
import { isSetup } from './export';
import type { SetupFile } from './file';
import { shownConfig } from './plan-configs';
import { shownExperiment } from './plan-experiments';
import { shownFlag } from './plan-flags';
import { shownGoal, shownKey, shownSegment } from './plan-named';
import type { Planner, Shown } from './planner';

/** Archives the experiences that the file does not name: first of all, since they hold keys that others of the file may want (K7). */
export function* pruneExperiences(planner: Planner, file: SetupFile): Steps<void> {
  const { experiments, flags, configs } = planner.state;
  for (const { id, name, status } of unnamed([...experiments.values()].filter(isSetup), file.experiments)) {
    const carry = (type: 'StopExperiment' | 'ArchiveExperiment'): boolean =>
      planner.carry({ type, id }, { kind: 'experiment', name }, shownExperiment(name));
    if (status !== 'RUNNING' || carry('StopExperiment')) carry('ArchiveExperiment');
    yield;
  }
  for (const { id, name } of unnamed([...flags.values()].filter(isActive), file.flags)) {
    planner.carry({ type: 'ArchiveFlag', id }, { kind: 'flag', name }, shownFlag(name));
    yield;
  }
  for (const { id, name } of unnamed([...configs.values()].filter(isActive), file.configs)) {
    planner.carry({ type: 'ArchiveConfig', id }, { kind: 'config', name }, shownConfig(name));
    yield;
  }
}

/**
 * Archives keys, segments and goals: those that the file says are archived, and, to prune, those that it does not name. `unused`: only those that
 * nothing uses, to make room for what is new (K4); `all`: whatever is left, of which something may still be in use, and is refused (K5).
 */
export function* archiveParts(planner: Planner, file: SetupFile, prune: boolean, which: 'unused' | 'all'): Steps<void> {
  const { keys, segments, goals } = planner.state;
  const used = which === 'all' ? undefined : usedIn(planner.state);
  const archive = (command: SingleCommand, use: Use, name: string, shown: Shown): void => {
    if (!used?.has(partKey(use))) planner.carry(command, { kind: use.kind, name }, shown);
  };
  for (const { id, name } of prune ? unnamed([...goals.values()].filter(isKept), file.goals) : []) {
    archive({ type: 'ArchiveGoal', id }, { kind: 'goal', id }, name, shownGoal(name));
    yield;
  }
  for (const { id, name } of prune ? unnamed([...segments.values()].filter(isKept), file.segments) : []) {
    archive({ type: 'ArchiveSegment', id }, { kind: 'segment', id }, name, shownSegment(name));
    yield;
  }
  const named = new Map(file.keys?.map(({ name, archived }) => [name, archived]));
  for (const { name } of [...keys.values()].filter(isKept)) {
    const retired = named.get(name) ?? (prune && file.keys !== undefined);
    if (retired) archive({ type: 'ArchiveKey', name }, { kind: 'key', id: name }, name, shownKey(name));
    yield;
  }
}

const isActive = ({ status }: { readonly status: string }): boolean => status !== 'ARCHIVED';
const isKept = ({ archived }: { readonly archived: boolean }): boolean => !archived;

const partKey = ({ kind, id }: Use): string => `${kind}:${id}`;

/** All that some experience holds, in one walk: asking for each part anew would cost their product. */
function usedIn(state: ProjectState): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { held } of holders(state)) for (const use of held) used.add(partKey(use));
  return used;
}

/** Those that the file does not name. A list that is absent says nothing of its kind. */
function unnamed<E extends { readonly name: string }>(
  entities: readonly E[],
  list: readonly { readonly name: string }[] | undefined,
): readonly E[] {
  if (list === undefined) return [];
  const names = new Set(list.map(({ name }) => foldName(name)));
  return entities.filter(({ name }) => !names.has(foldName(name)));
}
