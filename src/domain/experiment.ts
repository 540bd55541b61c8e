import {
  beyondRetention,
  changingTraffic,
  exclusiveBy,
  exclusivityChange,
  frozenAudience,
  holdoutsInForce,
  notWhile,
} from './experiment-status';
import { changed, sentence } from './experiment-words';
import type { Concept, Decision } from './concept';
import { chosenGoals, mergeAnalysis, USUAL_ANALYSIS, type Analysis, type GoalChoice } from './analysis';
import { asUsed, cannotReturn } from './choice';
import type { EntityRef } from './event';
import { recording, type RecordDecision } from './experiment-decision';
import { checkDesign, shapeVariant, type DesignInput } from './experiment-design';
import {
  designOf,
  evolve,
  experiments,
  runningExperiments,
  upcasts,
  type Design,
  type Experiment,
  type ExperimentEvent,
  type Variant,
} from './experiment-state';
import { sameJson } from './json';
import type { OnEntity } from './named-entity';
import { checkText, nameTaken, textChanges } from './naming';
import type { ProjectState } from './project-state';
import { invalid, limitReached, type Problem, type RefusalOf } from './refusal';
import { reachOf } from './reach';
import { differing, type RevertStep } from './revert-steps';
import { numberRows, type RowInput, revertedRows } from './row';
import { nothingToCheck, onExisting } from './targeting';
import { counted, cleanName } from './text';
import { usesOfExperiment } from './usage';

/* commands */

interface Details extends Partial<Omit<Design, 'variants' | 'goals' | 'analysis'>> {
  readonly description?: string;
  readonly variants?: readonly RowInput<Variant>[];
  readonly goals?: readonly GoalChoice[];
  readonly analysis?: Partial<Analysis>;
}

type EditExperiment = { readonly type: 'EditExperiment'; readonly name?: string; readonly exclusive?: boolean } & Details & OnEntity;

export type ExperimentCommand =
  | ({ readonly type: 'CreateExperiment'; readonly name: string; readonly exclusive?: boolean; readonly sticky?: boolean } & Details &
      Pick<DesignInput, 'variants' | 'keys'>)
  | EditExperiment
  | ({ readonly type: 'StartExperiment' | 'StopExperiment' | 'ArchiveExperiment' | 'RestoreExperiment' } & OnEntity)
  | ({ readonly type: 'RaiseExperimentTraffic' | 'ChangeExperimentTraffic'; readonly traffic: number } & OnEntity)
  | ({ readonly type: 'RollOutExperiment'; readonly variant: string } & OnEntity)
  | RecordDecision;

/* decide */

const mergeDesign = (was: Experiment, command: EditExperiment): DesignInput => ({
  audience: command.audience === undefined ? was.audience : command.audience,
  traffic: command.traffic ?? was.traffic,
  variants: command.variants ?? was.variants,
  keys: command.keys ?? was.keys,
  goals: command.goals === undefined ? was.goals : chosenGoals(command.goals, was.goals, was.started === null ? undefined : 'SECONDARY'),
  analysis: mergeAnalysis(was.analysis, command.analysis),
});

const stored = (design: DesignInput, given: number): Design => ({
  ...designOf(design as Design),
  variants: numberRows<Variant>(design.variants, given, 'v', shapeVariant),
});

const touchesDesign = ({ audience, traffic, variants, keys, goals, analysis }: EditExperiment): boolean =>
  [audience, traffic, variants, keys, goals, analysis].some((part) => part !== undefined);

const checkEdit = (command: EditExperiment, was: Experiment, state: ProjectState): readonly Problem[] => {
  const text = checkText(command, was);
  if (!touchesDesign(command)) return text;
  return [...text, ...checkDesign(asUsed(state, usesOfExperiment(was)), mergeDesign(was, command), was.variants)];
};

/** What an edit changes of a design that is still a draft, or E4's refusal where it has started and only goals may be added. */
const redesign = (was: Experiment, command: EditExperiment, entity: EntityRef): Decision<RefusalOf<'ILLEGAL_STATE'>> => {
  if (!touchesDesign(command)) return [];
  const from = designOf(was);
  const to = stored(mergeDesign(was, command), was.variantIdsGiven);
  if (sameJson(from, to)) return [];
  if (was.started === null) return [{ type: 'ExperimentRedesigned', entity, data: { from, to } }];
  const added = to.goals.filter(({ id }) => !was.goals.some((goal) => goal.id === id));
  const keepsGoals = was.goals.every((goal) => to.goals.some((kept) => sameJson(kept, goal)));
  const onlyAdds = keepsGoals && sameJson({ ...from, goals: [] }, { ...to, goals: [] });
  if (!onlyAdds) {
    return notWhile(
      was,
      'change its design',
      'After the start only name, description, goals to add and traffic can change; traffic by a command of its own.',
    );
  }
  if (added.some(({ role }) => role !== 'SECONDARY')) {
    return notWhile(was, 'add a goal that decides', 'A goal that is added after the start is SECONDARY: it is read, and never decides.');
  }
  return added.length > 0 ? [{ type: 'ExperimentGoalsAdded', entity, data: { goals: added } }] : [];
};

const restoredStatus = ({ archivedFrom }: Experiment) => (archivedFrom === 'DRAFT' ? 'DRAFT' : 'STOPPED');

const TEXT = { renamed: 'ExperimentRenamed', described: 'ExperimentDescribed' };

type Then = Pick<Experiment, 'name' | 'description' | 'status' | 'exclusive' | keyof Design>;

/** The design of a draft is reverted as a whole; that of an experiment which has started part by part, so that each is refused by itself. */
const designSteps = (now: Experiment, then: Then): readonly RevertStep[] => {
  const { id } = now;
  const design = { ...designOf(then), variants: revertedRows(then.variants, now.variants) };
  const parts = (['audience', 'traffic', 'variants', 'keys', 'goals', 'analysis'] as const).filter(
    (part) => !sameJson(design[part], now[part]),
  );
  const [first] = parts;
  if (first === undefined) return [];
  if (now.started === null) return [{ path: parts.length === 1 ? first : 'design', command: { type: 'EditExperiment', id, ...design } }];
  return parts.map((part) => ({ path: part, command: { type: 'EditExperiment', id, [part]: design[part] } }));
};

export const experiment = {
  kind: 'experiment',
  right: 'write experiences',
  schemaVersions: {
    ExperimentCreated: 2,
    ExperimentRenamed: 1,
    ExperimentDescribed: 1,
    ExperimentRedesigned: 2,
    ExperimentExclusivityChanged: 1,
    ExperimentGoalsAdded: 2,
    ExperimentStarted: 2,
    ExperimentTrafficChanged: 1,
    ExperimentTrafficRaised: 1,
    ExperimentStopped: 1,
    ExperimentRolledOut: 1,
    ExperimentDecisionRecorded: 1,
    ExperimentArchived: 1,
    ExperimentRestored: 1,
  },
  evolve,
  decide: {
    CreateExperiment: (state, command, context) => {
      const { audience = null, traffic = 10_000, goals = [], variants, keys, description = '', sticky = true } = command;
      const analysis = mergeAnalysis(USUAL_ANALYSIS, command.analysis);
      const design = { audience, traffic, goals: chosenGoals(goals), variants, keys, analysis };
      const problems = [...checkText(command), ...checkDesign(state, design, [])];
      if (problems.length > 0) return invalid(...problems);
      const setting = state.exclusivity;
      const exclusive = exclusiveBy(setting, command.exclusive);
      if (typeof exclusive === 'object') return exclusive;
      const entity = experiments.ref({ id: context.newId, name: cleanName(command.name) });
      const fact = { type: 'ExperimentCreated', entity, data: { ...stored(design, 0), description, exclusive, setting, sticky } };
      return experiments.noPlace(state, entity, context) ?? [fact];
    },

    EditExperiment: onExisting(experiments.target, checkEdit, (state, was, command) => {
      const text = textChanges(TEXT, experiments.ref(was), was.description, command);
      const design = redesign(was, command, text.ref);
      if ('code' in design) return design;
      const exclusivity = exclusivityChange(state, was, command.exclusive, text.ref);
      if ('code' in exclusivity) return exclusivity;
      const facts = [...text.facts, ...design, ...exclusivity];
      if (facts.length === 0) return facts;
      if (was.status === 'ARCHIVED') return notWhile(was, 'edit it', 'Restore it first.');
      return nameTaken(state, 'experiment', text.ref.name, was.id) ?? facts;
    }),

    StartExperiment: onExisting(experiments.target, nothingToCheck, (state, was, _command, { limits }) => {
      if (was.status === 'RUNNING') return [];
      if (was.status !== 'DRAFT') return notWhile(was, 'start it', 'An experiment starts once, from a draft: create another.');
      if (runningExperiments(state).length >= limits.runningExperiments) {
        const limit = limits.runningExperiments;
        return limitReached(`A project has at most ${counted(limit, 'running experiment')}. Stop or roll out one first.`, limit);
      }
      const data = {
        audience: frozenAudience(state, was.audience),
        traffic: was.traffic,
        holdouts: holdoutsInForce(state),
        reach: reachOf(state, was, was.traffic),
      };
      const start = { type: 'ExperimentStarted', entity: experiments.ref(was), data };
      return beyondRetention(state, was, limits.observationsKeptDays) ?? [start];
    }),

    RaiseExperimentTraffic: changingTraffic(false),
    ChangeExperimentTraffic: changingTraffic(true),

    StopExperiment: onExisting(experiments.target, nothingToCheck, (_state, was): Decision<RefusalOf<'ILLEGAL_STATE'>> => {
      if (was.status === 'STOPPED') return [];
      if (was.status !== 'RUNNING') return notWhile(was, 'stop it', 'Only a running experiment can be stopped.');
      return [{ type: 'ExperimentStopped', entity: experiments.ref(was), data: {} }];
    }),

    RollOutExperiment: onExisting(
      experiments.target,
      ({ variant }, was) => {
        const chosen = was.variants.find(({ id }) => id === variant);
        if (chosen === undefined) {
          return [
            {
              path: 'variant',
              message: `must be the id of a variant: ${was.variants.map(({ id, name }) => `${id} (${name})`).join(', ')}`,
            },
          ];
        }
        return chosen.control
          ? [{ path: 'variant', message: 'must not be control, which gives no values: stop the experiment instead' }]
          : [];
      },
      (_state, was, { variant }) => {
        if (was.status === 'ROLLED_OUT' && was.rolledOut?.variant === variant) return [];
        if (was.status !== 'RUNNING') return notWhile(was, 'roll it out', 'Only a running experiment can be rolled out.');
        return [{ type: 'ExperimentRolledOut', entity: experiments.ref(was), data: { variant } }];
      },
    ),

    RecordDecision: recording,

    ArchiveExperiment: onExisting(experiments.target, nothingToCheck, (_state, was): Decision<RefusalOf<'ILLEGAL_STATE'>> => {
      if (was.status === 'ARCHIVED') return [];
      if (was.status === 'RUNNING') return notWhile(was, 'archive it', 'Stop it or roll it out first.');
      return [{ type: 'ExperimentArchived', entity: experiments.ref(was), data: { from: was.status } }];
    }),

    RestoreExperiment: experiments.restoring(
      (was) => ({ type: 'ExperimentRestored', entity: experiments.ref(was), data: { to: restoredStatus(was) } }),
      // A stopped experiment uses nothing, so what it used may have been archived since, and still be read in its results.
      (state, was) => (restoredStatus(was) === 'DRAFT' ? cannotReturn(state, experiments.ref(was), usesOfExperiment(was)) : undefined),
    ),
  },
  sentence,
  changed,
  upcasts,
  revert: experiments.reverting<Then>(
    { edit: 'EditExperiment', restore: 'RestoreExperiment', archive: 'ArchiveExperiment' },
    (now, then) => [
      ...designSteps(now, then),
      ...differing('exclusive', now, then, () => ({ type: 'EditExperiment', id: now.id, exclusive: then.exclusive })),
    ],
  ),
  archive: (item) => ({ type: 'ArchiveExperiment', ...item }),
} as const satisfies Concept<'experiment', ExperimentEvent, ExperimentCommand>;
