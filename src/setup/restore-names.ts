import type { SingleCommand } from '../domain/decider';
import { holderOf } from '../domain/naming';
import { entitiesOf, type ProjectState } from '../domain/project-state';
import { usesOf, type Use } from '../domain/usage';
import { isActive, type PastThing, type ThingKind } from './export';
import type { Planner } from './planner';

/** The longest beginning of a name that one for the meantime keeps: the rest is the id. */
const KEPT_CHARACTERS = 80;

const capitalized = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);
const commandOn = (verb: 'Restore' | 'Edit', kind: ThingKind, id: string, more: object = {}): SingleCommand =>
  ({ type: `${verb}${capitalized(kind)}`, id, ...more }) as unknown as SingleCommand;

/** Whether it is there and not archived. */
function isThere(state: ProjectState, kind: ThingKind, id: string): boolean {
  const thing = entitiesOf(state, kind).get(id);
  return thing !== undefined && isActive(thing);
}

/** Carries out a command on one thing that says nothing but its id, and perhaps its name. */
function carry(planner: Planner, kind: ThingKind, id: string, command: SingleCommand): boolean {
  const name = entitiesOf(planner.state, kind).get(id)?.name ?? id;
  return planner.carry(command, { kind, name });
}

/** Has no other experiment that is a result hold the name: it is archived. */
export function freeFromResult(planner: Planner, kind: ThingKind, name: string, id: string): void {
  const holder = holderOf(planner.state, kind, name);
  if (holder === undefined || holder === id || kind !== 'experiment') return;
  if (planner.state.experiments.get(holder)?.status === 'STOPPED') planner.archive(kind, holder);
}

/** Has no other thing of the kind hold the name, if need be by one for the meantime. */
function freeName(planner: Planner, kind: ThingKind, name: string, id: string): void {
  freeFromResult(planner, kind, name, id);
  const holder = holderOf(planner.state, kind, name);
  if (holder !== undefined && holder !== id)
    carry(planner, kind, holder, commandOn('Edit', kind, holder, { name: `${[...name].slice(0, KEPT_CHARACTERS).join('')} (${holder})` }));
}

/**
 * Restores what is archived, with what it used when it was archived, which it may not be without until it is edited. What cannot be restored, since
 * its key is another's by now, say, stays archived: another one is made as it was.
 */
export function restoreThing(planner: Planner, kind: ThingKind, id: string): void {
  const thing = entitiesOf(planner.state, kind).get(id);
  if (thing === undefined || isThere(planner.state, kind, id)) return;
  freeName(planner, kind, thing.name, id);
  if (kind !== 'segment' && kind !== 'goal') for (const use of usesOf(kind, thing as never)) restoreUse(planner, use);
  const command = commandOn('Restore', kind, id);
  if (planner.allows(command)) carry(planner, kind, id, command);
}

function restoreUse(planner: Planner, use: Use): void {
  if (use.kind !== 'key') return restoreThing(planner, use.kind, use.id);
  const command = { type: 'RestoreKey', name: use.id } as const;
  if (!planner.state.keys.get(use.id)?.archived || !planner.allows(command)) return;
  planner.carry(command, { kind: 'key', name: use.id });
}

/** Gives each thing that is there the name that it had, whichever of them has it now. */
export function nameAsThen(planner: Planner, things: readonly PastThing[]): void {
  const there = things.filter(({ kind, id }) => isThere(planner.state, kind, id));
  const isNamed = ({ kind, id, name }: PastThing): boolean => entitiesOf(planner.state, kind).get(id)?.name === name;
  for (const thing of things) if (!isNamed(thing)) freeName(planner, thing.kind, thing.name, thing.id);
  for (const thing of there) {
    if (!isNamed(thing)) carry(planner, thing.kind, thing.id, commandOn('Edit', thing.kind, thing.id, { name: thing.name }));
  }
}
