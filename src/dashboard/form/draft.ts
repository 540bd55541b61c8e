/** What a form edits: fields by name, each any JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is being edited, and what it was read as. Kept as JSON, so that it survives a reload. */
export interface Draft<T extends Fields> {
  readonly base: T;
  readonly values: T;
}

/** Whether two values are the same JSON, whatever the order of their members. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [defined(a), defined(b)];
  return left.length === right.length && left.every(([name, value]) => same(value, (b as Record<string, unknown>)[name]));
}

function defined(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

export function isDirty<T extends Fields>({ base, values }: Draft<T>): boolean {
  return !same(base, values);
}

/** The fields that the person has changed, alone: a command carries what is meant, never the whole thing. */
export function changed<T extends Fields>({ base, values }: Draft<T>): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, base[name]))) as Partial<T>;
}

/** Takes in what a colleague saved: fields that were not touched here follow; a field that both changed stays as it is, for the person to decide. */
export function merge<T extends Fields>(draft: Draft<T>, theirs: T): Draft<T> {
  const base: Record<string, unknown> = { ...draft.base };
  const values: Record<string, unknown> = { ...draft.values };
  for (const [name, value] of Object.entries(theirs)) {
    if (same(value, base[name])) continue;
    if (same(values[name], base[name])) values[name] = value;
    if (same(values[name], value)) base[name] = value;
  }
  return { base: base as T, values: values as T };
}

/** The fields that both sides changed, each to something else. */
export function conflicts<T extends Fields>({ base }: Draft<T>, theirs: T): readonly (keyof T & string)[] {
  return Object.keys(theirs).filter((name) => !same(theirs[name], base[name]));
}

export function takeTheirs<T extends Fields>(draft: Draft<T>, theirs: T, name: keyof T): Draft<T> {
  return { base: { ...draft.base, [name]: theirs[name] }, values: { ...draft.values, [name]: theirs[name] } };
}

export function keepMine<T extends Fields>(draft: Draft<T>, theirs: T, name: keyof T): Draft<T> {
  return { ...draft, base: { ...draft.base, [name]: theirs[name] } };
}
