import type { KeyValue } from '../domain/choice';
import { WHOLE } from '../domain/percent';
import type { Json } from '../domain/json';
import type { PropertyCondition, Rule } from '../domain/rule';
import { normalizeFilters, normalizeRule } from '../domain/rule-check';
import { mapSteps, type Steps } from '../domain/steps';
import { cleanName } from '../domain/text';
import type { SetupConfig, SetupExperiment, SetupFile, SetupFlag, SetupVariant } from './file';
import type { WrittenFile } from './file-schema';
import { resolveHoldout } from './holdout';
import { resolveAnalysis, resolveGoals, resolveMeasured } from './measures';
import { Names, namesIn, type KnownNames } from './names';

type Written<List extends 'flags' | 'configs' | 'experiments'> = NonNullable<WrittenFile[List]>[number];

/** A file that has been checked, in full: defaults filled in, names cleaned, references spelled as what they name, rules as they are stored. */
export function* resolveFile(file: WrittenFile, known: KnownNames): Steps<SetupFile> {
  const { project, exclusivity, holdout, keys, segments, goals, flags, configs, experiments } = file;
  const names = namesIn(file, known);
  const segment = (name: string | undefined): string | null => (name === undefined ? null : (names.segments.find(name) ?? name));
  return {
    ...(project && { project: { ...project, ...(project.name !== undefined && { name: cleanName(project.name) }) } }),
    ...(exclusivity !== undefined && { exclusivity }),
    ...(holdout !== undefined && { holdout: resolveHoldout(holdout) }),
    ...(keys && {
      keys: keys.map(({ name, type, default: value, description = '', archived = false }) => {
        return { name, type, default: value as Json, description, archived };
      }),
    }),
    ...(segments && {
      segments: yield* mapSteps(segments, ({ name, description = '', rule }) => {
        return { name: cleanName(name), description, rule: normalizeRule(rule as Rule) };
      }),
    }),
    ...(goals && {
      goals: yield* mapSteps(goals, ({ name, description = '', event, filters, ...measured }) => {
        return {
          name: cleanName(name),
          description,
          event,
          filters: normalizeFilters(filters as PropertyCondition[] | undefined),
          ...resolveMeasured(measured),
        };
      }),
    }),
    ...(flags && { flags: yield* mapSteps(flags, (flag) => resolveFlag(flag, segment)) }),
    ...(configs && { configs: yield* mapSteps(configs, (config) => resolveConfig(config, segment)) }),
    ...(experiments && { experiments: yield* mapSteps(experiments, (one) => resolveExperiment(one, segment, names.goals)) }),
  };
}

type Segment = (name: string | undefined) => string | null;

function resolveFlag({ name, description = '', key, status = 'DRAFT', rows = [] }: Written<'flags'>, segment: Segment): SetupFlag {
  return {
    name: cleanName(name),
    description,
    key,
    status,
    rows: rows.map((row) => ({ segment: segment(row.segment), percentage: row.percentage ?? WHOLE, value: row.value as Json })),
  };
}

function resolveConfig({ name, description = '', keys, status = 'DRAFT', rows = [] }: Written<'configs'>, segment: Segment): SetupConfig {
  return {
    name: cleanName(name),
    description,
    keys,
    status,
    rows: rows.map((row) => ({ segment: segment(row.segment), values: inOrder(keys, row.values) })),
  };
}

function resolveExperiment(experiment: Written<'experiments'>, segment: Segment, goals: Names): SetupExperiment {
  const { name, description = '', audience, traffic = WHOLE, exclusive, sticky, keys, status = 'DRAFT', rolledOut } = experiment;
  const variants: readonly SetupVariant[] = experiment.variants.map(({ name, control = false, weight, values = {} }) => {
    return { name: cleanName(name), control, weight, values: inOrder(keys, values) };
  });
  const variantNames = new Names(variants.map(({ name }) => name));
  return {
    name: cleanName(name),
    description,
    audience: segment(audience),
    traffic,
    ...(exclusive !== undefined && { exclusive }),
    ...(sticky !== undefined && { sticky }),
    keys,
    goals: resolveGoals(experiment, (goal) => goals.find(goal) ?? goal),
    analysis: resolveAnalysis(experiment.analysis),
    variants,
    status,
    ...(rolledOut !== undefined && { rolledOut: variantNames.find(rolledOut) ?? rolledOut }),
  };
}

/** An object's members have no order, so values are in that of the experience's keys. */
function inOrder(keys: readonly string[], values: { readonly [key: string]: unknown }): readonly KeyValue[] {
  return keys.flatMap((key) => (Object.hasOwn(values, key) ? [{ key, value: values[key] as Json }] : []));
}
