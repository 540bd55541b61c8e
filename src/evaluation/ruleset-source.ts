import type { Experiment, HoldoutInForce } from '../domain/experiment-state';
import type { ProjectState } from '../domain/project-state';

/** What of a project is compiled. A `ProjectState` is one. */
export type RulesetSource = Pick<ProjectState, 'head' | 'keys' | 'segments' | 'flags' | 'configs' | 'experiments' | 'holdouts'>;

/** The holdouts that were active at the start of an experiment and have not ended: its roll-out passes over their users (X8). */
export function activeHoldouts({ holdouts }: RulesetSource, { started }: Experiment): readonly HoldoutInForce[] {
  return (started?.holdouts ?? []).filter(({ id }) => holdouts.get(id)?.status === 'ACTIVE');
}
