import type { Experiment } from '../domain/experiment-state';
import type { ProjectState } from '../domain/project-state';

/** A share of users who get no values from experiments, as the start of an experiment has recorded it (X8). */
export interface HoldoutShare {
  readonly id: string;
  /** In basis points. */
  readonly share: number;
}

/** What of a project is compiled. A `ProjectState` is one. */
export type RulesetSource = Pick<ProjectState, 'head' | 'keys' | 'segments' | 'flags' | 'configs' | 'experiments' | 'holdouts'>;

/** X5: what an experiment says of users who leave its audience. */
export function isSticky(experiment: Experiment & { readonly sticky?: boolean }): boolean {
  return experiment.sticky ?? true;
}

/** The holdouts that were in force at the start. */
export function holdoutsAtStart(experiment: Experiment): readonly HoldoutShare[] {
  const started = experiment.started as (Experiment['started'] & { readonly holdouts?: readonly HoldoutShare[] }) | null;
  return started?.holdouts ?? [];
}

/** Those of them that have not ended: the roll-out of the experiment passes over their users. */
export function holdoutsInForce({ holdouts }: RulesetSource, experiment: Experiment): readonly HoldoutShare[] {
  return holdoutsAtStart(experiment).filter(({ id }) => holdouts.get(id)?.status === 'ACTIVE');
}
