import { sameJson, type Json, type JsonObject } from '../domain/json';
import { align, identify, itemPath, memberPath } from './align';

/**
 * One place at which two values differ. Without `before` it was added, without `after` removed.
 *
 * The path reads like code: `description`, `rows[r1].percentage` for things that have ids, `rule.all[1].any[0].property.value` for places
 * in a list: of what was changed or removed the place before, of what was added the place after. `rows.order` is the order of ids.
 */
export interface Difference {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** Where more than this differs inside one thing, the whole of it is one difference. */
const MAX_CHANGES = 200;
/** Deeper than this, what differs is one difference. Values nest at most 32 deep, rules 8. */
const MAX_DEPTH = 64;

/**
 * Where two values differ, field by field and nested; none if they are the same JSON. A creation (no `before`) has one difference per field.
 * `applyDifferences` makes the one of the other again.
 */
export function differences(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  if (after === undefined) return before === undefined ? [] : [{ path: '', before }];
  if (before !== undefined) return compare(before, after, '', 0);
  const names = isObject(after) ? namesOf(after) : [];
  if (!isObject(after) || names.length === 0 || names.length > MAX_CHANGES) return [{ path: '', after }];
  return names.map((name) => ({ path: memberPath('', name), after: after[name]! }));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members that are there in JSON: one that is `undefined` is not. */
const namesOf = (object: JsonObject): readonly string[] => Object.keys(object).filter((name) => object[name] !== undefined);

function compare(before: Json, after: Json, path: string, depth: number): readonly Difference[] {
  let found: readonly Difference[] | undefined;
  if (depth < MAX_DEPTH && isList(before) && isList(after)) found = compareLists(before, after, path, depth + 1);
  else if (depth < MAX_DEPTH && isObject(before) && isObject(after)) found = compareObjects(before, after, path, depth + 1);
  else if (sameJson(before, after)) return [];
  return found && found.length <= MAX_CHANGES ? found : [{ path, before, after }];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** undefined: they have nothing in common, so one took the place of the other as a whole. */
function compareObjects(before: JsonObject, after: JsonObject, path: string, depth: number): readonly Difference[] | undefined {
  const was = namesOf(before);
  const is = namesOf(after);
  if (was.length > 0 && is.length > 0 && !was.some((name) => has(after, name))) return undefined;
  return [...was, ...is.filter((name) => !has(before, name))].flatMap((name) => {
    const at = memberPath(path, name);
    if (!has(after, name)) return [{ path: at, before: before[name]! }];
    if (!has(before, name)) return [{ path: at, after: after[name]! }];
    return compare(before[name]!, after[name]!, at, depth);
  });
}

const has = (object: JsonObject, name: string): boolean => Object.hasOwn(object, name) && object[name] !== undefined;

function compareLists(before: readonly Json[], after: readonly Json[], path: string, depth: number): readonly Difference[] {
  const was = identify(before);
  const is = identify(after);
  if (was && is && (was.by === is.by || before.length === 0 || after.length === 0))
    return compareIdentified(was.items, is.items, path, depth);
  const { changed, replaced, removed, added } = align(before, after);
  return [
    ...changed.flatMap(([b, a]) => compare(before[b]!, after[a]!, itemPath(path, b), depth)),
    ...replaced.map(([b, a]) => ({ path: itemPath(path, b), before: before[b]!, after: after[a]! })),
    ...removed.map((b) => ({ path: itemPath(path, b), before: before[b]! })),
    ...added.map((a) => ({ path: itemPath(path, a), after: after[a]! })),
  ];
}

function compareIdentified(
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
  path: string,
  depth: number,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const [id, item] of before) {
    const now = after.get(id);
    if (now === undefined) found.push({ path: itemPath(path, id), before: item });
    else found.push(...compare(item, now, itemPath(path, id), depth));
  }
  for (const [id, item] of after) if (!before.has(id)) found.push({ path: itemPath(path, id), after: item });
  const was = [...before.keys()];
  const is = [...after.keys()];
  const unmoved = [...was.filter((id) => after.has(id)), ...is.filter((id) => !before.has(id))];
  if (is.some((id, at) => id !== unmoved[at])) found.push({ path: memberPath(path, 'order'), before: was, after: is });
  return found;
}
