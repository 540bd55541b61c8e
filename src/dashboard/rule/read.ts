import type { Operator } from '../generated/operations';
import type { Condition, DidLeaf, Group, RuleNode } from './node';
import { operandsText, operandText } from './operand';

interface StoredCondition {
  readonly name: string;
  readonly operator: Operator;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  readonly from?: unknown;
  readonly to?: unknown;
}
interface StoredDid {
  readonly event: string;
  readonly count?: { readonly atLeast?: number; readonly atMost?: number; readonly exactly?: number; readonly includeZero?: boolean };
  readonly window: { readonly lastDays?: number; readonly between?: { readonly from: string; readonly to: string }; readonly ever?: true };
  readonly filters?: readonly StoredCondition[];
}
/** A rule as the API gives it. */
export interface StoredRule {
  readonly all?: readonly StoredRule[];
  readonly any?: readonly StoredRule[];
  readonly not?: StoredRule;
  readonly property?: StoredCondition;
  readonly did?: StoredDid;
  readonly didNot?: StoredDid;
}

/** A stored rule as it is edited: a group at its outermost, so that there is always a place for another condition. */
export function readRule(rule: StoredRule): Group {
  const node = read(rule, 'r', false);
  return node.type === 'group' ? node : { id: 'root', type: 'group', not: false, join: 'all', parts: [node] };
}

function read(rule: StoredRule, id: string, not: boolean): RuleNode {
  if (rule.not !== undefined) {
    const inner = read(rule.not, `${id}.n`, true);
    // What is not (not ...) keeps both: the rule is shown as it is stored.
    return not ? { id, type: 'group', not, join: 'all', parts: [inner] } : inner;
  }
  const parts = rule.all ?? rule.any;
  if (parts !== undefined) {
    const join = rule.all === undefined ? 'any' : 'all';
    return { id, type: 'group', not, join, parts: parts.map((part, at) => read(part, `${id}.${at}`, false)) };
  }
  if (rule.property !== undefined) return { ...readCondition(rule.property, id), type: 'property', not };
  const did = rule.did ?? rule.didNot;
  if (did === undefined) throw new Error('This rule has a part that this page does not know: reload it.');
  return readDid(did, rule.did === undefined ? 'didNot' : 'did', id, not);
}

function readDid(did: StoredDid, type: DidLeaf['type'], id: string, not: boolean): DidLeaf {
  const { count = { atLeast: 1 }, window, filters = [] } = did;
  const countKind = count.exactly !== undefined ? 'exactly' : count.atMost !== undefined ? 'atMost' : 'atLeast';
  return {
    id,
    type,
    not,
    event: did.event,
    countKind,
    count: String(count[countKind] ?? 1),
    orNever: count.includeZero === true,
    windowKind: window.ever === true ? 'ever' : window.between === undefined ? 'lastDays' : 'between',
    days: String(window.lastDays ?? 30),
    from: window.between?.from ?? '',
    to: window.between?.to ?? '',
    filters: filters.map((filter, at) => readCondition(filter, `${id}.f${at}`)),
  };
}

export function readCondition({ name, operator, value, values, from, to }: StoredCondition, id: string): Condition {
  const text = values === undefined ? operandText(value, operator) : operandsText(values, operator);
  return { id, name, operator, value: text, from: operandText(from, operator), to: operandText(to, operator) };
}
