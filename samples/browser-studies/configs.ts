import type { KeyValue } from '../../src/domain/choice';
import type { SetupConfig, SetupKey } from '../../src/setup/file';
import { audienceOf } from './audience';
import { soleVariant, type Study } from './study';
import { valuesOf } from './values';

/** A study that gives everybody in its audience the same values. */
interface Rollout {
  readonly study: Study;
  readonly variant: string;
  readonly values: readonly KeyValue[];
}

/**
 * Rows of live configs from the studies that give everybody one variant. A key is in at most one config (K7), so studies that share a key,
 * be it through others, are rows of the same one. Rows are in the order of the studies, where too the first that takes a user wins.
 */
export function configsOf(studies: readonly Study[], keys: ReadonlyMap<string, SetupKey>): readonly SetupConfig[] {
  const rollouts = studies.flatMap((study): Rollout[] => {
    const variant = soleVariant(study);
    const values = variant ? valuesOf(study, variant, keys) : [];
    return variant && values.length > 0 ? [{ study, variant: variant.name, values }] : [];
  });
  return sharing(rollouts).map((group) => configOf(group));
}

/** The rollouts in groups that have no key in common, each in the order given. */
function sharing(rollouts: readonly Rollout[]): readonly (readonly Rollout[])[] {
  let groups: { readonly keys: ReadonlySet<string>; readonly at: readonly number[] }[] = [];
  for (const [index, { values }] of rollouts.entries()) {
    const keys = values.map(({ key }) => key);
    const joined = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const merged = {
      keys: new Set([...joined.flatMap((group) => [...group.keys]), ...keys]),
      at: [...joined.flatMap(({ at }) => at), index].sort((a, b) => a - b),
    };
    groups = [...groups.filter((group) => !joined.includes(group)), merged];
  }
  return groups.map(({ at }) => rollouts.filter((_, index) => at.includes(index)));
}

/** Named for its first key, which no other config has. */
function configOf(group: readonly Rollout[]): SetupConfig {
  const keys = [...new Set(group.flatMap(({ values }) => values.map(({ key }) => key)))];
  return {
    name: keys[0] ?? '',
    description: `Row by row: ${group.map(({ study, variant }) => `${study.name} (${variant})`).join(', ')}`,
    keys,
    status: 'LIVE',
    rows: group.map(({ study, values }) => ({ segment: audienceOf(study.filter).name, values })),
  };
}
