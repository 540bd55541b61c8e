import { USUAL_ANALYSIS } from '../../src/domain/analysis';
import { WHOLE } from '../../src/domain/percent';
import type { SetupExperiment, SetupKey, SetupVariant } from '../../src/setup/file';
import { audienceOf } from './audience';
import { soleVariant, type Study } from './study';
import { valuesOf } from './values';

/** The control of a test in which every variant changes something. */
const ADDED_CONTROL = 'No change';

/**
 * Experiments from the studies that give different people different variants. One in which everybody gets what gives nothing is a test that
 * has not begun: its design is kept, as a draft.
 */
export function experimentsOf(studies: readonly Study[], keys: ReadonlyMap<string, SetupKey>): readonly SetupExperiment[] {
  return studies.flatMap((study) => {
    const sole = soleVariant(study);
    return sole && valuesOf(study, sole, keys).length > 0 ? [] : [experimentOf(study, keys)];
  });
}

function experimentOf(study: Study, keys: ReadonlyMap<string, SetupKey>): SetupExperiment {
  const weights = basisPoints(study.experiment.map(({ probability_weight }) => probability_weight));
  const variants = withControl(
    study.experiment.map((variant, index): SetupVariant => {
      return { name: variant.name, control: false, weight: weights[index] ?? 0, values: valuesOf(study, variant, keys) };
    }),
  );
  return {
    name: study.name,
    description: '',
    audience: audienceOf(study.filter).name,
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

/** Weights of any sum as parts of 10,000. What rounding down leaves over goes to those who lost the most by it, the earlier first. */
export function basisPoints(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) throw new Error(`The weights ${weights.join(', ')} have no sum to be a part of: one must be above 0.`);
  const exact = weights.map((weight) => (weight * WHOLE) / sum);
  const down = exact.map(Math.floor);
  const left = WHOLE - down.reduce((total, part) => total + part, 0);
  const losers = exact
    .map((part, index) => ({ index, lost: part - (down[index] ?? 0) }))
    .sort((a, b) => b.lost - a.lost || a.index - b.index);
  const raised = new Set(losers.slice(0, left).map(({ index }) => index));
  return down.map((part, index) => part + (raised.has(index) ? 1 : 0));
}
