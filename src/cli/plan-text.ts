import { styleText } from 'node:util';
import { sameJson, type Json, type JsonObject } from '../domain/json';
import type { PropertyCondition, Rule } from '../domain/rule';
import { conditionText, ruleText } from '../domain/rule-words';
import type { PlannedChange } from './plan-changes';
import type { Obstacle } from './planning';

type Color = 'green' | 'red' | 'yellow' | 'bold' | 'dim';
/** Paints a text, or leaves it as it is. */
export type Paint = (color: Color, text: string) => string;

export const painter =
  (colors: boolean): Paint =>
  (color, text) =>
    colors ? styleText(color, text, { validateStream: false }) : text;

const SIGNS = { created: ['+', 'green'], restored: ['+', 'green'], changed: ['~', 'yellow'], archived: ['-', 'red'] } as const;

/** What becomes of a thing, as lines: by which commands, and under it, field by field, what comes, goes, and changes into what. */
export function changeLines({ kind, name, action, commands, before, after }: PlannedChange, paint: Paint): readonly string[] {
  const [sign, color] = SIGNS[action];
  const title = paint(color, `${sign} ${kind} ${JSON.stringify(name)}`);
  return [
    `${title}  ${paint('dim', commands.join(', '))}`,
    ...(after === null ? [] : fieldLines(before ?? {}, after, before === null, paint)),
  ];
}

/** What a plan cannot do, as lines: each field as it is and as the file says, why it cannot be, and what to do instead. */
export function obstacleLines({ kind, name, command, message, changes, wayOut }: Obstacle, paint: Paint): readonly string[] {
  return [
    `${paint('red', `! ${kind.toLowerCase()} ${JSON.stringify(name)}`)}  ${paint('dim', command)}`,
    ...changes.map((change) => {
      const before = change.kind === 'ADDED' ? 'nothing' : fieldWords(change.path, change.before);
      const after = change.kind === 'REMOVED' ? 'nothing' : fieldWords(change.path, change.after);
      return `    ${change.path}: ${paint('red', before)} -> ${paint('green', after)}`;
    }),
    `    ${message}`,
    `    ${paint('bold', wayOut)}`,
  ];
}

/** A value at a path: a share as a percentage, a whole rule or part as a sentence, everything else as JSON says it. */
function fieldWords(path: string, value: Json): string {
  if (typeof value === 'number' && /(^|\.)(percentage|weight|traffic)$/.test(path)) return share(value);
  if (path === 'audience') return words('audience', value);
  return JSON.stringify(value);
}

function fieldLines(before: JsonObject, after: JsonObject, isNew: boolean, paint: Paint): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => isNew || !sameJson(before[name], after[name]),
  );
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (isNew) return isUsual(name, is) ? [] : block(name, '+', itemsOf(name, is), paint);
    if (!LISTS.has(name)) return [`    ${name}: ${paint('red', words(name, was))} -> ${paint('green', words(name, is))}`];
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

/** Fields that are lists: what a key has for its default may be one, and is a value. */
const LISTS = new Set(['keys', 'goals', 'filters', 'rows', 'variants']);

/** What goes without saying of a thing that is new. A default never does: an empty text, list or null is a value. */
function isUsual(name: string, value: Json | undefined): boolean {
  if (name === 'name' || name === 'archived' || value === undefined) return true;
  if (name === 'default') return false;
  return value === '' || value === null || (Array.isArray(value) && value.length === 0);
}

const itemsOf = (name: string, value: Json | undefined): readonly string[] =>
  LISTS.has(name) && Array.isArray(value) ? value.map((item) => words(name, item as Json)) : [words(name, value)];

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

const share = (percent: Json): string => `${Number(percent)} %`;

/** A row or a variant on one line. */
function part({ segment, name, control, percentage, weight, value, values }: JsonObject): string {
  const who =
    name === undefined ? (segment === null || segment === undefined ? 'everyone' : JSON.stringify(segment)) : JSON.stringify(name);
  const size = percentage ?? weight;
  const given = control === true ? 'control' : JSON.stringify(value === undefined ? values : value);
  return `${who}${size === undefined ? '' : ` ${share(size)}`}: ${given}`;
}
