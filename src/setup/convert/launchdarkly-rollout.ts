import { excerpt } from '../../domain/text';
import type { Lose } from './condition';
import type { Draft } from './draft';
import { bandOf, type Share } from './draw';
import { propertyFor } from './launchdarkly-clause';
import type { Outcome } from './launchdarkly-format';
import * as members from './launchdarkly-members';

type Rollout = NonNullable<Outcome['rollout']>;

/** A weight of all users. */
const ALL = 100_000;

/**
 * The variations of a rollout, by index. A user gets the first whose weights, added up, reach beyond the user's number, and the last where none
 * does: weights that sum short are not stretched. Undefined: it has no counterpart.
 */
export function rolloutShares(rollout: Rollout, path: string, draft: Draft, lose: Lose): readonly Share<number>[] | undefined {
  const unknown = [rollout, ...rollout.variations].map((one, index) =>
    draft.leftOver(one, path, index === 0 ? members.ROLLOUT : members.WEIGHT),
  );
  if (unknown.includes(true)) return void lose(path, 'is left out');
  const { variations, bucketBy = 'key', contextKind = 'user' } = rollout;
  if (isExperiment(rollout)) lose(path, 'is an experiment of LaunchDarkly: set it up as an experiment here');
  if (bucketBy !== 'key' || contextKind !== 'user')
    lose(path, `draws users by ${excerpt(propertyFor(bucketBy, contextKind))}: here they are always drawn by their id`);
  if (variations.some(({ weight }) => weight < 0)) return void lose(path, 'has a weight below 0');
  let before = 0;
  return variations
    .map(({ variation, weight }, index): Share<number> => {
      const from = before / ALL;
      before = index === variations.length - 1 ? Math.max(ALL, before) : before + weight;
      return { draw: new Map([[`rollout ${rollout.seed ?? ''}`, bandOf(from, before / ALL)]]), value: variation };
    })
    .filter(({ draw }) => [...draw.values()].every((band) => band.length > 0));
}

function isExperiment({ experimentAllocation, kind = 'rollout' }: Rollout): boolean {
  return (experimentAllocation !== undefined && experimentAllocation !== null) || kind !== 'rollout';
}
