import type { DidCondition, Rule } from '../domain/rule';
import { ruleText } from '../domain/rule-words';
import { cellsAt, countersOf, type CounterDescriptor } from './counter';
import { own, type Subject } from './subject';
import { valueTrail } from './value-trail';

/** Why a rule matches a subject or not: each node of its tree, in words. */
export interface RuleTrail {
  readonly matched: boolean;
  /** `all of`, `any of`, `not`, or the condition in words. */
  readonly text: string;
  /** What was there instead, where a condition was not matched: `slicesLeft is a text, not a number`. */
  readonly instead?: string;
  /** Those inside `all`, `any` and `not`; each is looked at, also where the others have decided already. */
  readonly parts?: readonly RuleTrail[];
}

const NO_USER = 'no user id was given, so no behaviour is known';

/** The same as `RuleTest.matches`, by walking the tree (V4). */
export function ruleTrail(rule: Rule, subject: Subject): RuleTrail {
  const trail = nodeTrail(rule, subject);
  const unknown = countersIn(rule).length === 0 ? undefined : unknownBehaviour(rule, subject);
  return unknown === undefined ? trail : { ...trail, matched: false, instead: unknown };
}

/** V3, V6: why nothing that a rule on behaviour says can be relied on. */
function unknownBehaviour(rule: Rule, subject: Subject): string | undefined {
  if (subject.userId === undefined) return NO_USER;
  for (const { id, event } of countersIn(rule)) {
    const counter = subject.record.counters.get(id);
    if (counter === undefined) return `${event}: not counted yet`;
    if (counter.countingSince !== undefined) return `${event}: counting since ${new Date(counter.countingSince).toISOString()}`;
  }
  return undefined;
}

function nodeTrail(rule: Rule, subject: Subject): RuleTrail {
  if ('all' in rule) {
    const parts = rule.all.map((part) => nodeTrail(part, subject));
    return { matched: parts.every(({ matched }) => matched), text: 'all of', parts };
  }
  if ('any' in rule) {
    const parts = rule.any.map((part) => nodeTrail(part, subject));
    return { matched: parts.some(({ matched }) => matched), text: 'any of', parts };
  }
  if ('not' in rule) {
    const part = nodeTrail(rule.not, subject);
    return { matched: !part.matched, text: 'not', parts: [part] };
  }
  if ('property' in rule) {
    const { name } = rule.property;
    const value = own(subject.given, name) ?? own(subject.stored, name);
    return leaf(rule, valueTrail(rule.property, value));
  }
  return leaf(rule, behaviourTrail(rule, subject));
}

/** What follows from a rule alone, found out once: its words and its counters. */
const texts = new WeakMap<Rule, string>();
const counters = new WeakMap<Rule, readonly CounterDescriptor[]>();

function textOf(rule: Rule): string {
  const text = texts.get(rule) ?? ruleText(rule);
  texts.set(rule, text);
  return text;
}

function countersIn(rule: Rule): readonly CounterDescriptor[] {
  const found = counters.get(rule) ?? countersOf(rule);
  counters.set(rule, found);
  return found;
}

function leaf(rule: Rule, { matched, instead }: { readonly matched: boolean; readonly instead: string }): RuleTrail {
  return matched ? { matched, text: textOf(rule) } : { matched, text: textOf(rule), instead };
}

function behaviourTrail(rule: Extract<Rule, { did: unknown } | { didNot: unknown }>, subject: Subject) {
  const { id, window } = countersIn(rule)[0]!;
  const { after, upTo } = cellsAt(window, subject.hour);
  const cells = subject.record.counters.get(id)?.cells ?? [];
  const times = cells.reduce((sum, { at, count }) => (at > after && at <= upTo ? sum + count : sum), 0);
  const instead = times === 0 ? 'never did it' : times === 1 ? 'did it once' : `did it ${times.toLocaleString('en')} times`;
  return { matched: 'did' in rule ? isOften(rule.did, times) : times === 0, instead };
}

function isOften({ count }: DidCondition, times: number): boolean {
  if (count === undefined) return times > 0;
  if ('atLeast' in count) return times >= count.atLeast;
  if ('exactly' in count) return times === count.exactly;
  return times <= count.atMost && (times > 0 || count.includeZero === true);
}
