import type { Problem } from './refusal';
import { RULE_LIMITS } from './rule';
import { excerpt, kindOf } from './text';

/** A list that someone can act on; a hostile rule must not make an answer larger than itself. */
const MOST_PROBLEMS = 20;

/** What a check of one rule has found so far: its problems, the first 20 of them, and what it has had of the things that are rationed. */
export class Findings {
  readonly problems: Problem[] = [];
  leaves = 0;
  private patterns = 0;

  add(...problems: readonly Problem[]): void {
    this.problems.push(...problems.slice(0, MOST_PROBLEMS - this.problems.length));
  }

  /**
   * The object's own members that are there (null and undefined are not, as in GraphQL), or undefined if it is no object.
   * An unknown one is a problem: passed over in silence, a typing error would widen the segment.
   */
  members(value: unknown, path: string, known: readonly string[]): { readonly [name: string]: unknown } | undefined {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      this.add({ path, message: `must be an object with ${known.join(', ')}, not ${kindOf(value)}` });
      return undefined;
    }
    const members: { [name: string]: unknown } = Object.create(null);
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined || member === null) continue;
      if (known.includes(name)) members[name] = member;
      else this.add({ path: `${path}.${excerpt(name)}`, message: `is not known here: there is ${known.join(', ')}` });
    }
    return members;
  }

  /** The one member of a node that has exactly one. */
  only(value: unknown, path: string, known: readonly string[]): readonly [name: string, member: unknown] | undefined {
    const before = this.problems.length;
    const members = this.members(value, path, known);
    if (members === undefined) return undefined;
    const [first, ...others] = Object.entries(members);
    if (first !== undefined && others.length === 0) return first;
    if (this.problems.length === before) this.add({ path, message: `must have exactly one of ${known.join(', ')}` });
    return undefined;
  }

  /** Whether there is room for one more pattern of this length. Compiling is the one costly thing in a rule. */
  admitsPattern(length: number, path: string): boolean {
    const hadRoom = this.patterns <= RULE_LIMITS.patterns;
    this.patterns += length;
    if (this.patterns <= RULE_LIMITS.patterns) return true;
    const most = RULE_LIMITS.patterns.toLocaleString('en');
    if (hadRoom) this.add({ path, message: `all regular expressions of a rule must have at most ${most} characters together` });
    return false;
  }
}
