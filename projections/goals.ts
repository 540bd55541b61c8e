import type { Goal } from '../src/domain/goal';
import { NOTHING } from '../src/domain/project';
import { byArchived, entityProjection, type DocumentOf } from './entity-projection';

/** An event which counts as a conversion. */
export type GoalDocument = DocumentOf<Goal>;

export const goals = entityProjection<Goal>({
  collection: 'goals',
  kind: 'goal',
  alone: (goal, id) => ({ ...NOTHING, goals: NOTHING.goals.set(id, goal) }),
  find: (state, id) => state.goals.get(id),
  standing: byArchived,
});
