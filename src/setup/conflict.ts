import type { GoalChoice } from '../domain/analysis';
import type { Experiment } from '../domain/experiment-state';
import { USUAL_MEASURE } from '../domain/goal';
import type { Json, JsonObject } from '../domain/json';
import type { SingleCommand } from '../domain/decider';
import type { ProjectState } from '../domain/project-state';
import type { Refusal } from '../domain/refusal';
import { numberRows, type RowInput } from '../domain/row';

/** The fields that cannot become what a file says, and what to do instead. Rows and variants have their ids, so that a path can name them. */
export interface Conflict {
  /** The fields as they are; without those that are not there. */
  readonly before: JsonObject;
  /** The fields as the file says; without those that it does away with. */
  readonly after: JsonObject;
  readonly wayOut: string;
}

/** Said where no better way is known. */
export const OTHERWISE = 'Leave this out of the file, or plan again once the project has changed.';

/** What a refused command of a plan would have changed. Total: a refusal that is not known here still names the fields of its command. */
export function conflictOf(state: ProjectState, command: SingleCommand, refusal: Refusal): Conflict {
  const fields = fieldsOf(state, command);
  const only = (names: readonly string[], wayOut: string): Conflict => ({
    before: pick(fields.before, names),
    after: pick(fields.after, names),
    wayOut,
  });
  switch (refusal.code) {
    case 'LIMIT_REACHED':
      return only(CREATES.test(command.type) ? ['name'] : Object.keys(fields.after), roomFor(command.type));
    case 'IN_USE':
      return only(usedFields(command.type), outOfUse(command.type));
    case 'INVALID_INPUT':
      return only(
        refusal.problems.map(({ path }) => path.split('.', 1)[0] ?? ''),
        'List what it uses in the file, or plan without prune, which archives what the file does not list.',
      );
    case 'ILLEGAL_STATE':
      if (command.type === 'CreateExperiment')
        return only(['exclusive'], 'Leave `exclusive` out, or say `exclusivity: false` for the project.');
      if (command.type === 'CreateHoldout') return only(['name'], 'Plan with prune, which ends the one that is active, or leave it out.');
      if (command.type === 'EditExperiment') return only(redesigned(fields), instead(state.experiments.get(command.id), 'design'));
      if (command.type === 'ChangeExperimentTraffic') return only(['traffic'], instead(state.experiments.get(command.id), 'traffic'));
      break;
    case 'ALREADY_EXISTS':
      return only(['name'], 'List it under another name.');
    // A plan decides its commands itself, on what is there: these are refusals of other commands.
    case 'NOT_FOUND':
    case 'STALE':
    case 'COMMAND_ID_REUSED':
    case 'NO_REACH':
    case 'BASELINE_OF_RUNNING':
    case 'CANNOT_REVERT':
  }
  return only(Object.keys(fields.after), OTHERWISE);
}

interface Fields {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

const CREATES = /^Create/;

/** The fields of a thing that a command sets: as they are, and as it sets them. */
function fieldsOf(state: ProjectState, command: SingleCommand): Fields {
  switch (command.type) {
    case 'CreateKey':
    case 'CreateSegment':
    case 'CreateGoal':
    case 'CreateFlag':
    case 'CreateConfig':
    case 'CreateExperiment':
    case 'CreateHoldout': {
      const { type: _, ...said } = command;
      return { before: {}, after: readable(state, said, 0) };
    }
    case 'EditGoal':
      return edited(state, command, state.goals.get(command.id), 0);
    case 'EditFlag':
      return edited(state, command, state.flags.get(command.id), state.flags.get(command.id)?.rowIdsGiven ?? 0);
    case 'EditConfig':
      return edited(state, command, state.configs.get(command.id), state.configs.get(command.id)?.rowIdsGiven ?? 0);
    case 'EditExperiment':
    case 'ChangeExperimentTraffic':
      return edited(state, command, state.experiments.get(command.id), state.experiments.get(command.id)?.variantIdsGiven ?? 0);
    case 'StartExperiment':
      return { before: { status: state.experiments.get(command.id)?.status ?? null }, after: { status: 'RUNNING' } };
    case 'RestoreKey':
      return { before: { archived: true }, after: { archived: false } };
    case 'ArchiveKey':
    case 'ArchiveSegment':
    case 'ArchiveGoal':
      return { before: { archived: false }, after: { archived: true } };
    default:
      return { before: {}, after: {} };
  }
}

function edited(state: ProjectState, command: object, was: object | undefined, idsGiven: number): Fields {
  const { type: _, id: __, ...all } = command as { readonly type: string; readonly id?: string };
  const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const after = readable(state, said, idsGiven);
  const { roles = [], ...before } = pick(readable(state, was ?? {}, idsGiven), Object.keys(after));
  // Only of goals of which the file says one.
  const named = new Set((after['roles'] as readonly JsonObject[] | undefined)?.map(({ name }) => name));
  const then = (roles as readonly JsonObject[]).filter(({ name }) => named.has(name));
  return { before: { ...before, ...(then.length > 0 && { roles: then }) }, after: named.size > 0 ? after : withoutRoles(after) };
}

/** Another thing may have the name of one that is archived. */
function nameIn(things: ReadonlyNames, id: string): string {
  const thing = things.get(id);
  return thing === undefined ? id : `${thing.name}${thing.archived ? ' (archived)' : ''}`;
}

/** The roles that are said of goals, each by the goal's name. */
function readableRoles({ goals }: ProjectState, choices: readonly GoalChoice[]): readonly JsonObject[] {
  return choices.flatMap((choice) => {
    if (typeof choice === 'string') return [];
    const { id, role, margin = null } = choice;
    return [{ name: nameIn(goals, id), role, margin }];
  });
}

/** With names where the state has ids, and an id for each row and variant that is new. */
function readable(state: ProjectState, fields: object, idsGiven: number): JsonObject {
  const { audience, goals, rows, variants, ...plain } = fields as Readable;
  const segment = (id: string | null): string | null => (id === null ? null : nameIn(state.segments, id));
  return {
    ...(plain as JsonObject),
    ...(audience !== undefined && { audience: segment(audience) }),
    ...(goals !== undefined && {
      goals: goals.map((goal) => nameIn(state.goals, goalId(goal))),
      roles: readableRoles(state, goals),
    }),
    ...(rows !== undefined && {
      rows: numberRows(rows, idsGiven, 'r', (row, id) => ({ ...row, id, segment: segment(row.segment) })) as unknown as Json,
    }),
    ...(variants !== undefined && { variants: numberRows(variants, idsGiven, 'v', (row, id) => ({ ...row, id })) as unknown as Json }),
  };
}

const withoutRoles = ({ roles: _, ...fields }: JsonObject): JsonObject => fields;

const goalId = (choice: GoalChoice): string => (typeof choice === 'string' ? choice : choice.id);

interface ReadonlyNames {
  get(id: string): { readonly name: string; readonly archived: boolean } | undefined;
}

interface Readable {
  readonly audience?: string | null;
  readonly goals?: readonly GoalChoice[];
  readonly rows?: readonly RowInput<{ readonly id: string; readonly segment: string | null }>[];
  readonly variants?: readonly RowInput<{ readonly id: string }>[];
}

function pick(fields: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

/** The fields of a started experiment's design that would change, but for goals that are added. */
function redesigned({ before, after }: Fields): readonly string[] {
  const [was, is] = [before['goals'], after['goals']] as [readonly Json[] | undefined, readonly Json[] | undefined];
  const taken = was?.some((goal) => !is?.includes(goal)) ?? false;
  return ['audience', 'keys', 'variants', 'analysis', 'exclusive', 'roles', ...(taken ? ['goals'] : [])];
}

function usedFields(command: SingleCommand['type']): readonly string[] {
  if (command === 'EditGoal') return ['event', 'filters', ...Object.keys(USUAL_MEASURE)];
  if (command === 'CreateFlag') return ['key'];
  return command === 'CreateConfig' || command === 'EditConfig' ? ['keys'] : ['archived'];
}

function outOfUse(command: SingleCommand['type']): string {
  if (command === 'EditGoal') return 'Leave what it measures as it is, and list a goal of another name that measures this.';
  if (command === 'CreateFlag')
    return 'Choose another key, or archive the flag that has it first: with prune, leave that flag out of the list.';
  if (command === 'CreateConfig' || command === 'EditConfig')
    return 'Take the key out of the config that has it, and apply that first, or choose another key.';
  return 'Take it out of what uses it, in the same file, or keep it.';
}

function roomFor(command: SingleCommand['type']): string {
  if (command === 'StartExperiment') return 'Stop or roll out a running experiment in the same file, or leave this one a draft.';
  return 'Archive what is no longer needed (prune archives what the file does not list), or raise the limit in the settings of the server.';
}

function instead(experiment: Experiment | undefined, what: 'design' | 'traffic'): string {
  if (experiment?.status !== 'RUNNING') return 'Leave it as it is, and list a new experiment under another name.';
  const more = what === 'design' ? ', or raise its traffic to take in more users' : '';
  return `Stop it and start a new experiment under another name${more}.`;
}
