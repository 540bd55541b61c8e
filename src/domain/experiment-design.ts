import { checkAnalysis, checkExperimentGoals } from './analysis';
import { checkAudience, checkBasisPoints, checkChoices, checkValues } from './choice';
import { percentOf, WHOLE } from './percent';
import type { Design, Variant } from './experiment-state';
import type { ProjectState } from './project-state';
import type { Problem } from './refusal';
import { checkRowIds, type RowInput } from './row';
import { checkName, cleanName, foldName } from './text';

/** E3 */
export const VARIANTS = [2, 7] as const;
export const EXPERIMENT_KEYS = [1, 20] as const;

/** A design as a client gives it: variants that are new have no id yet. */
export type DesignInput = Omit<Design, 'variants'> & { readonly variants: readonly RowInput<Variant>[] };

/** E3, E5, E7 and K2 for a whole design. */
export function checkDesign(state: ProjectState, design: DesignInput, known: readonly Variant[]): readonly Problem[] {
  return [
    ...checkAudience(state, design.audience, 'audience'),
    ...checkBasisPoints(design.traffic, 'traffic'),
    ...checkChoices(state, 'key', design.keys, 'keys', EXPERIMENT_KEYS),
    ...checkExperimentGoals(state, design.goals),
    ...checkVariants(state, design, known),
    ...checkAnalysis(design.analysis),
  ];
}

function checkVariants(state: ProjectState, { keys, variants }: DesignInput, known: readonly Variant[]): readonly Problem[] {
  const [least, most] = VARIANTS;
  if (variants.length < least || variants.length > most) {
    return [{ path: 'variants', message: `must be ${least} to ${most} variants, control included, not ${variants.length}` }];
  }
  const problems = [
    ...checkRowIds(variants, known, 'variants'),
    ...variants.flatMap((variant, index) => [
      ...checkName(
        variant.name,
        `variants.${index}.name`,
        known.map(({ name }) => name),
      ),
      ...checkBasisPoints(variant.weight, `variants.${index}.weight`),
      ...checkGiven(state, keys, variant, `variants.${index}.values`, known),
    ]),
  ];
  if (problems.length > 0) return problems;
  return [...checkControl(variants), ...checkWeights(variants), ...checkVariantNames(variants)];
}

function checkGiven(
  state: ProjectState,
  keys: readonly string[],
  variant: RowInput<Variant>,
  path: string,
  known: readonly Variant[],
): readonly Problem[] {
  if (!variant.control) return checkValues(state, keys, variant.values, path, known);
  return variant.values.length === 0 ? [] : [{ path, message: 'must be empty: control is what the user would get without the test' }];
}

function checkControl(variants: readonly RowInput<Variant>[]): readonly Problem[] {
  const controls = variants.filter(({ control }) => control).length;
  return controls === 1 ? [] : [{ path: 'variants', message: `must have exactly one control, not ${controls}` }];
}

function checkWeights(variants: readonly RowInput<Variant>[]): readonly Problem[] {
  const sum = variants.reduce((total, { weight }) => total + weight, 0);
  return sum === WHOLE ? [] : [{ path: 'variants', message: `must have weights that sum to 100 %, not ${percentOf(sum)} %` }];
}

function checkVariantNames(variants: readonly RowInput<Variant>[]): readonly Problem[] {
  const folded = variants.map(({ name }) => foldName(name));
  return folded.flatMap((name, index) =>
    folded.indexOf(name) < index ? [{ path: `variants.${index}.name`, message: `"${variants[index]?.name}" is given twice` }] : [],
  );
}

/** A variant as it is stored. */
export function shapeVariant({ name, control, weight, values }: RowInput<Variant>, id: string): Variant {
  return { id, name: cleanName(name), control, weight, values: values.map(({ key, value }) => ({ key, value })) };
}
