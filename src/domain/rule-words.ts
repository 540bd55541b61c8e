import type { Count, DidCondition, DidNotCondition, PropertyCondition, Rule, Window } from './rule';
import type { Json } from './json';
import { KNOWN_PROPERTIES } from './known-properties';
import { eventText as eventName, plainText, propertyText, textParts, valueText, type TextPart } from './text-part';

/** Texts longer than this are cut, and lists longer than that are counted: the words are for reading, the rule is beside them. */
const LONGEST_TEXT = 80;
const LONGEST_LIST = 5;
const LIST_START = 3;

/** Text that reads as itself without quotes. A number or a word that the sentence uses could be taken for something else. */
const PLAIN = /^[\p{L}\p{N}_$](?:[\p{L}\p{M}\p{N}_$.:@/+' -]*[\p{L}\p{M}\p{N}_$%+])?$/u;
const OUR_WORDS =
  /(?:^|\s)(?:and|or|not|is|did|do|does|with|in|of|one|none|more|than|earlier|later|version|between|contains|starts|ends|matches|exists?|true|false|at|exactly|ever)(?:\s|$)/iu;

type Phrase = (condition: PropertyCondition) => string;

const PHRASES: { readonly [operator in PropertyCondition['operator']]: Phrase } = {
  EQUALS: ({ value }) => `is ${word(value)}`,
  NOT_EQUALS: ({ value }) => `is not ${word(value)}`,
  IN: ({ values }) => `is one of ${list(values)}`,
  NOT_IN: ({ values }) => `is none of ${list(values)}`,
  CONTAINS: ({ value }) => `contains ${valueText(quote(value))}`,
  STARTS_WITH: ({ value }) => `starts with ${valueText(quote(value))}`,
  ENDS_WITH: ({ value }) => `ends with ${valueText(quote(value))}`,
  MATCHES: ({ value }) => `matches ${valueText(`/${oneLine(cut(String(value)))}/`)}`,
  LESS: ({ value }) => `< ${word(value)}`,
  AT_MOST: ({ value }) => `<= ${word(value)}`,
  GREATER: ({ value }) => `> ${word(value)}`,
  AT_LEAST: ({ value }) => `>= ${word(value)}`,
  BETWEEN: ({ from, to }) => `is between ${word(from)} and ${word(to)}`,
  EXISTS: () => 'exists',
  NOT_EXISTS: () => 'does not exist',
  VERSION_LESS: ({ value }) => `is earlier than ${valueText(oneLine(cut(String(value))))}`,
  VERSION_AT_MOST: ({ value }) => `is ${valueText(oneLine(cut(String(value))))} or earlier`,
  VERSION_EQUALS: ({ value }) => `is version ${valueText(oneLine(cut(String(value))))}`,
  VERSION_AT_LEAST: ({ value }) => `is ${valueText(oneLine(cut(String(value))))} or later`,
  VERSION_GREATER: ({ value }) => `is later than ${valueText(oneLine(cut(String(value))))}`,
};

/** A rule in plain words, on one line, for people to read: not a language, and nothing reads it back. */
export function ruleText(rule: Rule): string {
  return plainText(markedRule(rule));
}

/** The same, in its parts. */
export function ruleParts(rule: Rule): readonly TextPart[] {
  return textParts(markedRule(rule));
}

/** One condition on a property in plain words, such as `price > 10`. */
export function conditionText(condition: PropertyCondition): string {
  return plainText(markedCondition(condition));
}

/** A rule in words, with its parts set off. */
export function markedRule(rule: Rule): string {
  if ('all' in rule) return rule.all.map((part) => inside(part, 'any', rule.all.length)).join(' and ');
  if ('any' in rule) return rule.any.map((part) => inside(part, 'all', rule.any.length)).join(' or ');
  if ('not' in rule) return `not (${markedRule(rule.not)})`;
  if ('property' in rule) return markedCondition(rule.property);
  if ('did' in rule) return didText(rule.did);
  return `did not do ${eventText(rule.didNot)} ${windowText(rule.didNot.window)}`;
}

/** One condition in words, with its parts set off. */
export function markedCondition(condition: PropertyCondition): string {
  const { name, operator } = condition;
  return `${propertyText(name, KNOWN_PROPERTIES.get(name)?.words ?? shown(name))} ${PHRASES[operator](condition)}`;
}

/** A part of a list of `count`: in parentheses where its own joining word would be read with its neighbours. */
function inside(part: Rule, other: 'all' | 'any', count: number): string {
  const text = markedRule(part);
  return count > 1 && joiner(part) === other ? `(${text})` : text;
}

/** Which word joins the rule's text at its outermost; a list of one part reads as that part. */
function joiner(rule: Rule): 'all' | 'any' | undefined {
  const [name, parts] = 'all' in rule ? (['all', rule.all] as const) : 'any' in rule ? (['any', rule.any] as const) : [];
  if (name === undefined) return undefined;
  const [only, ...others] = parts;
  return others.length === 0 && only !== undefined ? joiner(only) : name;
}

function didText(condition: DidCondition): string {
  const { count, window } = condition;
  const once = count === undefined || ('atLeast' in count && count.atLeast === 1);
  return `did ${eventText(condition)} ${once ? '' : `${countText(count)} `}${windowText(window)}`;
}

function eventText({ event, filters = [] }: DidCondition | DidNotCondition): string {
  const texts = filters.map((filter) => markedCondition(filter));
  if (texts.length === 0) return eventName(event);
  return texts.length === 1 ? `${eventName(event)} with ${texts[0]}` : `${eventName(event)} (with ${texts.join(' and ')})`;
}

function countText(count: Count): string {
  if ('atLeast' in count) return `at least ${times(count.atLeast)}`;
  if ('exactly' in count) return `exactly ${times(count.exactly)}`;
  return `at most ${times(count.atMost)}${count.includeZero === true ? ' (or never)' : ''}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count.toLocaleString('en')} times`;
}

function windowText(window: Window): string {
  if ('ever' in window) return 'ever';
  if ('lastDays' in window) return window.lastDays === 1 ? 'in the last day' : `in the last ${window.lastDays.toLocaleString('en')} days`;
  return `between ${window.between.from} and ${window.between.to}`;
}

function list(values: readonly Json[] = []): string {
  const long = values.length > LONGEST_LIST;
  const some = values.slice(0, long ? LIST_START : LONGEST_LIST);
  // All texts of a list are quoted or none: of one alone it would look as if the quotes were part of it.
  const isQuoted = some.some((value) => typeof value === 'string' && !isPlain(value));
  const words = some.map((value) => (isQuoted && typeof value === 'string' ? valueText(quote(value)) : word(value)));
  return `${words.join(', ')}${long ? ` and ${(values.length - LIST_START).toLocaleString('en')} more` : ''}`;
}

function word(value: Json | undefined): string {
  return valueText(shown(value));
}

function shown(value: Json | undefined): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : quote(value);
}

function isPlain(text: string): boolean {
  return text.length <= LONGEST_TEXT && PLAIN.test(text) && !OUR_WORDS.test(text) && Number.isNaN(Number(text));
}

function quote(value: Json | undefined): string {
  return oneLine(JSON.stringify(cut(String(value))));
}

function cut(text: string): string {
  const characters = [...text.slice(0, LONGEST_TEXT * 2 + 1)];
  return characters.length > LONGEST_TEXT ? `${characters.slice(0, LONGEST_TEXT - 1).join('')}…` : text;
}

/** Written out as escapes: what would break the line, and what would change how it is read (direction and invisible characters). */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
