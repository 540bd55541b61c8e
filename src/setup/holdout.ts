import { activeHoldout, checkHoldoutShare } from '../domain/holdout';
import { percentOf } from '../domain/percent';
import type { ProjectState } from '../domain/project-state';
import { illegalState, type Problem } from '../domain/refusal';
import { checkName, cleanName, foldName } from '../domain/text';
import type { SetupHoldout } from './file';
import type { WrittenFile } from './file-schema';
import type { About, Planner } from './planner';

/* The section `holdout` of a set-up file: the one that is active (X8). */

export const checkHoldout = ({ holdout }: WrittenFile, problems: Problem[]): void => {
  if (!holdout) return;
  problems.push(...checkName(holdout.name, 'holdout.name'), ...checkHoldoutShare(holdout.share, 'holdout.share'));
};

export function resolveHoldout(holdout: SetupHoldout | null): SetupHoldout | null {
  return holdout && { name: cleanName(holdout.name), share: holdout.share };
}

export function exportHoldout(state: ProjectState): SetupHoldout | undefined {
  const active = activeHoldout(state);
  return active && { name: active.name, share: active.share };
}

/** As it is in a file. */
export function writtenHoldout(holdout: SetupHoldout | null): object | null {
  return holdout && { name: holdout.name, share: percentOf(holdout.share) };
}

/**
 * Brings the project to the holdout of the file, before any experiment starts. Another one that is active is ended first only by `prune`, as
 * what the file does not name: it would be for good.
 */
export function planHoldout(planner: Planner, wanted: SetupHoldout | null, prune: boolean): void {
  const active = activeHoldout(planner.state);
  const end = (): boolean => {
    if (active === undefined || !prune) return true;
    return planner.carry({ type: 'EndHoldout', id: active.id }, { kind: 'holdout', name: active.name });
  };
  if (wanted === null) return void end();
  const { name, share } = wanted;
  const about: About = { kind: 'holdout', name };
  const isSame = active !== undefined && foldName(active.name) === foldName(name);
  if (active !== undefined && isSame) {
    if (active.share === share) return;
    const message = `The holdout "${active.name}" is of ${percentOf(active.share)} % for good. Give the new one another name.`;
    const wayOut = 'Leave its share as it is; or list a holdout of another name, and plan with prune, which ends this one.';
    planner.refuse('CreateHoldout', about, illegalState(message), { before: { share: active.share }, after: { share }, wayOut });
    return;
  }
  if (end()) planner.carry({ type: 'CreateHoldout', name, share }, about);
}
