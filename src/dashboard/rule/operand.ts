import type { Operator } from '../generated/operations';
import { takesText } from './node';

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A stored operand as it is typed: text that would be read as something else stands in quotes. */
export function operandText(value: unknown, operator: Operator): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return takesText(operator) || operand(value, operator) === value ? value : JSON.stringify(value);
}

/** What is typed as the operand that is meant: `true`, a number, or text; in quotes it is text in any case. */
export function operand(text: string, operator: Operator): unknown {
  if (takesText(operator)) return text;
  const typed = text.trim();
  if (typed === 'true') return true;
  if (typed === 'false') return false;
  if (NUMBER.test(typed)) return Number(typed);
  if (/^".*"$/s.test(typed)) {
    try {
      return JSON.parse(typed) as unknown;
    } catch {
      return typed;
    }
  }
  return typed;
}

const ITEM = /\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)/gy;

/** Operands separated by commas; a comma inside quotes is part of its operand. */
export function operands(text: string, operator: Operator): unknown[] {
  const items = [...text.matchAll(ITEM)].map(([, item = '']) => item.trim());
  return items.filter((item) => item !== '').map((item) => operand(item, operator));
}

export function operandsText(values: readonly unknown[], operator: Operator): string {
  return values
    .map((value) => {
      const text = operandText(value, operator);
      return text.includes(',') && !text.startsWith('"') ? JSON.stringify(text) : text;
    })
    .join(', ');
}
