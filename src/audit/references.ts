import type { EntityKind } from '../domain/event';
import type { Json, JsonObject } from '../domain/json';
import type { Difference } from './difference';

/* Where what changed has things by their ids, and not what a user or an app made of them. */

const KINDS: { readonly [member: string]: EntityKind } = {
  segment: 'segment',
  audience: 'segment',
  goals: 'goal',
  addedGoals: 'goal',
  holdouts: 'holdout',
};
/** Below these are values of apps and rules, which may have members of any name. */
const OPAQUE: ReadonlySet<string> = new Set(['defaultValue', 'value', 'values', 'rule', 'filters', 'properties']);

/** The kind of the things whose ids are at the path; undefined: there are no ids. `opaque`: none can be below it either. */
function kindAt(path: string): EntityKind | 'opaque' | undefined {
  const members = path.replace(/\[[^\]]*\]/g, '').split('.');
  if (members.some((member) => OPAQUE.has(member))) return 'opaque';
  const last = members.at(-1) ?? '';
  return KINDS[last === 'id' || last === 'order' ? (members.at(-2) ?? '') : last];
}

/** Answers the value with what `visit` makes of each id in it. */
export function mapReferences({ path }: Pick<Difference, 'path'>, value: Json, visit: (kind: EntityKind, id: string) => Json): Json {
  const kind = kindAt(path);
  return kind === 'opaque' ? value : mapped(value, kind, visit);
}

function mapped(value: Json, kind: EntityKind | undefined, visit: (kind: EntityKind, id: string) => Json): Json {
  if (typeof value === 'string') return kind === undefined ? value : visit(kind, value);
  if (Array.isArray(value)) return value.map((item: Json) => mapped(item, kind, visit));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value as JsonObject).map(([name, member]) => {
    if (member === undefined || OPAQUE.has(name)) return [name, member];
    if (name === 'id') return [name, mapped(member, kind, visit)];
    return [name, mapped(member, KINDS[name], visit)];
  });
  return Object.fromEntries(members) as Json;
}
