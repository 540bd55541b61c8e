import type { EntityKind } from './event';
import { entityKey, type ProjectState } from './project-state';
import { invalid, notFound, type Problem, type RefusalOf } from './refusal';
import type { Decision, DecisionContext } from './concept';

/** What every command on an existing entity may say: the version its sender saw (A2). */
export interface Edit {
  readonly expectedVersion?: number;
}

interface Target<E, C> {
  readonly kind: EntityKind;
  readonly id: (command: C) => string;
  readonly find: (state: ProjectState, id: string) => E | undefined;
}

/** What any command on what is there can be refused with. */
export type OnExisting = 'NOT_FOUND' | 'STALE' | 'INVALID_INPUT';

/**
 * Decides a command on one existing entity in the order of A6: not found, stale, invalid input, then whatever `rest` holds
 * (no change, and the guards). The repeated command comes before all of them, outside.
 */
export function onExisting<E, C extends Edit, D extends Decision>(
  target: Target<E, NoInfer<C>>,
  check: (command: C, entity: E, state: ProjectState) => readonly Problem[],
  rest: (state: ProjectState, entity: E, command: C, context: DecisionContext) => D,
): (state: ProjectState, command: C, context: DecisionContext) => D | RefusalOf<OnExisting> {
  return (state, command, context) => {
    const id = target.id(command);
    const entity = target.find(state, id);
    if (entity === undefined) return notFound(target.kind, id);
    const stale = staleness(state, target.kind, id, command.expectedVersion);
    if (stale) return stale;
    const problems = check(command, entity, state);
    return problems.length > 0 ? invalid(...problems) : rest(state, entity, command, context);
  };
}

/** No input of its own to check. */
export const nothingToCheck = (): readonly Problem[] => [];

/** A2 */
export function staleness(state: ProjectState, kind: EntityKind, id: string, expected: number | undefined): RefusalOf<'STALE'> | undefined {
  const moved = state.versions.get(entityKey(kind, id));
  if (expected === undefined || moved === undefined || moved.version === expected) return undefined;
  return {
    code: 'STALE',
    message: `The ${kind} is at version ${moved.version}, not ${expected}: ${moved.actor.id} changed it. Read it again and decide anew.`,
    currentVersion: moved.version,
    changedBy: moved.actor,
    changedAt: moved.at,
  };
}
