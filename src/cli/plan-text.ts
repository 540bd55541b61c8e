import { styleText } from 'node:util';
import { sameJson, type Json, type JsonObject } from '../domain/json';
import type { PropertyCondition, Rule } from '../domain/rule';
import { conditionText, ruleText } from '../domain/rule-words';

/** A step as the server tells it. */
export interface PlannedStep {
  readonly command: string;
  readonly kind: string;
  readonly name: string;
  readonly sentence: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

type Color = 'green' | 'red' | 'yellow' | 'bold' | 'dim';
/** Paints a text, or leaves it as it is. */
export type Paint = (color: Color, text: string) => string;

export const painter =
  (colors: boolean): Paint =>
  (color, text) =>
    colors ? styleText(color, text, { validateStream: false }) : text;

const SIGNS = { created: ['+', 'green'], archived: ['-', 'red'], changed: ['~', 'yellow'] } as const;

function changeOf({ before, after }: PlannedStep): keyof typeof SIGNS {
  if (before === null) return 'created';
  return after === null ? 'archived' : 'changed';
}

/** A step as lines: what it does, and under it, field by field, what comes, goes, and changes into what. */
export function stepLines(step: PlannedStep, paint: Paint): readonly string[] {
  const { kind, name, command, before, after } = step;
  const change = changeOf(step);
  const [sign, color] = SIGNS[change];
  const title = paint(color, `${sign} ${kind.toLowerCase()} ${JSON.stringify(name)}`);
  return [`${title}  ${paint('dim', command)}`, ...(after === null ? [] : fieldLines(before ?? {}, after, change === 'created', paint))];
}

function fieldLines(before: JsonObject, after: JsonObject, isNew: boolean, paint: Paint): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !sameJson(before[name], after[name]));
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (isNew) return isEmpty(is) || name === 'name' || name === 'archived' ? [] : block(name, '+', itemsOf(name, is), paint);
    if (!Array.isArray(was) && !Array.isArray(is))
      return [`    ${name}: ${paint('red', words(name, was))} -> ${paint('green', words(name, is))}`];
    const [left, right] = [itemsOf(name, was), itemsOf(name, is)];
    const same = left.length === right.length && [...left].sort().join('\n') === [...right].sort().join('\n');
    if (same) return [`    ${name}: ${paint('yellow', 'in another order')}`, ...right.map((item) => `      ${item}`)];
    return [
      `    ${name}:`,
      ...without(left, right).map((item) => paint('red', `      - ${item}`)),
      ...without(right, left).map((item) => paint('green', `      + ${item}`)),
    ];
  });
}

function block(name: string, sign: string, items: readonly string[], paint: Paint): readonly string[] {
  const [only] = items;
  if (items.length === 1 && only !== undefined) return [`    ${name}: ${paint('green', only)}`];
  return [`    ${name}:`, ...items.map((item) => paint('green', `      ${sign} ${item}`))];
}

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0) || value === null;

const itemsOf = (name: string, value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.map((item) => words(name, item as Json)) : [words(name, value)];

/** The items that the others do not have, as often as they lack them. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return items.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A rule and a filter as a sentence, a share as a percentage; everything else as JSON says it. */
function words(name: string, value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (name === 'rule') return ruleText(value as unknown as Rule);
  if (name === 'filters') return conditionText(value as unknown as PropertyCondition);
  if (name === 'audience') return value === null ? 'everyone' : JSON.stringify(value);
  if (name === 'traffic') return share(value);
  if (name === 'rows' || name === 'variants') return part(value as JsonObject);
  return JSON.stringify(value);
}

const share = (basisPoints: Json): string => `${Number(basisPoints) / 100} %`;

/** A row or a variant on one line. */
function part({ segment, name, control, percentage, weight, value, values }: JsonObject): string {
  const who =
    name === undefined ? (segment === null || segment === undefined ? 'everyone' : JSON.stringify(segment)) : JSON.stringify(name);
  const size = percentage ?? weight;
  const given = control === true ? 'control' : JSON.stringify(value === undefined ? values : value);
  return `${who}${size === undefined ? '' : ` ${share(size)}`}: ${given}`;
}

/** `3 keys created, 1 flag changed`: each thing counted once, by what becomes of it in the end. */
export function countText(steps: readonly PlannedStep[]): string {
  const ends = new Map<string, { readonly kind: string; readonly before: boolean; readonly after: boolean }>();
  for (const { kind, name, before, after } of steps) {
    const id = `${kind} ${name}`;
    ends.set(id, { kind: kind.toLowerCase(), before: ends.get(id)?.before ?? before !== null, after: after !== null });
  }
  const counts = new Map<string, number>();
  for (const { kind, before, after } of ends.values()) {
    const what = `${kind} ${!after ? 'archived' : before ? 'changed' : 'created'}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => `${count} ${count === 1 ? what : what.replace(' ', 's ')}`).join(', ');
}
