import { changed, sentence, statusText } from './experiment-words';
import type { Concept } from './concept';
import { asUsed, cannotReturn, checkBasisPoints } from './choice';
import type { EntityRef, Fact } from './event';
import { checkDesign, shapeVariant, type DesignInput } from './experiment-design';
import {
  designOf,
  evolve,
  experiments,
  type Design,
  type Experiment,
  type ExperimentEvent,
  type FrozenAudience,
  type Variant,
} from './experiment-state';
import { INTAKES, openIntake, runningExperiments } from './intake';
import { sameJson } from './json';
import type { OnEntity } from './named-entity';
import { checkText, nameTaken, textChanges } from './naming';
import { entityKey, type ProjectState } from './project-state';
import { illegalState, invalid, limitReached, type Problem, type Refusal } from './refusal';
import type { RevertStep } from './revert-steps';
import { revertedRows } from './reverted-rows';
import { numberRows, type RowInput } from './row';
import { percentOf } from './percent';
import type { Decision } from './slice';
import { nothingToCheck, onExisting } from './targeting';
import { cleanName } from './text';
import { usesOfExperiment } from './usage';

/* commands */

interface Details extends Partial<Omit<Design, 'variants'>> {
  readonly description?: string;
  readonly variants?: readonly RowInput<Variant>[];
}

type EditExperiment = { readonly type: 'EditExperiment'; readonly name?: string } & Details & OnEntity;

export type ExperimentCommand =
  | ({ readonly type: 'CreateExperiment'; readonly name: string; readonly exclusive?: boolean } & Details &
      Pick<DesignInput, 'variants' | 'keys'>)
  | EditExperiment
  | ({ readonly type: 'StartExperiment' | 'StopExperiment' | 'ArchiveExperiment' | 'RestoreExperiment' } & OnEntity)
  | ({ readonly type: 'RaiseExperimentTraffic'; readonly traffic: number } & OnEntity)
  | ({ readonly type: 'RollOutExperiment'; readonly variant: string } & OnEntity);

/* decide */

const notWhile = ({ name, status }: Experiment, verb: string, advice: string): Refusal =>
  illegalState(`The experiment "${name}" is ${statusText(status)}, so you cannot ${verb}. ${advice}`);

/** X3. `undefined` is no wish: what the project's setting says. */
const exclusiveBy = (setting: boolean, wish: boolean | undefined): boolean | Refusal =>
  setting && wish === false
    ? illegalState('Mutually exclusive A/B tests are on in this project, so every new experiment is exclusive. Leave `exclusive` out.')
    : (wish ?? setting);

const mergeDesign = (was: Experiment, command: EditExperiment): DesignInput => ({
  audience: command.audience === undefined ? was.audience : command.audience,
  traffic: command.traffic ?? was.traffic,
  variants: command.variants ?? was.variants,
  keys: command.keys ?? was.keys,
  goals: command.goals ?? was.goals,
});

const stored = (design: DesignInput, given: number): Design => ({
  ...designOf(design as Design),
  variants: numberRows<Variant>(design.variants, given, 'v', shapeVariant),
});

const touchesDesign = ({ audience, traffic, variants, keys, goals }: EditExperiment): boolean =>
  [audience, traffic, variants, keys, goals].some((part) => part !== undefined);

const checkEdit = (command: EditExperiment, was: Experiment, state: ProjectState): readonly Problem[] => {
  const text = checkText(command, was);
  if (!touchesDesign(command)) return text;
  return [...text, ...checkDesign(asUsed(state, usesOfExperiment(was)), mergeDesign(was, command), was.variants)];
};

/** What an edit changes of a design that is still a draft, or E4's refusal where it has started and only goals may be added. */
const redesign = (was: Experiment, command: EditExperiment, entity: EntityRef): readonly Fact[] | Refusal => {
  if (!touchesDesign(command)) return [];
  const from = designOf(was);
  const to = stored(mergeDesign(was, command), was.variantIdsGiven);
  if (sameJson(from, to)) return [];
  if (was.started === null) return [{ type: 'ExperimentRedesigned', entity, data: { from, to } }];
  const added = to.goals.filter((id) => !was.goals.includes(id));
  const onlyAdds = was.goals.every((id) => to.goals.includes(id)) && sameJson({ ...from, goals: [] }, { ...to, goals: [] });
  if (!onlyAdds) {
    return notWhile(
      was,
      'change its design',
      'After the start only name, description and goals to add can change; traffic goes up by raising it.',
    );
  }
  return added.length > 0 ? [{ type: 'ExperimentGoalsAdded', entity, data: { goals: added } }] : [];
};

const frozenAudience = (state: ProjectState, id: string | null): FrozenAudience | null => {
  const segment = id === null ? undefined : state.segments.get(id);
  if (segment === undefined) return null;
  const version = state.versions.get(entityKey('segment', segment.id))?.version ?? 0;
  return { segment: segment.id, name: segment.name, version, rule: segment.rule };
};

const restoredStatus = ({ archivedFrom }: Experiment) => (archivedFrom === 'DRAFT' ? 'DRAFT' : 'STOPPED');

const TEXT = { renamed: 'ExperimentRenamed', described: 'ExperimentDescribed' };

type Then = Pick<Experiment, 'name' | 'description' | 'status' | keyof Design>;

/** A draft's design goes back as a whole. Of one that has started each part is asked for alone, so that each is refused for itself. */
const designSteps = (now: Experiment, then: Then): readonly RevertStep[] => {
  const { id } = now;
  const design = { ...designOf(then), variants: revertedRows(then.variants, now.variants) };
  const parts = (['audience', 'traffic', 'variants', 'keys', 'goals'] as const).filter((part) => !sameJson(design[part], now[part]));
  const [first] = parts;
  if (first === undefined) return [];
  if (now.started === null) return [{ path: parts.length === 1 ? first : 'design', command: { type: 'EditExperiment', id, ...design } }];
  return parts.map((part) => ({ path: part, command: { type: 'EditExperiment', id, [part]: design[part] } }));
};

export const experiment = {
  kind: 'experiment',
  right: 'write experiences',
  schemaVersions: {
    ExperimentCreated: 1,
    ExperimentRenamed: 1,
    ExperimentDescribed: 1,
    ExperimentRedesigned: 1,
    ExperimentGoalsAdded: 1,
    ExperimentStarted: 1,
    ExperimentTrafficRaised: 1,
    ExperimentStopped: 1,
    ExperimentRolledOut: 1,
    ExperimentArchived: 1,
    ExperimentRestored: 1,
  },
  evolve,
  decide: {
    CreateExperiment: (state, command, context) => {
      const { audience = null, traffic = 10_000, goals = [], variants, keys, description = '' } = command;
      const design = { audience, traffic, goals, variants, keys };
      const problems = [...checkText(command), ...checkDesign(state, design, [])];
      if (problems.length > 0) return invalid(...problems);
      const setting = state.exclusivity;
      const exclusive = exclusiveBy(setting, command.exclusive);
      if (typeof exclusive === 'object') return exclusive;
      const entity = experiments.ref({ id: context.newId, name: cleanName(command.name) });
      const fact = { type: 'ExperimentCreated', entity, data: { ...stored(design, 0), description, exclusive, setting } };
      return experiments.noPlace(state, entity, context) ?? [fact];
    },

    EditExperiment: onExisting<Experiment, EditExperiment>(experiments.target, checkEdit, (state, was, command) => {
      const text = textChanges(TEXT, experiments.ref(was), was.description, command);
      const design = redesign(was, command, text.ref);
      if ('code' in design) return design;
      const facts = [...text.facts, ...design];
      if (facts.length === 0) return facts;
      if (was.status === 'ARCHIVED') return notWhile(was, 'edit it', 'Restore it first.');
      return nameTaken(state, 'experiment', text.ref.name, was.id) ?? facts;
    }),

    StartExperiment: onExisting(experiments.target, nothingToCheck, (state, was, _command, { limits }) => {
      if (was.status === 'RUNNING') return [];
      if (was.status !== 'DRAFT') return notWhile(was, 'start it', 'An experiment starts once, from a draft: create another.');
      if (runningExperiments(state).length >= limits.runningExperiments) {
        const limit = limits.runningExperiments;
        return limitReached(`A project has at most ${limit} running experiments. Stop or roll out one first.`, limit);
      }
      const data = { audience: frozenAudience(state, was.audience), intake: openIntake(state, was, was.traffic) };
      return [{ type: 'ExperimentStarted', entity: experiments.ref(was), data }];
    }),

    RaiseExperimentTraffic: onExisting(
      experiments.target,
      ({ traffic }) => checkBasisPoints(traffic, 'traffic'),
      (state, was, { traffic }) => {
        if (was.traffic === traffic) return [];
        if (was.status === 'DRAFT') return notWhile(was, 'raise its traffic', 'Edit the draft instead.');
        if (was.status !== 'RUNNING') return notWhile(was, 'raise its traffic', 'Only a running experiment takes in more users.');
        if (traffic < was.traffic) {
          return illegalState(
            `The traffic of a running experiment only goes up: it is at ${percentOf(was.traffic)} %. Stop it to let users go.`,
          );
        }
        if (was.intakes.length >= INTAKES)
          return limitReached(`An experiment has at most ${INTAKES} intakes, its start included.`, INTAKES);
        const data = { from: was.traffic, to: traffic, intake: openIntake(state, was, traffic) };
        return [{ type: 'ExperimentTrafficRaised', entity: experiments.ref(was), data }];
      },
    ),

    StopExperiment: onExisting(experiments.target, nothingToCheck, (_state, was): Decision => {
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

    ArchiveExperiment: onExisting(experiments.target, nothingToCheck, (_state, was): Decision => {
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
  revert: experiments.reverting<Then>({ edit: 'EditExperiment', restore: 'RestoreExperiment', archive: 'ArchiveExperiment' }, designSteps),
  archive: (item) => ({ type: 'ArchiveExperiment', ...item }),
} as const satisfies Concept<'experiment', ExperimentEvent, ExperimentCommand>;
