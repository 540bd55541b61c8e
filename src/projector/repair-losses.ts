import type { ReadModel } from '../read-model/read-model';
import type { ProjectionWorker } from './projection-worker';
import type { Follower } from './follower';

/**
 * Repairs one project whose stored documents were lost in part: the leader projects it again from the start; another
 * instance deletes the rest, which the leader notices, and waits.
 */
export function repairLosses(
  { checkpoints, stored }: ReadModel,
  worker: ProjectionWorker,
  /** undefined: this instance projects. */
  watching: () => Follower | undefined,
  stopped: AbortSignal,
): (projectId: string) => void {
  async function repair(projectId: string): Promise<void> {
    const follower = watching();
    if (follower === undefined) return worker.reproject(projectId);
    const seen = checkpoints.of(projectId);
    await stored.clear(projectId);
    follower.expect(projectId, seen?.revision ?? 0, seen?.hash);
  }
  return (projectId) => {
    repair(projectId).catch(() => {
      // A store is unavailable, or leadership has changed: the comparison of all projects repairs the rest.
      if (!stopped.aborted) checkpoints.invalidate();
    });
  };
}
