import type { KeyValue } from '../../src/domain/choice';
import type { SetupKey } from '../../src/setup/file';
import type { Study, Variant } from './study';

/** What a key is when no one is in a study. The studies do not say: it is built into the browser. */
const DEFAULTS = { BOOLEAN: false, NUMBER: 0, STRING: '' } as const;
type KeyType = keyof typeof DEFAULTS;

/** The features that a variant names, in its order. */
export function featuresOf({ feature_association }: Variant): readonly string[] {
  const { enable_feature = [], disable_feature = [], forcing_feature_on } = feature_association ?? {};
  return [...enable_feature, ...disable_feature, ...(forcing_feature_on === undefined ? [] : [forcing_feature_on])];
}

/**
 * A parameter belongs to its study, and code may read it through any feature that its variant names. One key must be enough, so it is that of
 * the first feature; where there is none, code reads it by the study's name.
 */
export function parameterKey(study: Study, variant: Variant, name: string): string {
  return `${featuresOf(variant)[0] ?? study.name}.${name}`;
}

/** What a variant gives: a Boolean for each feature that it turns on or off, and its parameters, read as their keys' types. */
export function valuesOf(study: Study, variant: Variant, keys: ReadonlyMap<string, SetupKey>): readonly KeyValue[] {
  const { enable_feature = [], disable_feature = [] } = variant.feature_association ?? {};
  const values = [
    ...enable_feature.map((key) => ({ key, value: true })),
    ...disable_feature.map((key) => ({ key, value: false })),
    ...(variant.param ?? []).map(({ name, value }) => {
      const key = parameterKey(study, variant, name);
      return { key, value: keys.get(key)?.type === 'STRING' ? value : (JSON.parse(value) as number | boolean) };
    }),
  ];
  const twice = values.find(({ key }, index) => values.findIndex((other) => other.key === key) < index);
  if (twice) throw new Error(`The variant "${variant.name}" of ${study.name} sets ${twice.key} twice: only one of them can be carried.`);
  return values;
}

/** Every feature and every parameter as a key, by name: the features first, each in the order in which the studies name them. */
export function keysOf(studies: readonly Study[]): ReadonlyMap<string, SetupKey> {
  const features = new Map<string, Set<string>>();
  const parameters = new Map<string, { readonly texts: string[]; readonly studies: Set<string> }>();
  for (const study of studies) {
    for (const variant of study.experiment) {
      for (const feature of featuresOf(variant)) features.set(feature, (features.get(feature) ?? new Set()).add(study.name));
      for (const { name, value } of variant.param ?? []) {
        const key = parameterKey(study, variant, name);
        const found = parameters.get(key) ?? { texts: [], studies: new Set() };
        found.texts.push(value);
        parameters.set(key, { ...found, studies: found.studies.add(study.name) });
      }
    }
  }
  return new Map(
    [
      ...[...features].map(([name, by]) => setupKey(name, 'BOOLEAN', `Feature of ${[...by].join(', ')}`)),
      ...[...parameters].map(([name, { texts, studies: by }]) => setupKey(name, typeOf(name, texts), `Parameter of ${[...by].join(', ')}`)),
    ].map((key) => [key.name, key]),
  );
}

function setupKey(name: string, type: KeyType, description: string): SetupKey {
  return { name, type, default: DEFAULTS[type], description, archived: false };
}

/** Parameters are published as texts. The type is the narrowest that all values of one have, but a version is no number: 1.70 is not 1.7. */
function typeOf(name: string, texts: readonly string[]): KeyType {
  if (texts.every((text) => text === 'true' || text === 'false')) return 'BOOLEAN';
  const numbers = texts.every((text) => Number.isFinite(Number(text)) && String(Number(text)) === text);
  return numbers && !/version/i.test(name) ? 'NUMBER' : 'STRING';
}
