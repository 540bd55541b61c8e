import type { PropertyCondition, Rule } from '../domain/rule';
import { CompiledCounter, countTest, NOT_FILLED } from './counted';
import { counterOf } from './counter';
import { own, type Subject } from './subject';
import { valueTest } from './value-test';

/** The counters of a ruleset by id: rules that count the same thing share one. */
export type CounterTable = Map<string, CompiledCounter>;

type Test = (subject: Subject) => boolean;

/** A rule compiled into closures. What it says of a subject is found out once, in whatever number of rows and experiments the rule is. */
export class RuleTest {
  readonly counters: readonly CompiledCounter[];
  private readonly test: Test;
  private pass = 0;
  private result = false;

  constructor(
    readonly rule: Rule,
    table: CounterTable,
  ) {
    const counters = new Set<CompiledCounter>();
    const test = compile(rule, (condition) => {
      const descriptor = counterOf(condition);
      const counter = table.get(descriptor.id) ?? new CompiledCounter(descriptor);
      table.set(descriptor.id, counter);
      counters.add(counter);
      return counter;
    });
    this.counters = [...counters];
    this.test = counters.size === 0 ? test : (subject) => this.isCounted(subject) && test(subject);
  }

  matches(subject: Subject): boolean {
    if (this.pass !== subject.pass) {
      this.pass = subject.pass;
      this.result = this.test(subject);
    }
    return this.result;
  }

  /** V3, V6: a rule on behaviour matches no request without a user id, and none while one of its counters is not filled, under `not` too. */
  private isCounted(subject: Subject): boolean {
    if (subject.userId === undefined) return false;
    for (const counter of this.counters) if (counter.count(subject) === NOT_FILLED) return false;
    return true;
  }
}

type FindCounter = (condition: Parameters<typeof counterOf>[0]) => CompiledCounter;

function compile(rule: Rule, find: FindCounter): Test {
  if ('all' in rule) return all(rule.all.map((part) => compile(part, find)));
  if ('any' in rule) return any(rule.any.map((part) => compile(part, find)));
  if ('not' in rule) {
    const test = compile(rule.not, find);
    return (subject) => !test(subject);
  }
  if ('property' in rule) return propertyTest(rule.property);
  const counter = find('did' in rule ? rule.did : rule.didNot);
  if ('didNot' in rule) return (subject) => counter.count(subject) === 0;
  const often = countTest(rule.did.count);
  return (subject) => often(counter.count(subject));
}

function propertyTest(condition: PropertyCondition): Test {
  const { name } = condition;
  const test = valueTest(condition);
  if (name in Object.prototype) return ({ given, stored }) => test(own(given, name) ?? own(stored, name));
  return ({ given, stored }) => test(given[name] ?? stored[name]);
}

/** Short lists, which most are, are written out: that is faster than a loop. */
function all(tests: readonly Test[]): Test {
  const [a, b, c, d] = tests as [Test, Test, Test, Test];
  if (tests.length === 1) return a;
  if (tests.length === 2) return (subject) => a(subject) && b(subject);
  if (tests.length === 3) return (subject) => a(subject) && b(subject) && c(subject);
  if (tests.length === 4) return (subject) => a(subject) && b(subject) && c(subject) && d(subject);
  return (subject) => {
    for (const test of tests) if (!test(subject)) return false;
    return true;
  };
}

function any(tests: readonly Test[]): Test {
  const [a, b, c, d] = tests as [Test, Test, Test, Test];
  if (tests.length === 1) return a;
  if (tests.length === 2) return (subject) => a(subject) || b(subject);
  if (tests.length === 3) return (subject) => a(subject) || b(subject) || c(subject);
  if (tests.length === 4) return (subject) => a(subject) || b(subject) || c(subject) || d(subject);
  return (subject) => {
    for (const test of tests) if (test(subject)) return true;
    return false;
  };
}
