import { BehaviorSubject } from 'rxjs';
import type { UsedFragment } from '../generated/operations';
import type { Refused } from './refused';

/** What a person has seen that a command does to experiments. */
export interface Acknowledge {
  readonly noReach?: boolean;
  readonly baselineOf?: readonly string[];
}

/** A command that waits until the person has seen what it does. */
export interface Asked {
  readonly message: string;
  readonly experiments: readonly UsedFragment[];
  answer(seen: boolean): void;
}

/** The command that waits now, if any. */
export const asked = new BehaviorSubject<Asked | undefined>(undefined);

/** What a refused command must acknowledge besides what it did; undefined: acknowledging would not help. */
export function acknowledgementFor(refused: Refused, before: Acknowledge = {}): Acknowledge | undefined {
  if (refused.code === 'NO_REACH') return { ...before, noReach: true };
  if (refused.code !== 'BASELINE_OF_RUNNING') return undefined;
  const named = (refused.experiments ?? []).map(({ nodeId }) => nodeId);
  return { ...before, baselineOf: [...new Set([...(before.baselineOf ?? []), ...named])] };
}

/** Shows the experiments that it is about, and resolves with whether the person goes on. */
export async function askWhetherSeen({ message, inTheWay, experiments }: Refused): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (seen: boolean) => {
      asked.next(undefined);
      resolve(seen);
    };
    asked.next({ message, experiments: experiments ?? inTheWay ?? [], answer });
  });
}
