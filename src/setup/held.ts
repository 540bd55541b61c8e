import type { Config } from '../domain/config';
import type { Experiment } from '../domain/experiment-state';
import type { Flag } from '../domain/flag';
import type { Goal } from '../domain/goal';
import { holderOf } from '../domain/naming';
import type { ProjectState } from '../domain/project-state';
import type { Segment } from '../domain/segment';

export interface Held {
  readonly segment: Segment;
  readonly goal: Goal;
  readonly flag: Flag;
  readonly config: Config;
  readonly experiment: Experiment;
}

const COLLECTION = { segment: 'segments', goal: 'goals', flag: 'flags', config: 'configs', experiment: 'experiments' } as const;

/** The one of the kind that has the name and is not archived. */
export function held<Kind extends keyof Held>(state: ProjectState, kind: Kind, name: string): Held[Kind] | undefined {
  const id = holderOf(state, kind, name);
  return id === undefined ? undefined : (state[COLLECTION[kind]].get(id) as Held[Kind] | undefined);
}
