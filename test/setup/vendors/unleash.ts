import fc from 'fast-check';
import type { Json } from '../../../src/domain/json';
import { unleash } from '../../../src/setup/convert/unleash';
import { drawn, percentages, tests, weights, type Numbers, type Test, type User, type Vendor } from './vendor';

interface Strategy {
  readonly tests: readonly Test[];
  readonly rollout: number;
  readonly group: string | undefined;
  readonly variants: readonly number[] | undefined;
  readonly order: number;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const strategies = fc.record<Strategy>({
  tests: fc.array(tests, { maxLength: 2 }),
  rollout: percentages,
  group: fc.constantFrom(undefined, 'g'),
  variants: optional(weights),
  order: fc.integer({ min: 0, max: 9 }),
});
const cases = fc.record({
  all: fc.uniqueArray(strategies, { minLength: 1, maxLength: 4, selector: ({ order }) => order }),
  ofFeature: optional(weights),
  firstGeneration: fc.boolean(),
});

const variant = (weight: number, index: number): object => ({ name: `v${index}`, weight });
const constraint = ({ property, values, not }: Test): object => ({
  contextName: property,
  operator: not && values.length > 1 ? 'NOT_IN' : 'IN',
  values,
  inverted: not && values.length === 1,
});

function strategy({ tests: all, rollout, group, variants, order }: Strategy): object {
  return {
    name: 'flexibleRollout',
    sortOrder: order,
    parameters: { rollout: String(rollout), stickiness: 'default', ...(group === undefined ? {} : { groupId: group }) },
    constraints: all.map(constraint),
    variants: (variants ?? []).map(variant),
  };
}

/** Who lacks a property is in no list, so "not" takes them. */
const meets = (user: User, { property, values, not }: Test): boolean => values.includes(user[property] ?? 'neither') !== not;

function variantOf(one: Strategy | undefined, ofFeature: readonly number[] | undefined, numbers: Numbers): Json {
  if (one === undefined) return { name: 'disabled', enabled: false, feature_enabled: false };
  const [all, seed] = one.variants === undefined ? [ofFeature, 'variant f'] : [one.variants, `variant ${one.group ?? ''}`];
  if (all === undefined) return { name: 'disabled', enabled: false, feature_enabled: true };
  return { name: `v${drawn(all, numbers(seed))}`, enabled: true, feature_enabled: true };
}

export const vendor: Vendor = {
  converter: unleash,
  flags: cases.map(({ all, ofFeature, firstGeneration }) => {
    const written = all.map(strategy);
    const variants = (ofFeature ?? []).map(variant);
    const varied = ofFeature !== undefined || all.some((one) => one.variants !== undefined);
    return {
      source: firstGeneration
        ? { version: 1, features: [{ name: 'f', enabled: true, strategies: written, variants }] }
        : {
            features: [{ name: 'f' }],
            featureStrategies: written.map((one) => ({ featureName: 'f', ...one })),
            featureEnvironments: [{ featureName: 'f', environment: 'production', enabled: true, variants }],
          },
      evaluate: (user, numbers) => {
        const found = [...all]
          .sort((a, b) => a.order - b.order)
          .find((one) => one.tests.every((test) => meets(user, test)) && numbers(`rollout ${one.group ?? 'f'}`) * 100 <= one.rollout);
        return varied ? variantOf(found, ofFeature, numbers) : found !== undefined;
      },
    };
  }),
  deciding: (source: { features: { strategies?: object[] }[]; featureStrategies?: object[]; featureEnvironments?: object[] }) =>
    [
      source,
      ...source.features,
      ...source.features.flatMap((feature) => feature.strategies ?? []),
      ...(source.featureStrategies ?? []),
      ...(source.featureEnvironments ?? []),
    ].flatMap((object: { constraints?: object[] }) => [object, ...(object.constraints ?? [])]),
};
