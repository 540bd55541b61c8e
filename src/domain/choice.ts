import type { Json } from './json';
import { nameOf } from './naming';
import { PERCENT_RULE, WHOLE } from './percent';
import { entitiesOf, withEntity, type ProjectState } from './project-state';
import { illegalState, type Problem, type RefusalOf } from './refusal';
import { checkRowIds, ROWS } from './row';
import type { Use } from './usage';
import { checkValue } from './value';
import { counted } from './text';

/** A value for one key. A list of these, not an object, holds values by key: `constructor` is a good name for a key, and a bad one for a member. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
}

/** E7, N2: commands have shares in basis points, and people say them in percent. */
export function checkBasisPoints(value: unknown, path: string): readonly Problem[] {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= WHOLE) return [];
  return [{ path, message: PERCENT_RULE }];
}

/** E5: what is chosen for use must be there and not archived. */
export function checkChoice(state: ProjectState, { kind, id }: Use, path: string): readonly Problem[] {
  const chosen = entitiesOf(state, kind).get(id);
  if (chosen === undefined) return [{ path, message: `there is no ${kind} "${id}" in this project` }];
  return chosen.archived ? [{ path, message: `the ${kind} "${chosen.name}" is archived: restore it, or choose another` }] : [];
}

/** `null` stands for everyone. */
export function checkAudience(state: ProjectState, id: string | null | undefined, path: string): readonly Problem[] {
  return id === null || id === undefined ? [] : checkChoice(state, { kind: 'segment', id }, path);
}

/**
 * The project as an experience that already uses these things sees it: going on using what has been archived since is no new choice, and only
 * an ended or archived experience can find itself there. Everything else of an edit is still checked before its guards (A6).
 */
export function asUsed(state: ProjectState, uses: readonly Use[]): ProjectState {
  return uses.reduce((seen, { kind, id }): ProjectState => {
    const entity = entitiesOf(seen, kind).get(id);
    return entity?.archived ? withEntity(seen, kind, id, { ...entity, archived: false }) : seen;
  }, state);
}

/** Between `least` and `most` things, each chosen once and each active. */
export function checkChoices(
  state: ProjectState,
  kind: Use['kind'],
  ids: readonly string[],
  path: string,
  [least, most]: readonly [number, number],
): readonly Problem[] {
  if (ids.length < least || ids.length > most) return [{ path, message: `must name ${least} to ${most} ${kind}s, not ${ids.length}` }];
  return ids.flatMap((id, index) =>
    ids.indexOf(id) < index
      ? [{ path: `${path}.${index}`, message: `the ${kind} "${nameOf(state, kind, id)}" is named twice` }]
      : checkChoice(state, { kind, id }, `${path}.${index}`),
  );
}

/** K2 for the values that a row or a variant gives: only for keys of the experience, each once, each of its key's type. `stored`: what it has. */
export function checkValues(
  state: ProjectState,
  keys: readonly string[],
  values: readonly KeyValue[],
  path: string,
  stored?: unknown,
): readonly Problem[] {
  if (values.length === 0) return [{ path, message: 'must give a value for at least one key' }];
  if (values.length > keys.length) return [{ path, message: `must give at most one value for each of ${counted(keys.length, 'key')}` }];
  return values.flatMap(({ key, value }, index) => {
    const at = `${path}.${index}`;
    if (!keys.includes(key)) return [{ path: `${at}.key`, message: `"${key}" is not among the keys named here: ${keys.join(', ')}` }];
    if (values.findIndex((other) => other.key === key) < index) return [{ path: `${at}.key`, message: `the key "${key}" is given twice` }];
    return checkKeyValue(state, key, value, `${at}.value`, stored);
  });
}

/** K2 for one value. A key that is not there is reported where it is chosen. */
export function checkKeyValue(state: ProjectState, key: string, value: unknown, path: string, stored?: unknown): readonly Problem[] {
  const type = state.keys.get(key)?.type;
  return type === undefined ? [] : checkValue(type, value, path, stored);
}

/** E5 again, for an experience that comes back from the archive. */
export function cannotReturn(
  state: ProjectState,
  entity: { readonly kind: string; readonly name: string },
  uses: readonly Use[],
): RefusalOf<'ILLEGAL_STATE'> | undefined {
  const problems = uses.flatMap((use) => checkChoice(state, use, use.kind));
  if (problems.length === 0) return undefined;
  const words = problems.map(({ message }) => message).join('; ');
  return illegalState(`The ${entity.kind} "${entity.name}" cannot come back as it was: ${words}.`);
}

/** What is wrong with the number of rows of a flag or config. */
export const checkRowCount = (rows: readonly unknown[]): readonly Problem[] =>
  rows.length > ROWS ? [{ path: 'rows', message: `must be at most ${ROWS} rows, not ${rows.length}` }] : [];

/** What is wrong with the ids and segments of its rows, and with what `check` looks at; `known`: those that it has. */
export function checkEachRow<Row extends { readonly id?: string | null; readonly segment: string | null }>(
  state: ProjectState,
  rows: readonly Row[],
  known: readonly { readonly id: string }[],
  check: (row: Row, path: string) => readonly Problem[],
): readonly Problem[] {
  const checked = rows.slice(0, ROWS);
  return [
    ...checkRowIds(checked, known, 'rows'),
    ...checked.flatMap((row, index) => [...checkAudience(state, row.segment, `rows.${index}.segment`), ...check(row, `rows.${index}`)]),
  ];
}
