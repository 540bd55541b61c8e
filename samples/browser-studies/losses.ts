import type { SetupKey } from '../../src/setup/file';
import { rowOf } from './rows';
import type { Study, Variant } from './study';
import { featuresOf, parameterKey, valuesOf } from './values';

/** One way in which the set-up is not exactly what was published, and where. */
export interface Loss {
  readonly title: string;
  readonly reason: string;
  /** By study, in the order of the studies, each under its name here. */
  readonly cases: readonly { readonly study: string; readonly names: readonly string[] }[];
}

/** The names of what a loss is about, in a variant of a study; undefined where there is none. */
type Finding = (study: Study, variant: Variant) => readonly string[] | undefined;

/** All that could not be carried exactly. A kind of loss that no study has is left out. */
export function lossesOf(
  studies: readonly Study[],
  keys: ReadonlyMap<string, SetupKey>,
  names: ReadonlyMap<Study, string>,
): readonly Loss[] {
  const gives = (study: Study, variant: Variant): boolean => valuesOf(study, variant, keys).length > 0;
  const begun = (study: Study): boolean => study.experiment.some((variant) => variant.probability_weight > 0 && gives(study, variant));
  const kinds: readonly (Omit<Loss, 'cases'> & { readonly finding: Finding })[] = [
    {
      title: 'Variants that no one gets, left out',
      reason: 'Beside the variant that people get stand others of weight 0, for those who choose one by hand. A row gives one thing.',
      finding: (study, variant) => {
        const row = rowOf(study, keys);
        return row && row.variant !== variant && gives(study, variant) ? [variant.name] : undefined;
      },
    },
    {
      title: 'Features that are turned off',
      reason:
        "Which value a feature has by itself is built into the browser and not published. Every feature's key has the default `false`, so that turning it off, though it is carried, changes nothing before the key is given its real default.",
      finding: (_, { feature_association, probability_weight }) => {
        return probability_weight > 0 ? feature_association?.disable_feature : undefined;
      },
    },
    {
      title: 'Tests without a control',
      reason: 'Every variant changes something. A control "No change" is added, of weight 0, so the shares stay what they were.',
      finding: (study, variant) => {
        const without = rowOf(study, keys) === undefined && study.experiment.every((one) => gives(study, one));
        return without ? [variant.name] : undefined;
      },
    },
    {
      title: 'Tests with several controls',
      reason: 'Several variants give nothing. They are one control, with their weights together.',
      finding: (study, variant) => {
        const tested = rowOf(study, keys) === undefined;
        const several = study.experiment.filter((one) => !gives(study, one)).length > 1;
        return tested && several && !gives(study, variant) ? [variant.name] : undefined;
      },
    },
    {
      title: 'Tests that have not begun',
      reason:
        'Everybody gets the variant that gives nothing, and no one those named here. It is an experiment in draft, which serves nothing either, with its design.',
      finding: (study, variant) => (!begun(study) && gives(study, variant) ? [variant.name] : undefined),
    },
    {
      title: 'Variants for those who turned a feature on themselves',
      reason: "A user's own choice in the browser decides who gets the variant. There is no such condition here.",
      finding: (_, { feature_association: { forcing_feature_on } = {} }) =>
        forcing_feature_on === undefined ? undefined : [forcing_feature_on],
    },
    {
      title: 'Parameters of several features',
      reason: 'Code may read the parameter through any feature that its variant names. It is one key, named after the first.',
      finding: (study, variant) => {
        return featuresOf(variant).length > 1 ? variant.param?.map(({ name }) => parameterKey(study, variant, name)) : undefined;
      },
    },
    {
      title: 'Parameters of no feature',
      reason: "Code reads the parameter by the study's name, and so its key is named after that.",
      finding: (study, variant) => {
        return featuresOf(variant).length === 0 ? variant.param?.map(({ name }) => parameterKey(study, variant, name)) : undefined;
      },
    },
    {
      title: 'Policies',
      reason:
        'The study also reaches browsers whose administrator lets in critical changes only, and other studies do not. No segment says that.',
      finding: ({ filter: { policy_restriction: policy } }) => (policy === undefined ? undefined : [policy]),
    },
  ];
  return kinds
    .map(({ finding, ...kind }) => ({ ...kind, cases: casesOf(studies, names, finding) }))
    .filter(({ cases }) => cases.length > 0);
}

function casesOf(studies: readonly Study[], names: ReadonlyMap<Study, string>, finding: Finding): Loss['cases'] {
  return studies.flatMap((study) => {
    const found = new Set(study.experiment.flatMap((variant) => finding(study, variant) ?? []));
    return found.size === 0 ? [] : [{ study: names.get(study)!, names: [...found] }];
  });
}
