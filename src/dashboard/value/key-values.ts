import type { Problem } from '../api/problem';
import type { ValueType } from '../generated/operations';
import { textOf, valueOf } from './value-text';

/** Values of several keys as they are typed; a key that is left out has none. */
export type KeyTexts = Readonly<Record<string, string>>;
export type Types = ReadonlyMap<string, { readonly type: ValueType }>;

export function readValues(values: readonly { readonly key: string; readonly value: unknown }[], types: Types): KeyTexts {
  return Object.fromEntries(values.map(({ key, value }) => [key, textOf(types.get(key)?.type ?? 'JSON', value)]));
}

/** The values of the keys that are chosen, as a command takes them; what cannot be read is put among the problems, at its path. */
export function writeValues(texts: KeyTexts, keys: readonly string[], types: Types, path: string, problems: Problem[]) {
  return keys
    .filter((key) => texts[key] !== undefined)
    .map((key, at) => {
      const { value, problem } = valueOf(types.get(key)?.type ?? 'JSON', texts[key] ?? '');
      if (problem !== undefined) problems.push({ path: `${path}.${at}.value`, message: problem });
      return { key, value };
    });
}
