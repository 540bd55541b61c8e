import { type Concept, type Evolve, archived, changed, created, redefined, restored } from './concept';
import type { Change, Fact } from './event';
import { sameJson } from './json';
import { NamedEntities, type OnEntity } from './named-entity';
import type { Text } from './naming';
import type { ProjectState } from './project-state';
import { inUse, type Problem, type RefusalOf, type Usage } from './refusal';
import type { PropertyCondition } from './rule';
import { checkFilters, normalizeFilters } from './rule-check';
import { markedCondition } from './rule-words';
import { counted, checkEventName, checkPropertyName } from './text';
import { listUsages } from './usage';
import { isWithin, wholeFrom } from './value';
import { entityText, eventText, plainText, propertyText, textParts, type TextPart } from './text-part';

/** G1 */
export const GOAL_FILTERS = 3;

/* events */

/** Whether a user did it at least once, how often, or the sum of a numeric property of it. */
export const MEASURES = ['CONVERSION', 'COUNT', 'SUM'] as const;
/** Whether more of it is better, or less. */
export const DIRECTIONS = ['HIGHER', 'LOWER'] as const;
/** How long after the first exposure it counts, in days. */
export const WINDOW_DAYS = [1, 90] as const;

/** What a goal measures. */
export interface Measure {
  readonly event: string;
  readonly filters: readonly PropertyCondition[];
  readonly measure: (typeof MEASURES)[number];
  /** For a SUM, the property of the event that is added up; else null. */
  readonly property: string | null;
  /** For a SUM, the most that counts of one user; null: all. */
  readonly cap: number | null;
  readonly direction: (typeof DIRECTIONS)[number];
  readonly windowDays: number;
}

/** What version 1 meant, which said the event and its filters only, and what is meant where nothing else is said. */
export const USUAL_MEASURE = { measure: 'CONVERSION', property: null, cap: null, direction: 'HIGHER', windowDays: 7 } as const;

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
  | ({
      readonly type: 'CreateGoal';
      readonly name: string;
      readonly event: string;
      readonly description?: string;
    } & Partial<Omit<Measure, 'event'>>)
  | EditGoal
  | ({ readonly type: 'ArchiveGoal' } & OnEntity)
  | ({ readonly type: 'RestoreGoal' } & OnEntity);

/* decide */

/** How it is measured. Only a SUM has a property and a cap: they go when it is made another measure. */
const measured = (was: Pick<Measure, keyof typeof USUAL_MEASURE>, command: Partial<Measure>): Pick<Measure, keyof typeof USUAL_MEASURE> => {
  const { measure, property, cap, direction, windowDays } = { ...was, ...said(command) };
  const isSum = measure === 'SUM';
  return { measure, property: isSum ? property : null, cap: isSum ? cap : null, direction, windowDays };
};

/** A field that is not named is left alone (A4). */
const said = ({ measure, property, cap, direction, windowDays }: Partial<Measure>): Partial<Measure> => ({
  ...(measure !== undefined && { measure }),
  ...(property !== undefined && { property }),
  ...(cap !== undefined && { cap }),
  ...(direction !== undefined && { direction }),
  ...(windowDays !== undefined && { windowDays }),
});

/** G1, for all but the event and its filters. `path`: where the goal is. */
export function checkMeasured(is: Partial<Measure>, path = ''): readonly Problem[] {
  const { measure, property, cap, direction, windowDays } = { ...USUAL_MEASURE, ...said(is) };
  const problem = (field: keyof Measure, message: string): Problem => ({ path: `${path}${field}`, message });
  const problems: Problem[] = [];
  if (!MEASURES.includes(measure)) problems.push(problem('measure', `must be one of ${MEASURES.join(', ')}`));
  if (!DIRECTIONS.includes(direction)) problems.push(problem('direction', `must be one of ${DIRECTIONS.join(', ')}`));
  if (!isWithin(windowDays, WINDOW_DAYS)) problems.push(problem('windowDays', wholeFrom(WINDOW_DAYS)));
  if (measure !== 'SUM') {
    const sumOnly = 'must be left out: only a SUM has it';
    return [...problems, ...(property === null ? [] : [problem('property', sumOnly)]), ...(cap === null ? [] : [problem('cap', sumOnly)])];
  }
  if (property === null) problems.push(problem('property', 'must be given: the numeric property of the event that is added up'));
  else problems.push(...checkPropertyName(property, `${path}property`));
  if (cap !== null && !(Number.isFinite(cap) && cap > 0 && cap <= Number.MAX_SAFE_INTEGER))
    problems.push(problem('cap', 'must be a number above 0'));
  return problems;
}

const checkMeasure = (command: Partial<Measure>, was?: Goal): readonly Problem[] => [
  ...(command.event === undefined || command.event === was?.event ? [] : checkEventName(command.event, 'event')),
  ...(command.filters === undefined ? [] : checkFilters(command.filters, 'filters', GOAL_FILTERS, was?.filters)),
  ...checkMeasured(was && (command.measure === undefined || command.measure === 'SUM') ? { ...was, ...said(command) } : command),
];

/** Checks the measure of a goal that is to be created (G1). */
export function checkGoal(measure: Partial<Measure> & Pick<Measure, 'event'>): readonly Problem[] {
  return checkMeasure(measure);
}

/** What such a goal measures, where all is said. */
export function fullMeasure({ event, filters, ...given }: Partial<Measure> & Pick<Measure, 'event'>): Measure {
  return { event, filters: normalizeFilters(filters), ...measured(USUAL_MEASURE, given) };
}

/** G1: a result must go on meaning what it meant, so a started experiment, ended or archived too, fixes what its goals measure. */
const fixedBy = (state: ProjectState, { id, name }: Goal): RefusalOf<'IN_USE'> | undefined => {
  const usages = [...state.experiments.values()]
    .filter((experiment) => experiment.started !== null && experiment.goals.some((used) => used.id === id))
    .map((experiment): Usage => ({ kind: 'experiment', id: experiment.id, name: experiment.name, status: experiment.status }));
  if (usages.length === 0) return undefined;
  return inUse(`What the goal "${name}" measures is fixed, since ${listUsages(usages)} has started with it. Create another goal.`, usages);
};

export const goal = {
  kind: 'goal',
  right: 'write set-up',
  schemaVersions: { GoalCreated: 2, GoalRenamed: 1, GoalDescribed: 1, GoalRedefined: 2, GoalArchived: 1, GoalRestored: 1 },
  evolve,
  decide: {
    CreateGoal: goals.creating(
      'GoalCreated',
      (command) => checkMeasure(command),
      (command) => ({ ...fullMeasure(command), description: command.description ?? '' }),
    ),

    EditGoal: goals.editing<EditGoal, RefusalOf<'IN_USE'>>(
      { renamed: 'GoalRenamed', described: 'GoalDescribed' },
      (command, was) => checkMeasure(command, was),
      (state, was, command, entity) => {
        const from = measureOf(was);
        const to: Measure = {
          event: command.event ?? was.event,
          filters: command.filters ? normalizeFilters(command.filters) : was.filters,
          ...measured(was, command),
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
    GoalCreated: ({ entity, data }) => `created goal ${entityText(entity)}: ${markedMeasure(data)}`,
    GoalRenamed: goals.words.renamed,
    GoalDescribed: goals.words.described,
    GoalRedefined: ({ entity, data }) => `changed what goal ${entityText(entity)} measures to: ${markedMeasure(data.to)}`,
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
  upcasts: [
    { type: 'GoalCreated', from: 1, data: (data) => ({ ...data, ...USUAL_MEASURE }) },
    {
      type: 'GoalRedefined',
      from: 1,
      data: (data) => {
        const { from, to } = data as Change<object>;
        return { from: { ...from, ...USUAL_MEASURE }, to: { ...to, ...USUAL_MEASURE } };
      },
    },
  ],
  revert: goals.reverting<Pick<Goal, 'name' | 'description' | 'archived' | keyof Measure>>(
    { edit: 'EditGoal', restore: 'RestoreGoal', archive: 'ArchiveGoal' },
    (now, then) => {
      // Together: what is measured is one thing.
      const [is, was] = [measureOf(now), measureOf(then)];
      const [first] = (Object.keys(was) as (keyof Measure)[]).filter((field) => !sameJson(is[field], was[field]));
      return first === undefined ? [] : [{ path: first, command: { type: 'EditGoal', id: now.id, ...was } }];
    },
  ),
  archive: (item) => ({ type: 'ArchiveGoal', ...item }),
} as const satisfies Concept<'goal', GoalEvent, GoalCommand>;

export function measureOf({ event, filters, measure, property, cap, direction, windowDays }: Measure): Measure {
  return { event, filters, measure, property, cap, direction, windowDays };
}

export function measureText(measure: Measure): string {
  return plainText(markedMeasure(measure));
}

/** The same, in its parts. */
export function measureParts(measure: Measure): readonly TextPart[] {
  return textParts(markedMeasure(measure));
}

/** "*Purchase* with price > 10 and currency is EUR", "sum of amount, at most 500 a user, of *Purchase*, lower is better, within 30 days" */
function markedMeasure({ event, filters, measure, property, cap, direction, windowDays }: Measure): string {
  const what = filters.length === 0 ? eventText(event) : `${eventText(event)} with ${filters.map(markedCondition).join(' and ')}`;
  const most = cap === null ? '' : `, at most ${cap} a user,`;
  const how = { CONVERSION: '', COUNT: 'number of ', SUM: `sum of ${propertyText(property ?? '', property ?? '')}${most} of ` }[measure];
  const better = direction === 'LOWER' ? ', lower is better' : '';
  return `${how}${what}${better}${windowDays === USUAL_MEASURE.windowDays ? '' : `, within ${counted(windowDays, 'day')}`}`;
}
