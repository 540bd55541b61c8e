import type { Json, JsonObject } from '../../src/domain/json';
import { isObject, type Difference } from '../../src/audit/difference';
import { identify } from '../../src/audit/align';
import { parsePath, type Step } from './parse-path';

interface Edit {
  readonly steps: readonly Step[];
  readonly difference: Difference;
}

/**
 * What `before` becomes by the differences: applied to the value they were found from, what it was compared with. Throws if they are of
 * another value. Nothing given is changed.
 */
export function applyDifferences(before: Json | undefined, differences: readonly Difference[]): Json | undefined {
  const edits = differences.map((difference) => ({ steps: parsePath(difference.path), difference }));
  return edited(before, edits, 0);
}

function edited(value: Json | undefined, edits: readonly Edit[], depth: number): Json | undefined {
  const all = edits.find(({ steps }) => steps.length === depth);
  if (all) return all.difference.after;
  if (edits.length === 0) return value;
  if (Array.isArray(value)) return editedList(value, edits, depth);
  if (value === undefined || isObject(value)) return editedObject(value ?? {}, edits, depth);
  throw foreign(edits);
}

function editedObject(object: JsonObject, edits: readonly Edit[], depth: number): JsonObject {
  const members = new Map<string, Json>(Object.entries(object));
  for (const [name, group] of grouped(edits, depth, (step) => ('member' in step ? step.member : undefined))) {
    const value = edited(members.get(name), group, depth + 1);
    if (value === undefined) members.delete(name);
    else members.set(name, value);
  }
  return Object.fromEntries(members);
}

function editedList(list: readonly Json[], edits: readonly Edit[], depth: number): readonly Json[] {
  const step = edits[0]!.steps[depth]!;
  return 'index' in step ? editedPlaces(list, edits, depth) : editedItems(list, edits, depth);
}

function editedPlaces(list: readonly Json[], edits: readonly Edit[], depth: number): readonly Json[] {
  const isAddition = ({ steps, difference }: Edit): boolean => steps.length === depth + 1 && difference.before === undefined;
  const items: (Json | undefined)[] = [...list];
  const place = (step: Step): number | undefined => ('index' in step ? step.index : undefined);
  for (const [at, group] of grouped(
    edits.filter((edit) => !isAddition(edit)),
    depth,
    place,
  )) {
    if (at >= list.length) throw foreign(group);
    items[at] = edited(items[at], group, depth + 1);
  }
  const rest = items.filter((item) => item !== undefined);
  // By their places in the new list, in order: each finds everything before it in place already.
  const added = grouped(edits.filter(isAddition), depth, place);
  for (const [at, group] of [...added].sort(([a], [b]) => a - b)) rest.splice(at, 0, group[0]!.difference.after!);
  return rest;
}

function editedItems(list: readonly Json[], edits: readonly Edit[], depth: number): readonly Json[] {
  const items = new Map<string, Json>(identify(list)?.items);
  if (items.size < list.length) throw foreign(edits);
  const order = edits.find(({ steps }) => 'member' in steps[depth]!);
  const others = edits.filter((edit) => edit !== order);
  for (const [id, group] of grouped(others, depth, (step) => ('id' in step ? step.id : undefined))) {
    const item = edited(items.get(id), group, depth + 1);
    if (item === undefined) items.delete(id);
    else items.set(id, item);
  }
  if (!order) return [...items.values()];
  return (order.difference.after as readonly string[]).map((id) => items.get(id)!);
}

function grouped<K>(edits: readonly Edit[], depth: number, keyOf: (step: Step) => K | undefined): ReadonlyMap<K, Edit[]> {
  const groups = new Map<K, Edit[]>();
  for (const edit of edits) {
    const key = keyOf(edit.steps[depth]!);
    if (key === undefined) throw foreign([edit]);
    const group = groups.get(key);
    if (group) group.push(edit);
    else groups.set(key, [edit]);
  }
  return groups;
}

function foreign([edit]: readonly Edit[]): Error {
  return new Error(`there is nothing at ${edit?.difference.path} that could differ: these are the differences of another value`);
}
