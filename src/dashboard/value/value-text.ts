import type { ValueType } from '../generated/operations';
import { keyWords } from '../words/setup';
import { readJson, type Read } from './read-json';

/** A value as it is typed: a string as it is, anything else as JSON. */
export function textOf(type: ValueType, value: unknown): string {
  if (type === 'STRING' && typeof value === 'string') return value;
  return type === 'JSON' ? JSON.stringify(value, null, 2) : JSON.stringify(value ?? null);
}

/** Reads what was typed for a value of the type. */
export function valueOf(type: ValueType, text: string): Read {
  if (type === 'STRING') return { value: text };
  if (type === 'NUMBER') {
    const number = Number(text);
    return text.trim() === '' || !Number.isFinite(number) ? { problem: keyWords.badNumber } : { value: number };
  }
  return readJson(text);
}

const FIRST: { readonly [type in ValueType]: string } = { BOOLEAN: 'false', STRING: '', NUMBER: '0', JSON: '{}' };
/** What a new value of the type begins as. */
export function firstText(type: ValueType): string {
  return FIRST[type];
}
