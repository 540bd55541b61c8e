import { choosable, fits, refused, type Effect, type Model, type Refused, type Status, type Value } from './model';

export const effect = (type: string, entity: string, happens: () => unknown): Effect => ({ type, entity, happens: () => void happens() });
export const when = (condition: boolean, type: string, entity: string, happens: () => unknown): Effect[] =>
  condition ? [effect(type, entity, happens)] : [];

/** A rename and a new description, each if it is one. */
export function text(
  prefix: string,
  entity: string,
  thing: { name: string; description: string },
  { name, description }: { readonly name?: string; readonly description?: string },
): Effect[] {
  const clean = name?.normalize('NFC').trim() ?? thing.name;
  return [
    ...when(clean !== thing.name, `${prefix}Renamed`, entity, () => (thing.name = clean)),
    ...when(
      description !== undefined && description !== thing.description,
      `${prefix}Described`,
      entity,
      () => (thing.description = description ?? ''),
    ),
  ];
}

type Rows = readonly { readonly id?: string | null; readonly segment?: string | null }[];

/** Rows or variants whose ids, if any, are known, and whose segments can be chosen. */
export function rowsFit(model: Model, rows: Rows, known: Rows): boolean {
  const ids = rows.flatMap(({ id }) => (id === undefined || id === null ? [] : [id]));
  const stable = new Set(ids).size === ids.length && ids.every((id) => known.some((row) => row.id === id));
  const used = known.map(({ segment = null }) => segment);
  return (
    stable &&
    rows.length <= 100 &&
    choosable(
      model.segments,
      rows.map(({ segment = null }) => segment),
      used,
    )
  );
}

export const basisPoints = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 10_000;

/** K2 and E2 for the values of one row or variant. */
export function valuesFit(model: Model, keys: readonly string[], values: readonly Value[]): boolean {
  const given = values.map(({ key }) => key);
  return (
    given.length > 0 &&
    new Set(given).size === given.length &&
    values.every(({ key, value }) => keys.includes(key) && fits(model.keys.get(key)?.type, value))
  );
}

/** New ones get the ids that follow those given so far. */
export function numbered<I extends { readonly id?: string | null }, R>(
  counter: { given: number },
  rows: readonly I[],
  prefix: string,
  shape: (row: I, id: string) => R,
): R[] {
  return rows.map((row) => {
    if (row.id !== undefined && row.id !== null) return shape(row, row.id);
    counter.given += 1;
    return shape(row, `${prefix}${counter.given}`);
  });
}

export const archivedGuard = (status: Status): Refused[] => (status === 'ARCHIVED' ? [refused('ILLEGAL_STATE')] : []);

/** K7 */
export function keyGuard<E extends { readonly status: Status }>(
  experiences: ReadonlyMap<string, E>,
  keys: readonly string[],
  keysOf: (experience: E) => readonly string[],
  own?: string,
): Refused[] {
  const others = [...experiences].filter(([id, { status }]) => id !== own && status !== 'ARCHIVED');
  return others.some(([, other]) => keysOf(other).some((key) => keys.includes(key))) ? [refused('IN_USE')] : [];
}
