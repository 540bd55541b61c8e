import type { Json } from '../../domain/json';
import type { ValueType } from '../../domain/value';

/** The type of a key that can have all these values. */
export function typeOf(values: readonly Json[]): ValueType {
  const types = { boolean: 'BOOLEAN', string: 'STRING', number: 'NUMBER' } as const;
  const [kind] = new Set(values.map((value) => typeof value));
  const same = values.every((value) => typeof value === kind);
  return same && (kind === 'boolean' || kind === 'string' || kind === 'number') ? types[kind] : 'JSON';
}

/** What a key says when its source leaves that to the app's code: nothing much. */
export function neutral(type: ValueType): Json {
  return { BOOLEAN: false, STRING: '', NUMBER: 0, JSON: null }[type];
}
