import type { Goal } from '../src/domain/goal';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** An event which counts as a conversion. */
export type GoalDocument = DocumentOf<Goal>;

export const goals = entityProjection<Goal>({
  collection: 'goals',
  kind: 'goal',
  alone: (goal, id) => ({ ...EMPTY_PROJECT, goals: EMPTY_PROJECT.goals.set(id, goal) }),
  find: (state, id) => state.goals.get(id),
  standing: byArchived,
});
