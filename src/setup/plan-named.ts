import { measureOf } from '../domain/goal';
import { illegalState } from '../domain/refusal';
import { withArticle } from '../domain/text';
import type { SetupGoal, SetupKey, SetupSegment } from './file';
import { type About, held, type Planner } from './planner';

/** Brings a key to what the file says. One that is to be archived is left as it is: it goes when nothing uses it any more. */
export function planKey(planner: Planner, wanted: SetupKey): void {
  const { name, type, description } = wanted;
  const about: About = { kind: 'key', name };
  const there = planner.state.keys.get(name);
  if (wanted.archived) return;
  if (there === undefined) {
    planner.carry({ type: 'CreateKey', name, valueType: type, defaultValue: wanted.default, description }, about);
    return;
  }
  if (there.type !== type) {
    const message = `The key "${name}" is ${withArticle(there.type)} for ever, so it cannot become ${withArticle(type)}. Give the new key another name.`;
    const wayOut = 'Leave its type as it is, and list a key of another name with this type.';
    planner.refuse('EditKey', about, illegalState(message), { before: { type: there.type }, after: { type }, wayOut });
    return;
  }
  if (there.archived && !planner.carry({ type: 'RestoreKey', name }, about)) return;
  planner.carry({ type: 'EditKey', name, defaultValue: wanted.default, description }, about);
}

export function planSegment(planner: Planner, { name, description, rule }: SetupSegment): void {
  const about: About = { kind: 'segment', name };
  const there = held(planner.state, 'segment', name);
  const text = { name, description, rule };
  planner.carry(there ? { type: 'EditSegment', id: there.id, ...text } : { type: 'CreateSegment', ...text }, about);
}

export function planGoal(planner: Planner, wanted: SetupGoal): void {
  const { name, description } = wanted;
  const about: About = { kind: 'goal', name };
  const there = held(planner.state, 'goal', name);
  const text = { name, description, ...measureOf(wanted) };
  planner.carry(there ? { type: 'EditGoal', id: there.id, ...text } : { type: 'CreateGoal', ...text }, about);
}
