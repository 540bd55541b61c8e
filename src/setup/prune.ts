import type { SingleCommand } from '../domain/project';
import { usersOf } from '../domain/usage';
import { foldName } from '../domain/text';
import { isSetup } from './export';
import type { SetupFile } from './file';
import { shownGoal, shownKey, shownSegment } from './plan-named';
import { shownExperiment } from './plan-experiments';
import { shownConfig, shownFlag } from './plan-rollouts';
import type { Planner, Shown } from './planner';

interface Doomed {
  readonly kind: 'key' | 'segment' | 'goal' | 'flag' | 'config' | 'experiment';
  readonly id: string;
  readonly name: string;
  readonly command: SingleCommand;
  readonly shown: Shown;
}

/** Archives the experiences that the file does not name: first of all, since they hold keys that others of the file may want (K7). */
export function pruneExperiences(planner: Planner, file: SetupFile): void {
  const { experiments, flags, configs } = planner.state;
  const doomed: Doomed[] = [
    ...unnamed([...experiments.values()].filter(isSetup), file.experiments).flatMap((one): Doomed[] => {
      const about = { kind: 'experiment' as const, id: one.id, name: one.name, shown: shownExperiment(one.name) };
      const archive: Doomed = { ...about, command: { type: 'ArchiveExperiment', id: one.id } };
      return one.status === 'RUNNING' ? [{ ...about, command: { type: 'StopExperiment', id: one.id } }, archive] : [archive];
    }),
    ...unnamed(
      [...flags.values()].filter(({ status }) => status !== 'ARCHIVED'),
      file.flags,
    ).map(({ id, name }): Doomed => ({ kind: 'flag', id, name, command: { type: 'ArchiveFlag', id }, shown: shownFlag(name) })),
    ...unnamed(
      [...configs.values()].filter(({ status }) => status !== 'ARCHIVED'),
      file.configs,
    ).map(({ id, name }): Doomed => ({ kind: 'config', id, name, command: { type: 'ArchiveConfig', id }, shown: shownConfig(name) })),
  ];
  for (const { command, shown, ...about } of doomed) planner.carry(command, about, shown);
}

/**
 * Archives keys, segments and goals: those that the file says are archived, and, to prune, those that it does not name. `late`: all that are
 * left; before that, only what nothing uses, to make room for what is new (K4).
 */
export function archiveParts(planner: Planner, file: SetupFile, prune: boolean, late: boolean): void {
  const { keys, segments, goals } = planner.state;
  const retired = new Set(file.keys?.filter(({ archived }) => archived).map(({ name }) => name));
  const active = <E extends { readonly archived: boolean }>(all: Iterable<E>): E[] => [...all].filter(({ archived }) => !archived);
  const named = new Set(file.keys?.map(({ name }) => name));
  const doomedKeys = active(keys.values()).filter(
    ({ name }) => retired.has(name) || (prune && file.keys !== undefined && !named.has(name)),
  );
  const doomed: Doomed[] = [
    ...(prune ? unnamed(active(goals.values()), file.goals) : []).map(({ id, name }): Doomed => ({
      kind: 'goal',
      id,
      name,
      command: { type: 'ArchiveGoal', id },
      shown: shownGoal(name),
    })),
    ...(prune ? unnamed(active(segments.values()), file.segments) : []).map(({ id, name }): Doomed => ({
      kind: 'segment',
      id,
      name,
      command: { type: 'ArchiveSegment', id },
      shown: shownSegment(name),
    })),
    ...doomedKeys.map(({ name }): Doomed => ({
      kind: 'key',
      id: name,
      name,
      command: { type: 'ArchiveKey', name },
      shown: shownKey(name),
    })),
  ];
  for (const { command, shown, ...about } of doomed) {
    const used = usersOf(planner.state, { kind: about.kind as 'key' | 'segment' | 'goal', id: about.id }).length > 0;
    if (late || !used) planner.carry(command, about, shown);
  }
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
