import { measureOf } from '../domain/goal';
import { illegalState } from '../domain/refusal';
import { withArticle } from '../domain/text';
import { exportGoal, exportKey, exportSegment } from './export';
import type { SetupGoal, SetupKey, SetupSegment } from './file';
import { writtenMeasured } from './measures';
import { type About, held, type Planner, type Shown, shownBy } from './planner';

/** Brings a key to what the file says. One that is to be archived is left as it is: it goes when nothing uses it any more. */
export function planKey(planner: Planner, wanted: SetupKey): void {
  const { name, type, description } = wanted;
  const about: About = { kind: 'key', name };
  const shown = shownKey(name);
  const there = planner.state.keys.get(name);
  if (wanted.archived) return;
  if (there === undefined) {
    planner.carry({ type: 'CreateKey', name, valueType: type, defaultValue: wanted.default, description }, about, shown);
    return;
  }
  if (there.type !== type) {
    const message = `The key "${name}" is ${withArticle(there.type)} for ever, so it cannot become ${withArticle(type)}. Give the new key another name.`;
    const wayOut = 'Leave its type as it is, and list a key of another name with this type.';
    planner.refuse('EditKey', about, illegalState(message), { before: { type: there.type }, after: { type }, wayOut });
    return;
  }
  if (there.archived && !planner.carry({ type: 'RestoreKey', name }, about, shown)) return;
  planner.carry({ type: 'EditKey', name, defaultValue: wanted.default, description }, about, shown);
}

export function planSegment(planner: Planner, { name, description, rule }: SetupSegment): void {
  const about: About = { kind: 'segment', name };
  const there = held(planner.state, 'segment', name);
  const text = { name, description, rule };
  planner.carry(there ? { type: 'EditSegment', id: there.id, ...text } : { type: 'CreateSegment', ...text }, about, shownSegment(name));
}

export function planGoal(planner: Planner, wanted: SetupGoal): void {
  const { name, description } = wanted;
  const about: About = { kind: 'goal', name };
  const there = held(planner.state, 'goal', name);
  const text = { name, description, ...measureOf(wanted) };
  planner.carry(there ? { type: 'EditGoal', id: there.id, ...text } : { type: 'CreateGoal', ...text }, about, shownGoal(name));
}

export function shownKey(name: string): Shown {
  return ({ keys }) => {
    const key = keys.get(name);
    return key && !key.archived ? exportKey(key) : undefined;
  };
}

export const shownSegment = shownBy('segment', (_state, segment) => exportSegment(segment));

export const shownGoal = shownBy('goal', (_state, goal) => {
  const { name, description, event, filters, ...measured } = exportGoal(goal);
  return { name, description, event, filters, ...writtenMeasured(measured) };
});
