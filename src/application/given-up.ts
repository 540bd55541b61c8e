import { StoreUnavailable } from '../event-store/event-store';

/** Why a group was decided anew: others wrote first; the store refused it and shows nothing newer; it takes fewer bytes in one append. */
export type Obstacle = 'moved' | 'refused' | 'too large';

const WORDS: Readonly<Record<Obstacle, (projectId: string) => string>> = {
  moved: (projectId) => `project ${projectId} is being written too fast elsewhere`,
  refused: (projectId) => `the event store refuses appends to project ${projectId} as out of date, and shows nothing newer in it`,
  'too large': (projectId) => `the event store names ever smaller limits for appends to project ${projectId}`,
};

/** A command is given up after so many attempts; the message says what is known to have been in the way of each. */
export function givenUp(projectId: string, obstacles: readonly Obstacle[]): StoreUnavailable {
  const met = [...new Set(obstacles)].map((obstacle) => WORDS[obstacle](projectId));
  return new StoreUnavailable(`${met.join(', and ')}: nothing was written, try again`);
}
