import { Map } from 'immutable';
import { checkBasisPoints, checkChoice, checkChoices, checkKeyValue, checkValues, type KeyValue } from '../domain/choice';
import { WHOLE } from '../domain/percent';
import { chosenGoals } from '../domain/analysis';
import { CONFIG_KEYS } from '../domain/config';
import { checkDesign } from '../domain/experiment-design';
import type { Variant } from '../domain/experiment-state';
import { USUAL_MEASURE, type Goal } from '../domain/goal';
import type { Json } from '../domain/json';
import type { Key } from '../domain/key';
import { EMPTY_PROJECT } from '../domain/decider';
import type { ProjectState } from '../domain/project-state';
import type { Problem } from '../domain/refusal';
import { ROWS } from '../domain/row';
import type { Steps } from '../domain/steps';
import { excerpt } from '../domain/text';
import type { ValueType } from '../domain/value';
import { checkNamed } from './check-named';
import { MOST_ERRORS } from './shape';
import type { WrittenFile } from './file-schema';
import { checkRoles, resolveAnalysis, resolveGoals, rolePath, withIds } from './measures';
import { Names, namesIn, type KnownNames } from './names';

type Written<List extends 'flags' | 'configs' | 'experiments'> = NonNullable<WrittenFile[List]>[number];
type Values = { readonly [key: string]: unknown };

/** E1 to E3, E5 to E7, K2 and K7 for the experiences of a file, by the domain's own rules on the project that the file would make. */
export class CheckedExperiences {
  private readonly names: { readonly segments: Names; readonly goals: Names };
  private readonly state: ProjectState;
  private readonly archived: { readonly [kind in 'key' | 'segment' | 'goal']: Names };
  private readonly flagOf = new globalThis.Map<string, string>();
  private readonly configOf = new globalThis.Map<string, string>();

  constructor(
    private readonly file: WrittenFile,
    private readonly known: KnownNames,
    private readonly problems: Problem[],
  ) {
    this.names = namesIn(file, known);
    this.state = { ...EMPTY_PROJECT, keys: keysOf(file, known) };
    const { key = [], segment = [], goal = [] } = known.archived ?? {};
    this.archived = { key: new Names(key), segment: new Names(segment), goal: new Names(goal) };
  }

  *check(): Steps<void> {
    yield* checkNamed('flag', this.known, this.file.flags, this.problems, (flag, at, stored) => this.flag(flag, at, stored?.rows));
    yield* checkNamed('config', this.known, this.file.configs, this.problems, (config, at, stored) =>
      this.config(config, at, stored?.rows),
    );
    yield* checkNamed('experiment', this.known, this.file.experiments, this.problems, (experiment, at, stored) =>
      this.experiment(experiment, at, stored?.variants),
    );
  }

  private flag({ name, key, rows = [] }: Written<'flags'>, at: string, stored: unknown): readonly Problem[] {
    const unknown = this.keys([key], () => `${at}.key`);
    return [
      ...unknown,
      ...without(unknown, checkChoice(this.state, { kind: 'key', id: key }, `${at}.key`)),
      ...takenBy(this.flagOf, 'flag', key, name, `${at}.key`),
      ...tooMany(rows, `${at}.rows`),
      ...rows
        .slice(0, ROWS)
        .flatMap(({ segment, percentage = WHOLE, value }, index) => [
          ...this.segment(segment, `${at}.rows.${index}.segment`),
          ...checkBasisPoints(percentage, `${at}.rows.${index}.percentage`),
          ...checkKeyValue(this.state, key, value, `${at}.rows.${index}.value`, stored),
        ]),
    ];
  }

  private config({ name, keys, rows = [] }: Written<'configs'>, at: string, stored: unknown): readonly Problem[] {
    const unknown = this.keys(keys, (index) => `${at}.keys.${index}`);
    return [
      ...unknown,
      ...without(unknown, checkChoices(this.state, 'key', keys, `${at}.keys`, CONFIG_KEYS)),
      ...[...new Set(keys.slice(0, MOST_ERRORS))].flatMap((key) =>
        takenBy(this.configOf, 'config', key, name, `${at}.keys.${keys.indexOf(key)}`),
      ),
      ...tooMany(rows, `${at}.rows`),
      ...rows
        .slice(0, ROWS)
        .flatMap(({ segment, values }, index) => [
          ...this.segment(segment, `${at}.rows.${index}.segment`),
          ...this.values(keys, values, `${at}.rows.${index}.values`, stored),
        ]),
    ];
  }

  private experiment(experiment: Written<'experiments'>, at: string, stored: readonly Variant[] = []): readonly Problem[] {
    const { audience, traffic = WHOLE, keys, goals = [], variants } = experiment;
    const unknown = [
      ...this.segment(audience, `${at}.audience`),
      ...this.keys(keys, (index) => `${at}.keys.${index}`),
      ...goals.slice(0, MOST_ERRORS).flatMap((name, index) => this.missing('goal', name, this.names.goals, `${at}.goals.${index}`)),
    ];
    const spelled = (name: string): string => this.names.goals.find(name) ?? name;
    const named = goals.map(spelled);
    const design = {
      audience: null,
      traffic,
      keys,
      goals: chosenGoals(withIds(resolveGoals(experiment, spelled), (name) => name)),
      analysis: resolveAnalysis(experiment.analysis),
      variants: variants.map(({ name, control = false, weight, values = {} }) => ({ name, control, weight, values: listed(values) })),
    };
    const found = checkDesign({ ...this.state, goals: present(named) }, design, stored).map(({ path, message }) => {
      const [, index, rest] = /^variants\.(\d+)\.values\.(.*)$/.exec(path) ?? [];
      const values = index === undefined ? undefined : variants[Number(index)]?.values;
      const place =
        values === undefined || rest === undefined ? rolePath(experiment, path) : `variants.${index}.values.${byKey(values, rest)}`;
      return { path: `${at}.${place}`, message };
    });
    return [...unknown, ...checkRoles(experiment, at), ...without(unknown, found), ...rollOut(experiment, at)];
  }

  private missing(kind: 'segment' | 'goal', name: string, names: Names, path: string): readonly Problem[] {
    return names.find(name) === undefined ? [this.absent(kind, name, path)] : [];
  }

  private absent(kind: 'key' | 'segment' | 'goal', name: string, path: string): Problem {
    if (this.archived[kind].find(name) !== undefined)
      return { path, message: `the ${kind} "${excerpt(name)}" is archived: list it under ${kind}s, or restore it first` };
    return { path, message: `there is no ${kind} "${excerpt(name)}" in this file or in the project` };
  }

  private segment(name: string | undefined, path: string): readonly Problem[] {
    return name === undefined ? [] : this.missing('segment', name, this.names.segments, path);
  }

  private keys(names: readonly string[], path: (index: number) => string): readonly Problem[] {
    return names.slice(0, MOST_ERRORS).flatMap((name, index) => (this.state.keys.has(name) ? [] : [this.absent('key', name, path(index))]));
  }

  private values(keys: readonly string[], values: Values, path: string, stored: unknown): readonly Problem[] {
    return checkValues(this.state, keys, listed(values), '', stored).map(({ path: inside, message }) => ({
      path: inside === '' ? path : `${path}.${byKey(values, inside.slice(1))}`,
      message,
    }));
  }
}

const keysOf = (file: WrittenFile, known: KnownNames): Map<string, Key> => {
  const key = (name: string, type: ValueType, archived: boolean): [string, Key] => [
    name,
    { name, type, defaultValue: null, description: '', archived },
  ];
  return Map<string, Key>([
    ...[...known.keys].map(([name, type]) => key(name, type, false)),
    ...(file.keys ?? []).map(({ name, type, archived = false }) => key(name, type, archived)),
  ]);
};

/** For the domain's check of a design: what is not there has been reported, as a thing of the file. */
const present = (names: readonly string[]): Map<string, Goal> =>
  Map(names.map((name) => [name, { id: name, name, description: '', event: '', filters: [], ...USUAL_MEASURE, archived: false }]));

const listed = (values: Values): readonly KeyValue[] => Object.entries(values).map(([key, value]) => ({ key, value: value as Json }));

/** The domain has values by key as a list, the file as an object: `2.value.size` is `home.title.size`. */
function byKey(values: Values, inside: string): string {
  const [, index, rest = ''] = /^(\d+)(?:\.(?:key|value)(.*))?$/.exec(inside) ?? [];
  return index === undefined ? inside : `${excerpt(Object.keys(values)[Number(index)] ?? index)}${rest}`;
}

/** K7 */
function takenBy(holders: globalThis.Map<string, string>, kind: string, key: string, name: string, path: string): readonly Problem[] {
  const holder = holders.get(key);
  if (holder === undefined) holders.set(key, name);
  return holder === undefined
    ? []
    : [{ path, message: `is already in the ${kind} "${excerpt(holder)}", and a key is in at most one ${kind}` }];
}

function tooMany(rows: readonly unknown[], path: string): readonly Problem[] {
  return rows.length > ROWS ? [{ path, message: `must be at most ${ROWS} rows, not ${rows.length}` }] : [];
}

function without(known: readonly Problem[], problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ path }) => !known.some((one) => one.path === path));
}

function rollOut({ status, rolledOut, variants }: Written<'experiments'>, at: string): readonly Problem[] {
  const path = `${at}.rolledOut`;
  if (status !== 'ROLLED_OUT') {
    return rolledOut === undefined ? [] : [{ path, message: 'must be left out: only an experiment whose status is ROLLED_OUT has it' }];
  }
  if (rolledOut === undefined) return [{ path, message: 'must be given: the name of the variant that everyone gets' }];
  const spelling = new Names(variants.map(({ name }) => name)).find(rolledOut);
  const chosen = variants.find(({ name }) => name === spelling);
  if (chosen === undefined)
    return [{ path, message: `must be the name of a variant: ${variants.map(({ name }) => excerpt(name)).join(', ')}` }];
  return chosen.control === true ? [{ path, message: 'must not be control, which gives no values: make the status STOPPED instead' }] : [];
}
