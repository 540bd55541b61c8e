import { described, named } from './change-words';
import type { Change, EntityRef, Fact } from './event';
import { sameJson } from './json';
import { noRoom } from './limits';
import { checkText, claimName, nameTaken, releaseName, textChanges } from './naming';
import type { ProjectState } from './project-state';
import { illegalState, inUse, invalid, type Problem, type Refusal, type Usage } from './refusal';
import type { PropertyCondition } from './rule';
import { checkFilters, normalizeFilters } from './rule-check';
import { conditionText } from './rule-words';
import type { DecisionContext, Evolve, Slice } from './slice';
import { nothingToCheck, onExisting, type Edit } from './targeting';
import { checkEventName, cleanName } from './text';
import { listUsages, refusalIfUsed } from './usage';

/** G1 */
export const GOAL_FILTERS = 3;

/* events */

/** What a goal measures. */
export interface Measure {
  readonly event: string;
  readonly filters: readonly PropertyCondition[];
}

export type GoalEvent =
  | Fact<'GoalCreated', Measure & { readonly description: string }>
  | Fact<'GoalRenamed', Change<string>>
  | Fact<'GoalDescribed', Change<string>>
  | Fact<'GoalRedefined', Change<Measure>>
  | Fact<'GoalArchived', Record<string, never>>
  | Fact<'GoalRestored', Record<string, never>>;

/* state */

/** An event which counts as a conversion. */
export interface Goal extends Measure {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly archived: boolean;
}

/* evolve */

const change = (state: ProjectState, { id }: EntityRef, changes: Partial<Goal>): ProjectState => {
  const goal = state.goals.get(id);
  return goal ? { ...state, goals: state.goals.set(id, { ...goal, ...changes }) } : state;
};

const evolve: Evolve<GoalEvent> = {
  GoalCreated: (state, { entity: { id, name }, data }) =>
    claimName({ ...state, goals: state.goals.set(id, { id, name, ...data, archived: false }) }, 'goal', name, id),
  GoalRenamed: (state, { entity, data, revision }) =>
    change(claimName(releaseName(state, 'goal', data.from, { id: entity.id, revision }), 'goal', data.to, entity.id), entity, {
      name: data.to,
    }),
  GoalDescribed: (state, { entity, data }) => change(state, entity, { description: data.to }),
  GoalRedefined: (state, { entity, data }) => change(state, entity, data.to),
  GoalArchived: (state, { entity, revision }) =>
    change(releaseName(state, 'goal', entity.name, { id: entity.id, revision }), entity, { archived: true }),
  GoalRestored: (state, { entity }) => change(claimName(state, 'goal', entity.name, entity.id), entity, { archived: false }),
};

/* commands */

interface OnGoal extends Edit {
  readonly id: string;
}

interface Text {
  readonly description?: string;
}

export type GoalCommand =
  | ({ readonly type: 'CreateGoal'; readonly name: string; readonly event: string; readonly filters?: readonly PropertyCondition[] } & Text)
  | ({ readonly type: 'EditGoal'; readonly name?: string } & Text & Partial<Measure> & OnGoal)
  | ({ readonly type: 'ArchiveGoal' } & OnGoal)
  | ({ readonly type: 'RestoreGoal' } & OnGoal);

/* decide */

const target = {
  kind: 'goal' as const,
  id: (command: OnGoal) => command.id,
  find: (state: ProjectState, id: string) => state.goals.get(id),
};

const ref = ({ id, name }: { readonly id: string; readonly name: string }): EntityRef => ({ kind: 'goal', id, name });

const check = (command: Partial<Measure> & Text & { readonly name?: string }, was?: Goal): readonly Problem[] => [
  ...checkText(command, was),
  ...(command.event === undefined || command.event === was?.event ? [] : checkEventName(command.event, 'event')),
  ...(command.filters === undefined ? [] : checkFilters(command.filters, 'filters', GOAL_FILTERS, was?.filters)),
];

const full = (state: ProjectState, { limits }: DecisionContext): Refusal | undefined =>
  noRoom(
    'goals',
    state.goals.count(({ archived }) => !archived),
    limits,
  );

/** G1: a result must go on meaning what it meant, so a started experiment, ended or archived too, fixes what its goals measure. */
const measuredBy = (state: ProjectState, id: string): readonly Usage[] =>
  [...state.experiments.values()]
    .filter((experiment) => experiment.started !== null && experiment.goals.includes(id))
    .map(({ id, name, status }) => ({ kind: 'experiment', id, name, status }));

export const goal: Slice<GoalEvent, GoalCommand> = {
  schemaVersions: { GoalCreated: 1, GoalRenamed: 1, GoalDescribed: 1, GoalRedefined: 1, GoalArchived: 1, GoalRestored: 1 },
  evolve,
  decide: {
    CreateGoal: (state, command, context) => {
      const problems = check(command);
      if (problems.length > 0) return invalid(...problems);
      const entity = ref({ id: context.newId, name: cleanName(command.name) });
      const { event, filters = [], description = '' } = command;
      const data = { event, filters: normalizeFilters(filters), description };
      return nameTaken(state, 'goal', entity.name) ?? full(state, context) ?? [{ type: 'GoalCreated', entity, data }];
    },

    EditGoal: onExisting<Goal, Extract<GoalCommand, { type: 'EditGoal' }>>(target, check, (state, was, command) => {
      const text = textChanges('Goal', { ...was, kind: 'goal' }, command);
      const from: Measure = { event: was.event, filters: was.filters };
      const to: Measure = { event: command.event ?? was.event, filters: command.filters ? normalizeFilters(command.filters) : was.filters };
      const redefined = !sameJson(from, to);
      if (text.facts.length === 0 && !redefined) return [];
      if (was.archived) return illegalState(`The goal "${was.name}" is archived. Restore it before you edit it.`);
      const taken = nameTaken(state, 'goal', text.ref.name, was.id);
      if (taken || !redefined) return taken ?? text.facts;
      const usages = measuredBy(state, was.id);
      if (usages.length > 0) {
        return inUse(
          `What the goal "${was.name}" measures is fixed, since ${listUsages(usages)} has started with it. Create another goal.`,
          usages,
        );
      }
      return [...text.facts, { type: 'GoalRedefined', entity: text.ref, data: { from, to } }];
    }),

    ArchiveGoal: onExisting(target, nothingToCheck, (state, was) => {
      if (was.archived) return [];
      return refusalIfUsed(state, ref(was)) ?? [{ type: 'GoalArchived', entity: ref(was), data: {} }];
    }),

    // G3
    RestoreGoal: onExisting(target, nothingToCheck, (state, was, _command, context) => {
      if (!was.archived) return [];
      return nameTaken(state, 'goal', was.name) ?? full(state, context) ?? [{ type: 'GoalRestored', entity: ref(was), data: {} }];
    }),
  },
  sentence: {
    GoalCreated: ({ entity, data }) => `created goal ${named(entity.name)}: ${measureText(data)}`,
    GoalRenamed: ({ data }) => `renamed goal ${named(data.from)} to ${named(data.to)}`,
    GoalDescribed: ({ entity, data }) => described(`goal ${named(entity.name)}`, data),
    GoalRedefined: ({ entity, data }) => `changed what goal ${named(entity.name)} measures to: ${measureText(data.to)}`,
    GoalArchived: ({ entity }) => `archived goal ${named(entity.name)}`,
    GoalRestored: ({ entity }) => `restored goal ${named(entity.name)}`,
  },
};

/** "*Purchase* with price > 10 and currency is EUR" */
export function measureText({ event, filters }: Measure): string {
  return filters.length === 0 ? named(event) : `${named(event)} with ${filters.map(conditionText).join(' and ')}`;
}
