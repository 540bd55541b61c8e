import type { Actor, EntityKind, Envelope } from './event';

/** What events are found by in the log of their project. An event has one of each sort. */
export const label = {
  type: (type: string): string => `type:${type}`,
  kind: (kind: EntityKind): string => `kind:${kind}`,
  entity: (kind: EntityKind, id: string): string => `entity:${kind}:${id}`,
  actor: ({ kind, id }: Actor): string => `actor:${kind}:${id}`,
};

/**
 * Each label of the events with the revisions that have it, ascending as the events are. Also events of types that are retired have labels.
 *
 * It is made for every event of a rebuild: events are sorted by the parts of their labels, and a label is put together once for all of them.
 */
export function labelled(events: readonly Envelope[]): ReadonlyMap<string, readonly number[]> {
  const types = new Map<string, number[]>();
  const actors = new Map<Actor['kind'], Map<string, number[]>>();
  const kinds = new Map<EntityKind, { readonly all: number[]; readonly ids: Map<string, number[]> }>();
  for (const { type, entity, actor, revision } of events) {
    add(types, type, revision);
    let ids = actors.get(actor.kind);
    if (!ids) actors.set(actor.kind, (ids = new Map()));
    add(ids, actor.id, revision);
    let kind = kinds.get(entity.kind);
    if (!kind) kinds.set(entity.kind, (kind = { all: [], ids: new Map() }));
    kind.all.push(revision);
    add(kind.ids, entity.id, revision);
  }
  const labels = new Map<string, readonly number[]>();
  for (const [type, revisions] of types) labels.set(label.type(type), revisions);
  for (const [kind, ids] of actors) {
    for (const [id, revisions] of ids) labels.set(label.actor({ kind, id }), revisions);
  }
  for (const [kind, { all, ids }] of kinds) {
    labels.set(label.kind(kind), all);
    for (const [id, revisions] of ids) labels.set(label.entity(kind, id), revisions);
  }
  return labels;
}

function add(lists: Map<string, number[]>, name: string, revision: number): void {
  const list = lists.get(name);
  if (list) list.push(revision);
  else lists.set(name, [revision]);
}
