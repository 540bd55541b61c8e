import type { Obstacle, Refusal, Usage } from '../src/domain/refusal';
import { shownProblem } from './error';
import { referenceTo, type Reference } from './global-id';

type With<Code extends Refusal['code']> = Extract<Refusal, { readonly code: Code }>;

export type ShownUsage = Reference & { readonly status: string };

/** A refusal as the API has it: what it names are objects whose fields can be queried. */
export type ShownRefusal =
  | Exclude<Refusal, With<'NOT_FOUND' | 'ALREADY_EXISTS' | 'IN_USE' | 'CANNOT_REVERT' | 'NO_REACH' | 'BASELINE_OF_RUNNING'>>
  | (Omit<With<'NOT_FOUND'>, 'id'> & { readonly entityId: string })
  | (Omit<With<'ALREADY_EXISTS'>, 'existing'> & { readonly existing: Reference })
  | (Omit<With<'IN_USE'>, 'usages'> & { readonly usages: readonly ShownUsage[] })
  | (Omit<With<'NO_REACH'>, 'inTheWay'> & { readonly inTheWay: readonly ShownUsage[] })
  | (Omit<With<'BASELINE_OF_RUNNING'>, 'experiments'> & { readonly experiments: readonly ShownUsage[] })
  | (Omit<With<'CANNOT_REVERT'>, 'obstacles'> & { readonly obstacles: readonly ShownObstacle[] });

export interface ShownObstacle extends Omit<Obstacle, 'refusal'> {
  readonly refusal: ShownRefusal;
}

export function shownRefusal(projectId: string, refusal: Refusal): ShownRefusal {
  switch (refusal.code) {
    case 'INVALID_INPUT': {
      const problems = refusal.problems.map(shownProblem);
      // It begins with the place of the first.
      const message = refusal.message.replace(refusal.problems[0]?.path ?? '', problems[0]?.path ?? '');
      return { ...refusal, message, problems };
    }
    case 'NOT_FOUND': {
      const { id, ...rest } = refusal;
      return { ...rest, entityId: id };
    }
    case 'ALREADY_EXISTS':
      return { ...refusal, existing: referenceTo(projectId, refusal.existing) };
    case 'IN_USE':
      return { ...refusal, usages: refusal.usages.map((usage) => shownUsage(projectId, usage)) };
    case 'NO_REACH':
      return { ...refusal, inTheWay: refusal.inTheWay.map((usage) => shownUsage(projectId, usage)) };
    case 'BASELINE_OF_RUNNING':
      return { ...refusal, experiments: refusal.experiments.map((usage) => shownUsage(projectId, usage)) };
    case 'CANNOT_REVERT': {
      const obstacles = refusal.obstacles.map((obstacle) => ({ ...obstacle, refusal: shownRefusal(projectId, obstacle.refusal) }));
      return { ...refusal, obstacles };
    }
    default:
      return refusal;
  }
}

/** `revision`: of the point that the answer is of, if that is not now. */
export function shownUsage(projectId: string, usage: Usage, revision?: number): ShownUsage {
  return { ...referenceTo(projectId, usage, revision), status: usage.status };
}
