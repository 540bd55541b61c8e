import { instantOf } from '../../domain/instant';
import type { Operator } from '../../domain/rule';
import { allOf, anyValue, oneOf, otherwise, property, type Condition } from './condition';
import { bandOf, both, EVERY_DRAW, type Draw } from './draw';

/** Whom a condition of Remote Config takes: of the users of a condition, those of a draw. */
export interface FirebaseCondition {
  readonly condition: Condition;
  readonly draw: Draw;
}

const TEXT = `'[^']*'|"[^"]*"`;
const LIST = `\\[\\s*((?:${TEXT}|[-\\d.]+)(?:\\s*,\\s*(?:${TEXT}|[-\\d.]+))*)\\s*\\]`;
const KEYED = `app\\.(?:userProperty|customSignal)\\[(?:${TEXT})\\]`;
const ELEMENT = `${KEYED}|(?:app|device)\\.[A-Za-z]+`;

const EQUAL = new RegExp(`^(${ELEMENT})\\s*(==|!=)\\s*(${TEXT})$`);
const IN = new RegExp(`^(${ELEMENT})\\s+in\\s+${LIST}$`);
const METHOD = new RegExp(`^(${ELEMENT})\\.(==|!=|<=|>=|<|>|[A-Za-z]+)\\s*\\(\\s*${LIST}\\s*\\)$`);
const NUMBER = new RegExp(`^(${KEYED})\\s*(==|!=|<=|>=|<|>)\\s*(-?\\d+(?:\\.\\d+)?)$`);
const PERCENT = /^percent(?:\(('[^']*'|"[^"]*")\))?\s*(<=|<|>=|>)\s*(\d+(?:\.\d+)?)$/;
const BETWEEN = /^percent(?:\(('[^']*'|"[^"]*")\))?\s+between\s+(\d+(?:\.\d+)?)\s+and\s+(\d+(?:\.\d+)?)$/;
const FIRST_OPEN = /^app\.firstOpenTimestamp\s*(<=|<|>=|>)\s*\(\s*['"]([^'"]+)['"]\s*(?:,\s*['"](?:UTC|GMT)['"]\s*)?\)$/;

const ORDERS: { readonly [sign: string]: Operator } = { '<': 'LESS', '<=': 'AT_MOST', '>': 'GREATER', '>=': 'AT_LEAST', '==': 'EQUALS' };
const VERSIONS: { readonly [sign: string]: Operator } = {
  '<': 'VERSION_LESS',
  '<=': 'VERSION_AT_MOST',
  '>': 'VERSION_GREATER',
  '>=': 'VERSION_AT_LEAST',
  '==': 'VERSION_EQUALS',
};

/** https://firebase.google.com/docs/remote-config/condition-reference: terms joined by `&&`; or the term that has no counterpart. */
export function parseExpression(expression: string): FirebaseCondition | { readonly unknown: string } {
  let draw = EVERY_DRAW;
  const conditions: Condition[] = [];
  for (const term of terms(expression)) {
    const drawn = percent(term);
    if (drawn !== undefined) {
      draw = both(draw, drawn);
      continue;
    }
    const condition = termCondition(term);
    if (condition === undefined) return { unknown: term };
    conditions.push(condition);
  }
  return { condition: allOf(conditions), draw };
}

/** Split at `&&`, but not inside a text. */
function terms(expression: string): readonly string[] {
  const pieces = expression.match(/'[^']*'|"[^"]*"|&&|[^'"&]+|./gs) ?? [];
  const found = [''];
  for (const piece of pieces) {
    if (piece === '&&') found.push('');
    else found[found.length - 1] += piece;
  }
  return found.map((term) => term.trim());
}

/** Whom a draw takes; undefined for what is no draw. All draws without a seed of their own have one seed. */
function percent(term: string): Draw | undefined {
  const [, seed, low, high] = BETWEEN.exec(term) ?? [];
  if (low !== undefined && high !== undefined) return drawn(seed, Number(low), Number(high));
  const [, own, sign, value] = PERCENT.exec(term) ?? [];
  if (sign === undefined || value === undefined) return undefined;
  return sign.startsWith('<') ? drawn(own, 0, Number(value)) : drawn(own, Number(value), 100);
}

function drawn(seed: string | undefined, low: number, high: number): Draw {
  return new Map([[seed === undefined ? 'percent' : `percent ${unquoted(seed)}`, bandOf(low / 100, high / 100)]]);
}

function termCondition(term: string): Condition | undefined {
  if (term === 'true' || term === 'false') return term === 'true';
  const equal = EQUAL.exec(term);
  if (equal) return equality(nameOf(equal[1]), equal[2], unquoted(equal[3]));
  const among = IN.exec(term);
  if (among) return oneOf(nameOf(among[1]), list(among[2]));
  const method = METHOD.exec(term);
  if (method) return called(nameOf(method[1]), method[2] ?? '', list(method[3]));
  const number = NUMBER.exec(term);
  if (number) return numeric(nameOf(number[1]), number[2] ?? '', Number(number[3]));
  const opened = FIRST_OPEN.exec(term);
  return opened ? since(opened[1] ?? '', opened[2] ?? '') : undefined;
}

function equality(name: string, sign: string | undefined, value: string): Condition {
  const equals = property(name, 'EQUALS', value);
  return sign === '==' ? equals : otherwise(name, equals);
}

function numeric(name: string, sign: string, value: number): Condition | undefined {
  if (sign === '!=') return otherwise(name, property(name, 'EQUALS', value));
  return property(name, ORDERS[sign] ?? 'EQUALS', value);
}

/** Methods take any of their values. A version or build is compared as dotted numbers, a user's property as a number. */
function called(name: string, method: string, values: readonly string[]): Condition | undefined {
  if (method === 'exactlyMatches') return oneOf(name, values);
  if (method === 'contains') return anyValue(name, 'CONTAINS', values);
  if (method === 'notContains') return otherwise(name, anyValue(name, 'CONTAINS', values));
  if (method === 'matches') return anyValue(name, 'MATCHES', values);
  const versions = name === 'app.version' || name === 'app.build';
  if (!versions || !values.every((value) => /^\d+(\.\d+)*$/.test(value))) return undefined;
  if (method === '!=') return otherwise(name, anyValue(name, 'VERSION_EQUALS', values));
  const operator = Object.hasOwn(VERSIONS, method) ? VERSIONS[method] : undefined;
  return operator === undefined ? undefined : anyValue(name, operator, values);
}

/** Firebase's times without a zone are in GMT. */
function since(sign: string, time: string): Condition | undefined {
  const instant = instantOf(time) === undefined ? `${time}Z` : time;
  return instantOf(instant) === undefined ? undefined : property('app.firstOpenTimestamp', ORDERS[sign] ?? 'LESS', instant);
}

/** Properties by the names that this project reserves; a user property or custom signal has its own. */
function nameOf(element: string | undefined = ''): string {
  const [, key] = /\[(.*)\]$/.exec(element) ?? [];
  if (key !== undefined) return unquoted(key);
  return element === 'device.country' ? 'geo.country' : element;
}

function list(values: string | undefined = ''): readonly string[] {
  return (values.match(new RegExp(`${TEXT}|[-\\d.]+`, 'g')) ?? []).map(unquoted);
}

function unquoted(text: string | undefined = ''): string {
  return /^['"]/.test(text) ? text.slice(1, -1) : text;
}
