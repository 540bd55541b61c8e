import type { Json } from './json';
import { KNOWN_PROPERTIES, knownBeside, type PropertyType } from './known-properties';
import type { Problem } from './refusal';
import type { PropertyCondition, Rule } from './rule';
import { conditionText, markedRule } from './rule-words';
import { excerpt } from './text';
import { plainText, textParts, type TextPart } from './text-part';

/* What is to be said of a rule that may be stored, for its author to see before it is. */

/** One condition of a rule: its place, and its own words. */
export interface ConditionText {
  readonly path: string;
  readonly text: string;
  /** The same, in parts that can be linked. */
  readonly parts: readonly TextPart[];
}

/** `marked`: its words with their parts set off (text-part.ts). */
export function conditionAt(path: string, marked: string): ConditionText {
  return { path, text: plainText(marked), parts: textParts(marked) };
}

/** One event or property that a rule asks for. */
export interface Mention {
  readonly event?: string;
  readonly property?: PropertyCondition;
  readonly path: string;
}

/** The conditions of a rule that was checked, in order. A condition on behaviour is one, with its filters. */
export function conditionsOf(rule: Rule, path: string): readonly ConditionText[] {
  return leaves(rule, path).map(([leaf, at]) => conditionAt(at, markedRule(leaf)));
}

/** Every event and property in a rule that was checked, filters included. */
export function mentionsOf(rule: Rule, path: string): readonly Mention[] {
  return leaves(rule, path).flatMap(([leaf, at]): readonly Mention[] => {
    if ('property' in leaf) return [{ property: leaf.property, path: at }];
    const { event, filters = [] } = 'did' in leaf ? leaf.did : leaf.didNot;
    return [{ event, path: at }, ...filters.map((property, index) => ({ event, property, path: `${at}.filters.${index}` }))];
  });
}

type Leaf = Exclude<Rule, { readonly all: unknown } | { readonly any: unknown } | { readonly not: unknown }>;

function leaves(rule: Rule, path: string): readonly (readonly [Leaf, string])[] {
  if ('all' in rule) return rule.all.flatMap((part, index) => leaves(part, `${path}.all.${index}`));
  if ('any' in rule) return rule.any.flatMap((part, index) => leaves(part, `${path}.any.${index}`));
  if ('not' in rule) return leaves(rule.not, `${path}.not`);
  return [[rule, `${path}.${Object.keys(rule)[0]}`]];
}

/** What is allowed and hardly meant, each where it is: of properties of users, since those of events have names of the app alone. */
export function warningsOf(rule: Rule, path: string): readonly Problem[] {
  return mentionsOf(rule, path).flatMap(({ event, property, path: at }) =>
    event !== undefined || property === undefined ? [] : warnings(property, at),
  );
}

function warnings(condition: PropertyCondition, path: string): readonly Problem[] {
  const { name } = condition;
  const beside = knownBeside(name);
  if (beside.length > 0) {
    return [{ path: `${path}.name`, message: `"${excerpt(name)}" is not one of the known properties: ${beside.join(', ')}` }];
  }
  const known = KNOWN_PROPERTIES.get(name);
  const wrong = known && operandsOf(condition).find((operand) => typeOfOperand(operand) !== known.type);
  if (known === undefined || wrong === undefined || isDateOrVersion(condition)) return [];
  return [{ path, message: `"${name}" has values of the type ${known.type}, so "${conditionText(condition)}" matches no user` }];
}

/** Strings that are compared as dates or versions are still strings. */
const isDateOrVersion = ({ operator }: PropertyCondition): boolean => operator.startsWith('VERSION_');

function operandsOf({ value, values, from, to }: PropertyCondition): readonly Json[] {
  return [value, ...(values ?? []), from, to].filter((operand) => operand !== undefined);
}

/** The type that a property must have to be equal to this. */
export function typeOfOperand(operand: Json): PropertyType {
  return typeof operand === 'number' ? 'NUMBER' : typeof operand === 'boolean' ? 'BOOLEAN' : 'STRING';
}
