import type { KeyValue } from '../../src/domain/choice';
import type { SetupConfig, SetupFlag, SetupKey } from '../../src/setup/file';
import { basisPoints } from './shares';
import type { Study, Variant } from './study';
import { valuesOf } from './values';

/** A study that is no test: it gives its audience, or a part of it, the one thing that it gives. */
export interface Row {
  readonly study: Study;
  readonly variant: Variant;
  /** Basis points of its audience. */
  readonly share: number;
  readonly values: readonly KeyValue[];
}

/** All of its values to everybody, or the value of one key to a part of them; undefined: it is a test. */
export function rowOf(study: Study, keys: ReadonlyMap<string, SetupKey>): Row | undefined {
  const weights = basisPoints(study.experiment.map(({ probability_weight }) => probability_weight));
  const weighed = study.experiment.flatMap((variant, at) => (variant.probability_weight > 0 ? [{ variant, share: weights[at] ?? 0 }] : []));
  const [row, ...others] = weighed
    .map((one) => ({ study, ...one, values: valuesOf(study, one.variant, keys) }))
    .filter(({ values }) => values.length > 0);
  if (row === undefined || others.length > 0) return undefined;
  return weighed.length === 1 || row.values.length === 1 ? row : undefined;
}

/** A flag for each key that studies give alone, with their rows in the order of the studies, where too the first that takes a user wins. */
export function flagsOf(rows: readonly Row[], names: ReadonlyMap<Study, string>): readonly SetupFlag[] {
  const alone = rows.filter(({ values }) => values.length === 1);
  const keys = [...new Set(alone.flatMap(({ values }) => values.map(({ key }) => key)))];
  return keys.map((key) => {
    const own = alone.filter(({ values }) => values[0]?.key === key);
    return {
      name: key,
      description: rowByRow(own),
      key,
      status: 'LIVE',
      rows: own.map(({ study, share, values }) => ({ segment: names.get(study) ?? null, percentage: share, value: values[0]!.value })),
    };
  });
}

/**
 * Configs of the studies that give several keys at once. A key is in at most one config (K7), so studies that share a key, be it through others, are
 * rows of the same one, in the order of the studies.
 */
export function configsOf(rows: readonly Row[], names: ReadonlyMap<Study, string>): readonly SetupConfig[] {
  return sharing(rows.filter(({ values }) => values.length > 1)).map((group) => {
    const keys = [...new Set(group.flatMap(({ values }) => values.map(({ key }) => key)))];
    return {
      // Named for its first key, which no other config has.
      name: keys[0] ?? '',
      description: rowByRow(group),
      keys,
      status: 'LIVE',
      rows: group.map(({ study, values }) => ({ segment: names.get(study) ?? null, values })),
    };
  });
}

const rowByRow = (rows: readonly Row[]): string =>
  `Row by row: ${rows.map(({ study, variant }) => `${study.name} (${variant.name})`).join(', ')}`;

/** The rows in groups that have no key in common, each in the order given. */
function sharing(rows: readonly Row[]): readonly (readonly Row[])[] {
  let groups: { readonly keys: ReadonlySet<string>; readonly at: readonly number[] }[] = [];
  for (const [index, { values }] of rows.entries()) {
    const keys = values.map(({ key }) => key);
    const joined = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const merged = {
      keys: new Set([...joined.flatMap((group) => [...group.keys]), ...keys]),
      at: [...joined.flatMap(({ at }) => at), index].sort((a, b) => a - b),
    };
    groups = [...groups.filter((group) => !joined.includes(group)), merged];
  }
  return groups.map(({ at }) => rows.filter((_, index) => at.includes(index)));
}
