import type { Json } from '../../domain/json';
import type { Operator } from '../../domain/rule';
import { allOf, anyOf, dottedVersion, notOf, oneOf, property, type Condition, type Lose } from './condition';
import { excerpt } from '../../domain/text';

/** How many nodes are looked at in one flag: references may otherwise make a small text stand for a large one. */
const NODES = 2_000;

export type Evaluators = { readonly [name: string]: unknown };

const COMPARISONS: { readonly [name: string]: Operator } = { '<': 'LESS', '<=': 'AT_MOST', '>': 'GREATER', '>=': 'AT_LEAST' };
const FLIPPED: { readonly [name: string]: string } = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const VERSIONS: { readonly [name: string]: Operator } = {
  '=': 'VERSION_EQUALS',
  '<': 'VERSION_LESS',
  '<=': 'VERSION_AT_MOST',
  '>': 'VERSION_GREATER',
  '>=': 'VERSION_AT_LEAST',
};

/** The conditions of flagd's JsonLogic that are about the user: a missing value is equal to nothing there, and "not" takes users who lack it. */
export class JsonLogic {
  private nodes = 0;

  constructor(
    private readonly evaluators: Evaluators,
    private readonly lose: Lose,
    /** Which of the evaluators have been referred to. */
    private readonly used: Set<string>,
  ) {}

  /** Whether it has stopped looking: what follows is not read. */
  get exhausted(): boolean {
    return this.nodes >= NODES;
  }

  /** The one operator of a node and its arguments, references followed; undefined for what is no operation. */
  operation(node: unknown): readonly [operator: string, args: readonly unknown[]] | undefined {
    if (node === null || typeof node !== 'object' || Array.isArray(node)) return undefined;
    const [[operator, args] = [], ...others] = Object.entries(node);
    if (operator === undefined || others.length > 0) return undefined;
    return [operator, Array.isArray(args) ? args : [args]];
  }

  /** What a node stands for, or undefined where it refers to nothing, to itself, or to too much. */
  follow(node: unknown, path: string): unknown {
    let followed = node;
    for (;;) {
      if ((this.nodes += 1) === NODES)
        this.lose(path, `and all after it is left out: a flag's targeting is read up to ${NODES} nodes, references followed`);
      if (this.nodes >= NODES) return undefined;
      const [operator, args] = this.operation(followed) ?? [];
      if (operator !== '$ref') return followed;
      const name = String(args?.[0]).replace(/^.*\//, '');
      if (!Object.hasOwn(this.evaluators, name)) return this.no(path, `refers to "${excerpt(name)}", which is not among $evaluators`);
      this.used.add(name);
      followed = this.evaluators[name];
    }
  }

  condition(node: unknown, path: string): Condition | undefined {
    const followed = this.follow(node, path);
    if (typeof followed === 'boolean') return followed;
    const [operator, args] = this.operation(followed) ?? [];
    if (operator === undefined || args === undefined) return this.no(path, 'is no condition on the user');
    const at = `${path}.${excerpt(operator)}`;
    if (operator === 'and' || operator === 'or') return this.several(operator, args, at);
    if (operator === '!' || operator === '!!') {
      const inner = this.condition(args[0], at);
      return inner === undefined ? undefined : operator === '!' ? notOf(inner) : inner;
    }
    if (operator === 'var') {
      const name = this.variable(followed, at);
      return name === undefined ? undefined : { property: { name, operator: 'NOT_IN', values: [false, 0, ''] } };
    }
    if (operator === '==' || operator === '===') return this.equality(args, at);
    if (operator === '!=' || operator === '!==') return negated(this.equality(args, at));
    if (operator in COMPARISONS) return this.comparison(operator, args, at);
    if (operator === 'in') return this.membership(args, at);
    if (operator === 'starts_with' || operator === 'ends_with') return this.text(operator, args, at);
    if (operator === 'sem_ver') return this.version(args, at);
    return this.no(at, `the operation "${excerpt(operator)}" has no counterpart`);
  }

  private several(operator: 'and' | 'or', args: readonly unknown[], path: string): Condition | undefined {
    const parts = args.map((arg, index) => this.condition(arg, `${path}.${index}`));
    if (parts.some((part) => part === undefined)) return undefined;
    return operator === 'and' ? allOf(parts as Condition[]) : anyOf(parts as Condition[]);
  }

  private variable(node: unknown, path: string): string | undefined {
    const [operator, args] = this.operation(node) ?? [];
    const [name, otherwise] = args ?? [];
    if (operator !== 'var' || typeof name !== 'string' || name === '')
      return this.no(path, 'compares something else than a value of the user');
    if (name.startsWith('$flagd.')) return this.no(path, `"${name}" is not known of a user here`);
    if (otherwise !== undefined && otherwise !== null) return this.no(path, 'a value for users who lack it has no counterpart');
    return name;
  }

  /** A value of the user and a constant, whichever comes first. */
  private pair([first, second]: readonly unknown[], path: string): { name: string; value: Json; turned: boolean } | undefined {
    const turned = this.operation(first)?.[0] !== 'var';
    const name = this.variable(turned ? second : first, path);
    const value = turned ? first : second;
    if (name === undefined) return undefined;
    if (value === undefined || (value !== null && typeof value === 'object'))
      return this.no(path, 'compares with something that is no constant');
    return { name, value: value as Json, turned };
  }

  private equality(args: readonly unknown[], path: string): Condition | undefined {
    const pair = this.pair(args, path);
    if (pair === undefined) return undefined;
    return pair.value === null ? property(pair.name, 'NOT_EXISTS') : property(pair.name, 'EQUALS', pair.value);
  }

  private comparison(operator: string, args: readonly unknown[], path: string): Condition | undefined {
    if (args.length === 3) {
      const parts = [this.comparison(operator, args.slice(0, 2), path), this.comparison(operator, args.slice(1), path)];
      return parts[0] === undefined || parts[1] === undefined ? undefined : allOf([parts[0], parts[1]]);
    }
    const pair = this.pair(args, path);
    if (pair === undefined) return undefined;
    if (typeof pair.value !== 'number') return this.no(path, 'compares the size of something that is no number');
    return property(pair.name, COMPARISONS[pair.turned ? (FLIPPED[operator] ?? operator) : operator] ?? 'LESS', pair.value);
  }

  private membership([needle, haystack]: readonly unknown[], path: string): Condition | undefined {
    if (Array.isArray(haystack)) {
      const name = this.variable(needle, path);
      if (name === undefined) return undefined;
      if (haystack.some((value) => value === null || typeof value === 'object'))
        return this.no(path, 'has a list of something else than constants');
      return oneOf(name, haystack as Json[]);
    }
    const name = this.variable(haystack, path);
    if (name === undefined) return undefined;
    return typeof needle === 'string' && needle !== ''
      ? property(name, 'CONTAINS', needle)
      : this.no(path, 'looks for something else than a text');
  }

  private text(operator: 'starts_with' | 'ends_with', [subject, end]: readonly unknown[], path: string): Condition | undefined {
    const name = this.variable(subject, path);
    if (name === undefined) return undefined;
    if (typeof end !== 'string' || end === '') return this.no(path, 'compares with something else than a text');
    return property(name, operator === 'starts_with' ? 'STARTS_WITH' : 'ENDS_WITH', end);
  }

  private version([subject, range, target]: readonly unknown[], path: string): Condition | undefined {
    const name = this.variable(subject, path);
    const version = dottedVersion(typeof target === 'string' ? target.replace(/^v/, '') : target);
    if (name === undefined) return undefined;
    if (version === undefined)
      return this.no(path, `the version ${excerpt(JSON.stringify(target) ?? '')} is not of numbers and dots alone`);
    if (range === '!=') return notOf(property(name, 'VERSION_EQUALS', version));
    if (range === '^' || range === '~') {
      const same = version.split('.').slice(0, range === '^' ? 1 : 2);
      const next = [...same.slice(0, -1), String(BigInt(same.at(-1) ?? '0') + 1n)];
      return allOf([property(name, 'VERSION_AT_LEAST', same.join('.')), property(name, 'VERSION_LESS', next.join('.'))]);
    }
    const operator = typeof range === 'string' && Object.hasOwn(VERSIONS, range) ? VERSIONS[range] : undefined;
    return operator === undefined ? this.no(path, 'compares versions in a way that is not known') : property(name, operator, version);
  }

  private no(path: string, message: string): undefined {
    this.lose(path, message);
    return undefined;
  }
}

function negated(condition: Condition | undefined): Condition | undefined {
  return condition === undefined ? undefined : notOf(condition);
}
