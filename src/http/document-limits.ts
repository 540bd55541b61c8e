import { Kind, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import type { QueryLimits } from './query-limits';

/** The longest alias: an answer repeats it with every item of a list. */
export const ALIAS_CHARACTERS = 100;
/** Fields of a document, fragments counted as often as they are spread. */
export const MOST_FIELDS = 10_000;
/** Fragments that can be reached from each selection set, in all: rules of validation walk them once for each. */
export const MOST_REACHED = 5_000;
/** Pairs of fields with the same response name in the same place: a rule of validation compares each pair. */
export const MOST_PAIRS = 10_000;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * What about a document is over a limit, in words; undefined: nothing. Asked before the rules of validation see it, since several of them take time
 * with the square of what they look at, or call themselves as often. The work here is bounded by the limits themselves.
 */
export function documentProblem(document: DocumentNode, limits: QueryLimits): string | undefined {
  const fragments: Fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const operations = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.selectionSet] : [],
  );
  const own = [...operations, ...[...fragments.values()].map(({ selectionSet }) => selectionSet)];
  return (
    aliasProblem(own, limits.aliases) ??
    reachProblem(own, fragments) ??
    depthProblem(operations, fragments, limits.depth) ??
    fieldProblem(operations, fragments, limits.depth)
  );
}

function aliasProblem(own: readonly SelectionSetNode[], limit: number): string | undefined {
  let aliases = 0;
  for (const { selections } of nested(own)) {
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD || selection.alias === undefined) continue;
      aliases += 1;
      if (selection.alias.value.length > ALIAS_CHARACTERS) {
        return `An alias has at most ${ALIAS_CHARACTERS} characters: "${selection.alias.value.slice(0, 20)}..." has ${selection.alias.value.length}.`;
      }
    }
  }
  if (aliases <= limit) return undefined;
  return `The query has ${aliases} aliases; at most ${limit} are allowed (QUERY_ALIASES). Use several requests.`;
}

function reachProblem(own: readonly SelectionSetNode[], fragments: Fragments): string | undefined {
  const spreads = new Map<SelectionSetNode, readonly string[]>();
  const spreadsOf = (set: SelectionSetNode): readonly string[] => {
    let names = spreads.get(set);
    if (names === undefined) spreads.set(set, (names = namesIn(set)));
    return names;
  };
  let all = 0;
  for (const set of nested(own)) {
    const reached = new Set(spreadsOf(set));
    for (const name of reached) {
      all += 1;
      if (all > MOST_REACHED) {
        return `The fragments of the document lead to one another more than ${MOST_REACHED} times, which is the limit. Spread fewer fragments in one another.`;
      }
      const below = fragments.get(name)?.selectionSet;
      if (below !== undefined) for (const more of spreadsOf(below)) reached.add(more);
    }
  }
  return undefined;
}

/** The fragments that are spread anywhere inside. */
function namesIn(set: SelectionSetNode): string[] {
  return nested([set]).flatMap(({ selections }) =>
    selections.flatMap((selection) => (selection.kind === Kind.FRAGMENT_SPREAD ? [selection.name.value] : [])),
  );
}

/** These selection sets and all inside them, without fragments. */
function nested(sets: readonly SelectionSetNode[]): SelectionSetNode[] {
  const all = [...sets];
  for (const { selections } of all) {
    for (const selection of selections) {
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) all.push(selection.selectionSet);
    }
  }
  return all;
}

function depthProblem(operations: readonly SelectionSetNode[], fragments: Fragments, limit: number): string | undefined {
  const measured = new Map<string, number>();
  const depth = Math.max(0, ...operations.map((set) => depthOf(set, fragments, measured)));
  if (depth <= limit) return undefined;
  return `The query is ${depth} levels deep; at most ${limit} are allowed (QUERY_DEPTH). Ask for less at once.`;
}

/**
 * How many fields are above the deepest one, itself counted. Every fragment is measured once, so spreads of spreads take no longer than
 * the text; one that is met while it is being measured (a cycle, which a rule of validation reports) counts as nothing.
 */
function depthOf(set: SelectionSetNode | undefined, fragments: Fragments, measured: Map<string, number>): number {
  let deepest = 0;
  for (const selection of set?.selections ?? []) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      if (!measured.has(name)) {
        measured.set(name, 0);
        measured.set(name, depthOf(fragments.get(name)?.selectionSet, fragments, measured));
      }
      deepest = Math.max(deepest, measured.get(name) ?? 0);
    } else {
      const below = depthOf(selection.selectionSet, fragments, measured);
      deepest = Math.max(deepest, selection.kind === Kind.FIELD ? below + 1 : below);
    }
  }
  return deepest;
}

function fieldProblem(operations: readonly SelectionSetNode[], fragments: Fragments, depth: number): string | undefined {
  let fields = 0;
  let pairs = 0;
  // Selection sets that are merged into one object of the answer are looked at together, as the rule about overlapping fields does.
  let level: (readonly SelectionSetNode[])[] = operations.map((set) => [set]);
  // A cycle of fragments has no end of levels; a rule of validation reports it.
  for (let at = 0; at <= depth && level.length > 0; at += 1) {
    const below: (readonly SelectionSetNode[])[] = [];
    for (const sets of level) {
      for (const same of fieldsByName(sets, fragments)) {
        fields += same.length;
        pairs += (same.length * (same.length - 1)) / 2;
        if (fields > MOST_FIELDS) {
          return `The query asks for more than ${MOST_FIELDS} fields, fragments counted as often as they are spread.`;
        }
        if (pairs > MOST_PAIRS) {
          return `The query asks for the same fields again and again: more than ${MOST_PAIRS} pairs of them would have to be compared. Ask for each once.`;
        }
        const inside = same.flatMap(({ selectionSet }) => selectionSet ?? []);
        if (inside.length > 0) below.push(inside);
      }
    }
    level = below;
  }
  return undefined;
}

/** The fields of one object of the answer, those with the same response name together; each fragment is taken once. */
function fieldsByName(sets: readonly SelectionSetNode[], fragments: Fragments): Iterable<readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const all = [...sets];
  for (const { selections } of all) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const same = found.get(name);
        if (same === undefined) found.set(name, [selection]);
        else same.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) all.push(selection.selectionSet);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const below = fragments.get(selection.name.value)?.selectionSet;
        if (below !== undefined) all.push(below);
      }
    }
  }
  return found.values();
}
