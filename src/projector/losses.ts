import type { ReadModel } from '../read-model/read-model';
import type { Leading } from './leading';
import type { Watch } from './watch';

/**
 * What is done about a project, and no other, of which a part that was stored is gone: the instance that projects does so again from the beginning. Another
 * one deletes what is left, which the one that projects notices, and waits.
 */
export function mendLosses(
  { checkpoints, stored }: ReadModel,
  leading: Leading,
  /** undefined: this instance projects. */
  watching: () => Watch | undefined,
  stopped: AbortSignal,
): (projectId: string) => void {
  async function mend(projectId: string): Promise<void> {
    const watch = watching();
    if (watch === undefined) return leading.again(projectId);
    const seen = checkpoints.of(projectId);
    await stored.clear(projectId);
    watch.expect(projectId, seen?.revision ?? 0, seen?.hash);
  }
  return (projectId) => {
    mend(projectId).catch(() => {
      // A store is away, or the role has changed: the comparison of all projects finds what is left to be done.
      if (!stopped.aborted) checkpoints.doubt();
    });
  };
}
