import type { JsonObject } from '../domain/json';

/** A step as the server tells it. */
export interface PlannedStep {
  readonly command: string;
  readonly kind: string;
  /** null: it is still to be created. */
  readonly id: string | null;
  readonly name: string;
  readonly sentence: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export const ACTIONS = ['created', 'restored', 'changed', 'archived'] as const;
export type Action = (typeof ACTIONS)[number];

/** What becomes of one thing by all the steps that are about it. */
export interface PlannedChange {
  readonly kind: string;
  readonly name: string;
  readonly action: Action;
  readonly commands: readonly string[];
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

/** The steps of a plan put together: each thing once, in the order of the first step that is about it. */
export function plannedChanges(steps: readonly PlannedStep[]): readonly PlannedChange[] {
  const changes = new Map<string, PlannedChange>();
  for (const { command, kind, id, name, before, after } of steps) {
    const thing = `${kind} ${id === null ? `named ${name}` : id}`;
    const known = changes.get(thing);
    const from = known ? known.before : before;
    changes.set(thing, {
      kind: kind.toLowerCase(),
      name,
      action: actionOf(from, after, id),
      commands: [...(known?.commands ?? []), command],
      before: from,
      after,
    });
  }
  return [...changes.values()];
}

/** A thing with an id that was not there before is one that was archived. */
function actionOf(before: JsonObject | null, after: JsonObject | null, id: string | null): Action {
  if (after === null) return 'archived';
  if (before !== null) return 'changed';
  return id === null ? 'created' : 'restored';
}

/** How many things of a kind each action is done to. */
export type Counts = Readonly<Record<string, Partial<Readonly<Record<Action, number>>>>>;

export function countsOf(steps: readonly PlannedStep[]): Counts {
  const counts: Record<string, Partial<Record<Action, number>>> = {};
  for (const { kind, action } of plannedChanges(steps)) {
    const ofKind = (counts[kind] ??= {});
    ofKind[action] = (ofKind[action] ?? 0) + 1;
  }
  return counts;
}

/** `3 keys created, 1 flag changed`: each thing counted once, by what becomes of it in the end. */
export function countText(counts: Counts): string {
  return Object.entries(counts)
    .flatMap(([kind, ofKind]) => ACTIONS.flatMap((action) => (ofKind[action] ? [`${quantity(ofKind[action], kind)} ${action}`] : [])))
    .join(', ');
}

export function quantity(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
