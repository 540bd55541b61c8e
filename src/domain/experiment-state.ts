import { chosenGoals, goalOf, USUAL_ANALYSIS, type Analysis, type ExperimentGoal } from './analysis';
import type { KeyValue } from './choice';
import type { Upcast, Evolve } from './concept';
import type { Change, Fact } from './event';
import type { DecisionMade, ExperimentDecision } from './experiment-decision';
import { NamedEntities } from './named-entity';
import type { ProjectState } from './project-state';
import type { Reach } from './reach';
import { idsGiven } from './row';
import type { Rule } from './rule';

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
  readonly goals: readonly ExperimentGoal[];
  readonly analysis: Analysis;
}

/** The audience as it was when the experiment started, whatever becomes of the segment (S3). */
export interface FrozenAudience {
  readonly segment: string;
  readonly name: string;
  readonly version: number;
  readonly rule: Rule;
}

/** A holdout that was active when an experiment started, whatever becomes of it (X8). */
export interface HoldoutInForce {
  readonly id: string;
  readonly name: string;
  /** In basis points. */
  readonly share: number;
}

export type ExperimentEvent =
  /** `setting`: whether exclusivity was on in the project, as it was read then (X2). */
  | Fact<
      'ExperimentCreated',
      Design & { readonly description: string; readonly exclusive: boolean; readonly setting: boolean; readonly sticky: boolean }
    >
  | Fact<'ExperimentRenamed', Change<string>>
  | Fact<'ExperimentDescribed', Change<string>>
  | Fact<'ExperimentRedesigned', Change<Design>>
  /** Only of a draft; `setting` is the project's at that time (X3). */
  | Fact<'ExperimentExclusivityChanged', Change<boolean> & { readonly setting: boolean }>
  | Fact<'ExperimentGoalsAdded', { readonly goals: readonly ExperimentGoal[] }>
  | Fact<
      'ExperimentStarted',
      {
        readonly audience: FrozenAudience | null;
        readonly traffic: number;
        readonly holdouts: readonly HoldoutInForce[];
        /** X6, as the set-up was then. */
        readonly reach?: Reach;
      }
    >
  /** `reach`: of one that was raised (X6). */
  | Fact<'ExperimentTrafficChanged', Change<number> & { readonly reach?: Reach }>
  /** Not written any more: traffic could only be raised. What it carries beside is read by nothing. */
  | Fact<'ExperimentTrafficRaised', Change<number>>
  | Fact<'ExperimentStopped', Record<string, never>>
  | Fact<'ExperimentRolledOut', { readonly variant: string }>
  /** What people decided on what it had shown, and on which results. */
  | Fact<'ExperimentDecisionRecorded', DecisionMade>
  | Fact<'ExperimentArchived', { readonly from: ExperimentStatus }>
  | Fact<'ExperimentRestored', { readonly to: ExperimentStatus }>;

/* state */

/** An A/B test. */
export interface Experiment extends Design {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Fixed by the start (X2, X3). */
  readonly exclusive: boolean;
  /** Whether a user who no longer matches the audience still gets the variant (X5). Fixed at creation. */
  readonly sticky: boolean;
  readonly variantIdsGiven: number;
  readonly status: ExperimentStatus;
  readonly archivedFrom: ExperimentStatus | null;
  /** When and for whom it started; `null` if it never has. */
  readonly started: {
    readonly revision: number;
    readonly audience: FrozenAudience | null;
    readonly holdouts: readonly HoldoutInForce[];
  } | null;
  /** The variant that everyone of the audience gets, since a revision. */
  readonly rolledOut: { readonly variant: string; readonly revision: number } | null;
  /** In the order in which they were recorded. */
  readonly decisions: readonly ExperimentDecision[];
}

export function designOf({ audience, traffic, variants, keys, goals, analysis }: Design): Design {
  return { audience, traffic, variants, keys, goals, analysis };
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
      sticky: data.sticky,
      variantIdsGiven: idsGiven(data.variants),
      status: 'DRAFT',
      archivedFrom: null,
      started: null,
      rolledOut: null,
      decisions: [],
    };
    return experiments.added(state, experiment);
  },
  ExperimentRenamed: experiments.renamed,
  ExperimentDescribed: experiments.described,
  ExperimentRedesigned: (state, { entity, data }) =>
    experiments.changed(state, entity, (was) => ({ ...data.to, variantIdsGiven: idsGiven(data.to.variants, was.variantIdsGiven) })),
  ExperimentExclusivityChanged: (state, { entity, data }) => experiments.changed(state, entity, { exclusive: data.to }),
  ExperimentGoalsAdded: (state, { entity, data }) =>
    experiments.changed(state, entity, (was) => ({ goals: [...was.goals, ...data.goals] })),
  ExperimentStarted: (state, { entity, data, revision }) =>
    experiments.changed(state, entity, {
      status: 'RUNNING',
      started: { revision, audience: data.audience, holdouts: data.holdouts },
    }),
  ExperimentTrafficChanged: (state, { entity, data }) => experiments.changed(state, entity, { traffic: data.to }),
  ExperimentTrafficRaised: (state, { entity, data }) => experiments.changed(state, entity, { traffic: data.to }),
  ExperimentStopped: (state, { entity }) => experiments.changed(state, entity, { status: 'STOPPED' }),
  ExperimentRolledOut: (state, { entity, data, revision }) =>
    experiments.changed(state, entity, { status: 'ROLLED_OUT', rolledOut: { variant: data.variant, revision } }),
  ExperimentDecisionRecorded: (state, { entity, data, revision, occurredAt }) =>
    experiments.changed(state, entity, ({ decisions }) => ({ decisions: [...decisions, { ...data, revision, at: occurredAt }] })),
  ExperimentArchived: (state, event) => experiments.archived(state, event, { status: 'ARCHIVED', archivedFrom: event.data.from }),
  ExperimentRestored: (state, event) =>
    experiments.restored(state, event, {
      status: event.data.to,
      archivedFrom: null,
      rolledOut: null,
    }),
};

/** In the order in which they started. */
export function runningExperiments({ experiments: all }: ProjectState): readonly Experiment[] {
  return [...all.values()]
    .filter(({ status }) => status === 'RUNNING')
    .sort((a, b) => (a.started?.revision ?? 0) - (b.started?.revision ?? 0));
}

/** What version 1 meant: goals had no roles, results no analysis, every experiment was sticky, and a start recorded an intake. */
export const upcasts: readonly Upcast[] = [
  {
    type: 'ExperimentCreated',
    from: 1,
    data: (data) => ({ ...designFrom1(data as Design1), sticky: true }),
  },
  {
    type: 'ExperimentRedesigned',
    from: 1,
    data: (data) => {
      const { from, to } = data as Change<Design1>;
      return { from: designFrom1(from), to: designFrom1(to) };
    },
  },
  {
    type: 'ExperimentGoalsAdded',
    from: 1,
    data: (data) => ({ goals: (data as Design1).goals.map((id) => goalOf(id, 'SECONDARY')) }),
  },
  {
    type: 'ExperimentStarted',
    from: 1,
    data: (data) => {
      const { audience, intake } = data as { readonly audience: FrozenAudience | null; readonly intake: { readonly to: number } };
      return { audience, traffic: intake.to, holdouts: [] };
    },
  },
];

interface Design1 {
  readonly goals: readonly string[];
}

const designFrom1 = (design: Design1): object => ({ ...design, goals: chosenGoals(design.goals), analysis: USUAL_ANALYSIS });
