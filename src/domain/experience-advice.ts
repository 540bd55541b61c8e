import { json, percent } from './change-words';
import { asUsed, checkChoice } from './choice';
import { checkDesign, type DesignInput } from './experiment-design';
import { exclusiveBy } from './experiment-status';
import { runningExperiments } from './experiment-state';
import { checkRows, keyTaken, type FlagRow } from './flag';
import { sameJson } from './json';
import { nameOf } from './naming';
import { WHOLE } from './percent';
import type { ProjectState } from './project-state';
import type { Problem } from './refusal';
import type { RowInput } from './row';
import { conditionAt, type ConditionText } from './rule-advice';
import { entityText, keyText, named } from './text-part';
import { usesOfExperiment, usesOfFlag } from './usage';
import { counted } from './text';

/* What is to be said of rows and designs that are being written, for their author to see before they are stored. */

export interface Advice {
  readonly problems: readonly Problem[];
  /** Each part in words; none while there are problems. */
  readonly conditions: readonly ConditionText[];
  readonly warnings: readonly Problem[];
}

/** Advice on the rows of a flag on a key. `id`: the flag that is to have them, if it exists. */
export function adviceOnRows(state: ProjectState, key: string, rows: readonly RowInput<FlagRow>[], id?: string): Advice {
  const flag = id === undefined ? undefined : state.flags.get(id);
  const choosable = flag === undefined ? state : asUsed(state, usesOfFlag(flag));
  const problems = [...checkChoice(choosable, { kind: 'key', id: key }, 'key'), ...checkRows(choosable, key, rows, flag?.rows ?? [])];
  const taken = flag === undefined ? keyTaken(state, key) : undefined;
  if (taken !== undefined) problems.unshift({ path: 'key', message: taken.message });
  if (problems.length > 0) return { problems, conditions: [], warnings: [] };
  const conditions = rows.map(({ segment = null, percentage, value }, index) => {
    return conditionAt(`rows.${index}`, `${percent(percentage)} of ${audienceOf(state, segment)}: ${json(value)}`);
  });
  return { problems, conditions, warnings: rows.flatMap((row, index) => rowWarnings(state, key, rows.slice(0, index), row, index)) };
}

function rowWarnings(
  state: ProjectState,
  key: string,
  before: readonly RowInput<FlagRow>[],
  { segment = null, percentage, value }: RowInput<FlagRow>,
  index: number,
): readonly Problem[] {
  const takesAll = before.findIndex((row) => row.percentage === WHOLE && ((row.segment ?? null) === null || row.segment === segment));
  return [
    ...(takesAll < 0 ? [] : [{ path: `rows.${index}`, message: `no user comes so far: row ${takesAll + 1} takes all of them` }]),
    ...(percentage === 0 ? [{ path: `rows.${index}.percentage`, message: 'is 0 %, so no user gets the value' }] : []),
    ...(sameJson(value, state.keys.get(key)?.defaultValue) ? [{ path: `rows.${index}.value`, message: 'is the default of the key' }] : []),
  ];
}

/** Advice on the design of an experiment. `id`: the experiment that is to have it, if it exists. */
export function adviceOnDesign(state: ProjectState, design: DesignInput, exclusive: boolean | undefined, id?: string): Advice {
  const was = id === undefined ? undefined : state.experiments.get(id);
  const choosable = was === undefined ? state : asUsed(state, usesOfExperiment(was));
  const isExclusive = was === undefined ? exclusiveBy(state.exclusivity, exclusive) : (exclusive ?? was.exclusive);
  const problems = [
    ...checkDesign(choosable, design, was?.variants ?? []),
    ...(typeof isExclusive === 'object' && 'message' in isExclusive ? [{ path: 'exclusive', message: isExclusive.message }] : []),
  ];
  if (problems.length > 0) return { problems, conditions: [], warnings: [] };
  const { audience, traffic, keys, goals, variants } = design;
  const conditions = [
    conditionAt('audience', `${percent(traffic)} of ${audienceOf(state, audience)}`),
    ...variants.map(({ name, control, weight, values }, index) =>
      conditionAt(
        `variants.${index}`,
        `${percent(weight)} ${named(name)}${control ? ', control' : `: ${values.map(({ key, value }) => `${keyText(key)} ${json(value)}`).join(', ')}`}`,
      ),
    ),
    ...goals.map((goal, index) =>
      conditionAt(
        `goals.${index}`,
        `${entityText({ kind: 'goal', id: goal.id, name: nameOf(state, 'goal', goal.id) })}, ${goal.role.toLowerCase()}`,
      ),
    ),
  ];
  return { problems, conditions, warnings: designWarnings(state, { keys, goals, variants, traffic }, isExclusive === true, id) };
}

function designWarnings(
  state: ProjectState,
  { keys, goals, variants, traffic }: Pick<DesignInput, 'keys' | 'goals' | 'variants' | 'traffic'>,
  exclusive: boolean,
  id: string | undefined,
): readonly Problem[] {
  const others = runningExperiments(state).filter((other) => other.id !== id);
  const inTheWay = others.filter((other) => exclusive || other.exclusive || other.keys.some((key) => keys.includes(key)));
  const unused = keys.flatMap((key, index) =>
    variants.some(({ values }) => values.some((value) => value.key === key)) ? [] : [{ key, index }],
  );
  return [
    ...(traffic === 0 ? [{ path: 'traffic', message: 'is 0 %, so it takes no user' }] : []),
    ...(goals.length === 0 ? [{ path: 'goals', message: 'no goal is chosen, so it measures nothing' }] : []),
    ...(goals.length > 0 && !goals.some(({ role }) => role === 'PRIMARY')
      ? [{ path: 'goals', message: 'none of them is PRIMARY, so none decides' }]
      : []),
    ...unused.map(({ key, index }) => ({ path: `keys.${index}`, message: `no variant gives a value for "${key}"` })),
    ...(inTheWay.length === 0 ? [] : [{ path: 'keys', message: sharing(inTheWay.map(({ name }) => name)) }]),
  ];
}

const MOST_NAMED = 3;

function sharing(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `users of ${counted(names.length, 'running experiment')} cannot be in it: ${shown.join(', ')}${more}`;
}

const audienceOf = (state: ProjectState, id: string | null): string =>
  id === null ? 'everyone' : `segment ${entityText({ kind: 'segment', id, name: nameOf(state, 'segment', id) })}`;
