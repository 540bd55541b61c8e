import { PLURALS, type ProjectState } from '../domain/project-state';
import type { Steps } from '../domain/steps';
import { foldName } from '../domain/text';
import { holders, type Use } from '../domain/usage';
import { setupOf } from './export';
import type { SetupFile } from './file';
import type { Planner } from './planner';

/** Archives the experiences that the file does not name: first of all, since they hold keys that others of the file may want (K7). */
export function* pruneExperiences(planner: Planner, file: SetupFile): Steps<void> {
  for (const kind of ['experiment', 'flag', 'config'] as const) {
    for (const { id, name, status } of unnamed(setupOf(planner.state, kind), file[PLURALS[kind]])) {
      if (status !== 'RUNNING' || planner.carry({ type: 'StopExperiment', id }, { kind, name })) planner.archive(kind, id);
      yield;
    }
  }
}

/**
 * Archives keys, segments and goals: those that the file says are archived, and, to prune, those that it does not name. `unused`: only those that
 * nothing uses, to make room for what is new (K4); `all`: whatever is left, of which something may still be in use, and is refused (K5).
 */
export function* archiveParts(planner: Planner, file: SetupFile, prune: boolean, which: 'unused' | 'all'): Steps<void> {
  const used = which === 'all' ? undefined : usedIn(planner.state);
  const archive = (kind: 'key' | 'segment' | 'goal', id: string): void => {
    if (!used?.has(partKey({ kind, id }))) planner.archive(kind, id);
  };
  for (const kind of prune ? (['goal', 'segment'] as const) : []) {
    for (const { id } of unnamed(setupOf(planner.state, kind), file[PLURALS[kind]])) {
      archive(kind, id);
      yield;
    }
  }
  const named = new Map(file.keys?.map(({ name, archived }) => [name, archived]));
  for (const { name } of setupOf(planner.state, 'key')) {
    if (named.get(name) ?? (prune && file.keys !== undefined)) archive('key', name);
    yield;
  }
}

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
