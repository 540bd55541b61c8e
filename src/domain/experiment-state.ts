import type { KeyValue } from './choice';
import type { Change, Fact } from './event';
import type { Intake } from './intake';
import { NamedEntities } from './named-entity';
import { idsGiven } from './row';
import type { Rule } from './rule';
import type { Evolve } from './slice';

/** E4, for experiments. */
export const EXPERIMENT_STATUSES = ['DRAFT', 'RUNNING', 'STOPPED', 'ROLLED_OUT', 'ARCHIVED'] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

/* events */

/** One arm of a test. Control gives no values: its users get what they would get without the test (E3). */
export interface Variant {
  readonly id: string;
  readonly name: string;
  readonly control: boolean;
  /** Its share of the sample, in basis points. */
  readonly weight: number;
  readonly values: readonly KeyValue[];
}

/** What is fixed once the experiment has started. */
export interface Design {
  /** A segment's id; `null`: everyone. */
  readonly audience: string | null;
  /** Which part of the audience takes part, in basis points. */
  readonly traffic: number;
  readonly variants: readonly Variant[];
  readonly keys: readonly string[];
  readonly goals: readonly string[];
}

/** The audience as it was when the experiment started, whatever becomes of the segment (S3). */
export interface FrozenAudience {
  readonly segment: string;
  readonly name: string;
  readonly version: number;
  readonly rule: Rule;
}

export type ExperimentEvent =
  /** `setting`: whether exclusivity was on in the project, as it was read then (X2). */
  | Fact<'ExperimentCreated', Design & { readonly description: string; readonly exclusive: boolean; readonly setting: boolean }>
  | Fact<'ExperimentRenamed', Change<string>>
  | Fact<'ExperimentDescribed', Change<string>>
  | Fact<'ExperimentRedesigned', Change<Design>>
  | Fact<'ExperimentGoalsAdded', { readonly goals: readonly string[] }>
  | Fact<'ExperimentStarted', { readonly audience: FrozenAudience | null; readonly intake: Intake }>
  | Fact<'ExperimentTrafficRaised', Change<number> & { readonly intake: Intake }>
  | Fact<'ExperimentStopped', Record<string, never>>
  | Fact<'ExperimentRolledOut', { readonly variant: string }>
  | Fact<'ExperimentArchived', { readonly from: ExperimentStatus }>
  | Fact<'ExperimentRestored', { readonly to: ExperimentStatus }>;

/* state */

/** An A/B test. */
export interface Experiment extends Design {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Fixed at creation (X2). */
  readonly exclusive: boolean;
  readonly variantIdsGiven: number;
  readonly status: ExperimentStatus;
  readonly archivedFrom: ExperimentStatus | null;
  /** When and for whom it started; `null` if it never has. */
  readonly started: { readonly revision: number; readonly audience: FrozenAudience | null } | null;
  readonly intakes: readonly Intake[];
  /** The variant that everyone of the audience gets, since a revision. */
  readonly rolledOut: { readonly variant: string; readonly revision: number } | null;
}

export function designOf({ audience, traffic, variants, keys, goals }: Design): Design {
  return { audience, traffic, variants, keys, goals };
}

/* evolve */

export const experiments = new NamedEntities<Experiment>('experiment', ({ status }) => status === 'ARCHIVED');

export const evolve: Evolve<ExperimentEvent> = {
  ExperimentCreated: (state, { entity: { id, name }, data }) => {
    const experiment: Experiment = {
      id,
      name,
      ...designOf(data),
      description: data.description,
      exclusive: data.exclusive,
      variantIdsGiven: idsGiven(data.variants),
      status: 'DRAFT',
      archivedFrom: null,
      started: null,
      intakes: [],
      rolledOut: null,
    };
    return experiments.added(state, experiment);
  },
  ExperimentRenamed: experiments.renamed,
  ExperimentDescribed: experiments.described,
  ExperimentRedesigned: (state, { entity, data }) =>
    experiments.changed(state, entity, (was) => ({ ...data.to, variantIdsGiven: idsGiven(data.to.variants, was.variantIdsGiven) })),
  ExperimentGoalsAdded: (state, { entity, data }) =>
    experiments.changed(state, entity, (was) => ({ goals: [...was.goals, ...data.goals] })),
  ExperimentStarted: (state, { entity, data, revision }) =>
    experiments.changed(state, entity, (was) => ({
      status: 'RUNNING',
      started: { revision, audience: data.audience },
      intakes: [...was.intakes, data.intake],
    })),
  ExperimentTrafficRaised: (state, { entity, data }) =>
    experiments.changed(state, entity, (was) => ({ traffic: data.to, intakes: [...was.intakes, data.intake] })),
  ExperimentStopped: (state, { entity }) => experiments.changed(state, entity, { status: 'STOPPED' }),
  ExperimentRolledOut: (state, { entity, data, revision }) =>
    experiments.changed(state, entity, { status: 'ROLLED_OUT', rolledOut: { variant: data.variant, revision } }),
  ExperimentArchived: (state, event) => experiments.archived(state, event, { status: 'ARCHIVED', archivedFrom: event.data.from }),
  ExperimentRestored: (state, event) =>
    experiments.restored(state, event, {
      status: event.data.to,
      archivedFrom: null,
      rolledOut: null,
    }),
};
