import { holderOf } from '../domain/naming';
import type { ProjectState } from '../domain/project-state';
import { exportGoal, exportKey, exportSegment } from './export';
import type { SetupGoal, SetupKey, SetupSegment } from './file';
import type { Planner, Shown } from './planner';
import { illegalState } from '../domain/refusal';

/** Brings a key to what the file says, but for archiving it, which waits until nothing uses it any more. */
export function planKey(planner: Planner, wanted: SetupKey): void {
  const { name, type, description } = wanted;
  const about = { kind: 'key' as const, name };
  const shown: Shown = shownKey(name);
  const there = planner.state.keys.get(name);
  if (there === undefined) {
    planner.carry({ type: 'CreateKey', name, valueType: type, defaultValue: wanted.default, description }, about, shown);
    return;
  }
  if (there.type !== type) {
    const message = `The key "${name}" is a ${there.type} for ever, so it cannot become a ${type}. Give the new key another name.`;
    planner.refuse('EditKey', about, illegalState(message));
    return;
  }
  if (wanted.archived && there.archived) return;
  if (there.archived && !planner.carry({ type: 'RestoreKey', name }, about, shown)) return;
  planner.carry({ type: 'EditKey', name, defaultValue: wanted.default, description }, about, shown);
}

export function planSegment(planner: Planner, { name, description, rule }: SetupSegment): void {
  const about = { kind: 'segment' as const, name };
  const id = holderOf(planner.state, 'segment', name);
  const shown = shownSegment(name);
  if (id === undefined) planner.carry({ type: 'CreateSegment', name, description, rule }, about, shown);
  else planner.carry({ type: 'EditSegment', id, name, description, rule }, about, shown);
}

export function planGoal(planner: Planner, { name, description, event, filters }: SetupGoal): void {
  const about = { kind: 'goal' as const, name };
  const id = holderOf(planner.state, 'goal', name);
  const shown = shownGoal(name);
  if (id === undefined) planner.carry({ type: 'CreateGoal', name, description, event, filters }, about, shown);
  else planner.carry({ type: 'EditGoal', id, name, description, event, filters }, about, shown);
}

export function shownKey(name: string): Shown {
  return ({ keys }) => {
    const key = keys.get(name);
    return key && !key.archived ? exportKey(key) : undefined;
  };
}

export function shownSegment(name: string): Shown {
  return (state) => {
    const segment = held(state, 'segment', name, state.segments);
    return segment && exportSegment(segment);
  };
}

export function shownGoal(name: string): Shown {
  return (state) => {
    const goal = held(state, 'goal', name, state.goals);
    return goal && exportGoal(goal);
  };
}

/** The one that is not archived and has the name. */
export function held<E>(
  state: ProjectState,
  kind: Parameters<typeof holderOf>[1],
  name: string,
  entities: { get(id: string): E | undefined },
): E | undefined {
  const id = holderOf(state, kind, name);
  return id === undefined ? undefined : entities.get(id);
}
