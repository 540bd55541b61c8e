import type { Experiment } from '../src/domain/experiment-state';
import { EMPTY_PROJECT } from '../src/domain/decider';
import { byStatus, entityProjection, type DocumentOf } from './entity-projection';

/** An A/B test, with the audience it started with and its intakes (S3, X4). */
export type ExperimentDocument = DocumentOf<Experiment>;

export const experiments = entityProjection<Experiment>({
  collection: 'experiments',
  kind: 'experiment',
  alone: (experiment, id) => ({ ...EMPTY_PROJECT, experiments: EMPTY_PROJECT.experiments.set(id, experiment) }),
  find: (state, id) => state.experiments.get(id),
  standing: byStatus,
});
