import { USUAL_ANALYSIS } from '../../src/domain/analysis';
import { WHOLE } from '../../src/domain/percent';
import type { SetupExperiment, SetupKey, SetupVariant } from '../../src/setup/file';
import { basisPoints } from './shares';
import type { Study } from './study';
import { valuesOf } from './values';

/** The control of a test in which every variant changes something. */
const ADDED_CONTROL = 'No change';

/**
 * A study that gives different people different variants, as an experiment. One in which everybody gets what gives nothing is a test that has not begun:
 * its design is kept, as a draft.
 */
export function experimentOf(study: Study, name: string, keys: ReadonlyMap<string, SetupKey>): SetupExperiment {
  const weights = basisPoints(study.experiment.map(({ probability_weight }) => probability_weight));
  const variants = withControl(
    study.experiment.map((variant, index): SetupVariant => {
      return { name: variant.name, control: false, weight: weights[index] ?? 0, values: valuesOf(study, variant, keys) };
    }),
  );
  return {
    name,
    description: '',
    audience: name,
    traffic: WHOLE,
    exclusive: false,
    keys: [...new Set(variants.flatMap(({ values }) => values.map(({ key }) => key)))],
    goals: [],
    analysis: USUAL_ANALYSIS,
    variants,
    status: variants.some(({ control, weight }) => !control && weight > 0) ? 'RUNNING' : 'DRAFT',
  };
}

/**
 * Control is the variant that gives nothing. Several of them are one, since no one could distinguish them. Where there is none, one is added
 * that no one is in: the shares stay what they were.
 */
function withControl(variants: readonly SetupVariant[]): readonly SetupVariant[] {
  const [first, ...others] = variants.filter(({ values }) => values.length === 0);
  if (first === undefined) return [{ name: ADDED_CONTROL, control: true, weight: 0, values: [] }, ...variants];
  const weight = others.reduce((sum, other) => sum + other.weight, first.weight);
  return variants
    .filter((variant) => !others.includes(variant))
    .map((variant) => (variant === first ? { ...first, control: true, weight } : variant));
}
