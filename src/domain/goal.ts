import { named } from './change-words';
import { archived, changed, created, redefined, restored } from './changed-fields';
import type { Concept } from './concept';
import type { Change, Fact } from './event';
import { sameJson } from './json';
import { NamedEntities, type OnEntity } from './named-entity';
import { checkText, type Text } from './naming';
import type { ProjectState } from './project-state';
import { inUse, invalid, type Problem, type Refusal, type Usage } from './refusal';
import type { PropertyCondition } from './rule';
import { checkFilters, normalizeFilters } from './rule-check';
import { conditionText } from './rule-words';
import type { Evolve } from './slice';
import { checkEventName, cleanName } from './text';
import { listUsages } from './usage';

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

const goals = new NamedEntities<Goal>('goal', ({ archived }) => archived);

const evolve: Evolve<GoalEvent> = {
  GoalCreated: (state, { entity: { id, name }, data }) => goals.added(state, { id, name, ...data, archived: false }),
  GoalRenamed: goals.renamed,
  GoalDescribed: goals.described,
  GoalRedefined: (state, { entity, data }) => goals.changed(state, entity, data.to),
  GoalArchived: (state, event) => goals.archived(state, event, { archived: true }),
  GoalRestored: (state, event) => goals.restored(state, event, { archived: false }),
};

/* commands */

type EditGoal = { readonly type: 'EditGoal' } & Text & Partial<Measure> & OnEntity;

export type GoalCommand =
  | {
      readonly type: 'CreateGoal';
      readonly name: string;
      readonly event: string;
      readonly filters?: readonly PropertyCondition[];
      readonly description?: string;
    }
  | EditGoal
  | ({ readonly type: 'ArchiveGoal' } & OnEntity)
  | ({ readonly type: 'RestoreGoal' } & OnEntity);

/* decide */

const checkMeasure = (command: Partial<Measure>, was?: Goal): readonly Problem[] => [
  ...(command.event === undefined || command.event === was?.event ? [] : checkEventName(command.event, 'event')),
  ...(command.filters === undefined ? [] : checkFilters(command.filters, 'filters', GOAL_FILTERS, was?.filters)),
];

/** G1: a result must go on meaning what it meant, so a started experiment, ended or archived too, fixes what its goals measure. */
const fixedBy = (state: ProjectState, { id, name }: Goal): Refusal | undefined => {
  const usages = [...state.experiments.values()]
    .filter((experiment) => experiment.started !== null && experiment.goals.includes(id))
    .map((experiment): Usage => ({ kind: 'experiment', id: experiment.id, name: experiment.name, status: experiment.status }));
  if (usages.length === 0) return undefined;
  return inUse(`What the goal "${name}" measures is fixed, since ${listUsages(usages)} has started with it. Create another goal.`, usages);
};

export const goal = {
  kind: 'goal',
  right: 'write set-up',
  schemaVersions: { GoalCreated: 1, GoalRenamed: 1, GoalDescribed: 1, GoalRedefined: 1, GoalArchived: 1, GoalRestored: 1 },
  evolve,
  decide: {
    CreateGoal: (state, command, context) => {
      const problems = [...checkText(command), ...checkMeasure(command)];
      if (problems.length > 0) return invalid(...problems);
      const entity = goals.ref({ id: context.newId, name: cleanName(command.name) });
      const { event, filters = [], description = '' } = command;
      const data = { event, filters: normalizeFilters(filters), description };
      return goals.noPlace(state, entity, context) ?? [{ type: 'GoalCreated', entity, data }];
    },

    EditGoal: goals.editing<EditGoal>(
      { renamed: 'GoalRenamed', described: 'GoalDescribed' },
      (command, was) => checkMeasure(command, was),
      (state, was, command, entity) => {
        const from: Measure = { event: was.event, filters: was.filters };
        const to: Measure = {
          event: command.event ?? was.event,
          filters: command.filters ? normalizeFilters(command.filters) : was.filters,
        };
        if (sameJson(from, to)) return { facts: [] };
        return { facts: [{ type: 'GoalRedefined', entity, data: { from, to } }], guard: () => fixedBy(state, was) };
      },
    ),

    ArchiveGoal: goals.archiving('GoalArchived'),

    // G3
    RestoreGoal: goals.restoring((was) => ({ type: 'GoalRestored', entity: goals.ref(was), data: {} })),
  },
  sentence: {
    GoalCreated: ({ entity, data }) => `created goal ${named(entity.name)}: ${measureText(data)}`,
    GoalRenamed: goals.words.renamed,
    GoalDescribed: goals.words.described,
    GoalRedefined: ({ entity, data }) => `changed what goal ${named(entity.name)} measures to: ${measureText(data.to)}`,
    GoalArchived: goals.words.archived,
    GoalRestored: goals.words.restored,
  },
  changed: {
    GoalCreated: created,
    GoalRenamed: changed('name'),
    GoalDescribed: changed('description'),
    GoalRedefined: redefined,
    GoalArchived: archived,
    GoalRestored: restored,
  },
  revert: goals.reverting<Pick<Goal, 'name' | 'description' | 'event' | 'filters' | 'archived'>>(
    { edit: 'EditGoal', restore: 'RestoreGoal', archive: 'ArchiveGoal' },
    (now, { event, filters }) => {
      // Together: what is measured is one thing.
      const same = sameJson({ event, filters }, { event: now.event, filters: now.filters });
      return same ? [] : [{ path: event === now.event ? 'filters' : 'event', command: { type: 'EditGoal', id: now.id, event, filters } }];
    },
  ),
  archive: (item) => ({ type: 'ArchiveGoal', ...item }),
} as const satisfies Concept<'goal', GoalEvent, GoalCommand>;

/** "*Purchase* with price > 10 and currency is EUR" */
export function measureText({ event, filters }: Measure): string {
  return filters.length === 0 ? named(event) : `${named(event)} with ${filters.map(conditionText).join(' and ')}`;
}
