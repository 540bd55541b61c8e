import { isAt } from '../api/problem';
import type { PropertyConditionInput, RuleInput } from '../generated/operations';
import { operandsOf, type Condition, type DidLeaf, type Group, type RuleNode } from './node';
import { operand, operands } from './operand';

/** A rule to send, and where in it each part of the page stands, so that a problem can be shown at its part. */
export interface Written {
  readonly rule: RuleInput;
  readonly paths: ReadonlyMap<string, string>;
}

export function writeRule(root: Group, at = 'rule'): Written {
  const paths = new Map<string, string>();
  const [only] = root.parts;
  const rule = root.parts.length === 1 && only !== undefined && !root.not ? write(only, at, paths) : write(root, at, paths);
  return { rule, paths };
}

function write(node: RuleNode, at: string, paths: Map<string, string>): RuleInput {
  const inside = node.not ? `${at}.not` : at;
  paths.set(node.id, inside);
  const bare = writeBare(node, inside, paths);
  return node.not ? { not: bare } : bare;
}

function writeBare(node: RuleNode, at: string, paths: Map<string, string>): RuleInput {
  if (node.type === 'property') return { property: writeCondition(node) };
  if (node.type === 'group') {
    const parts = node.parts.map((part, index) => write(part, `${at}.${node.join}.${index}`, paths));
    return node.join === 'all' ? { all: parts } : { any: parts };
  }
  node.filters.forEach((filter, index) => paths.set(filter.id, `${at}.${node.type}.filters.${index}`));
  const { event } = node;
  const window = writeWindow(node);
  const filters = node.filters.length === 0 ? {} : { filters: node.filters.map(writeCondition) };
  return node.type === 'did' ? { did: { event, window, count: writeCount(node), ...filters } } : { didNot: { event, window, ...filters } };
}

function writeCount({ countKind, count, orNever }: DidLeaf) {
  const times = Math.trunc(Number(count));
  return countKind === 'atMost' ? { atMost: times, includeZero: orNever } : { [countKind]: times };
}

function writeWindow({ windowKind, days, from, to }: DidLeaf) {
  if (windowKind === 'ever') return { ever: true };
  return windowKind === 'between' ? { between: { from, to } } : { lastDays: Math.trunc(Number(days)) };
}

export function writeCondition({ name, operator, value, from, to }: Condition): PropertyConditionInput {
  const takes = operandsOf(operator);
  if (takes === 'none') return { name, operator };
  if (takes === 'many') return { name, operator, values: operands(value, operator) };
  if (takes === 'two') return { name, operator, from: operand(from, operator), to: operand(to, operator) };
  return { name, operator, value: operand(value, operator) };
}

/** Problems of the server by the part that they are about: the one whose path is the longest beginning of theirs. */
export function problemsByPart(
  problems: readonly { readonly path: string; readonly message: string }[],
  paths: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const places = [...paths].sort(([, a], [, b]) => b.length - a.length);
  for (const { path, message } of problems) {
    const place = places.find(([, at]) => isAt(path, at));
    if (place !== undefined) found.set(place[0], [...(found.get(place[0]) ?? []), message]);
  }
  return found;
}
