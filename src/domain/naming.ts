import type { EntityKind, EntityRef, Fact } from './event';
import { entitiesOf, PLURALS, type PluralKind, type ProjectState, type ReleasedName } from './project-state';
import { alreadyExists, type Problem, type RefusalOf } from './refusal';
import { checkDescription, checkName, cleanName, foldName } from './text';

/** Kinds whose name is unique among those that are not archived, and can change (S1, G1, E6). */
export type NamedKind = Exclude<PluralKind, 'key'>;

const slot = (kind: NamedKind, name: string): string => `${kind}:${foldName(name)}`;

/** The id of the one that holds the name. */
export function holderOf(state: ProjectState, kind: NamedKind, name: string): string | undefined {
  return state.names?.get(slot(kind, name));
}

/** A refusal if another of the kind holds the name. */
export function nameTaken(state: ProjectState, kind: NamedKind, name: string, ownId?: string): RefusalOf<'ALREADY_EXISTS'> | undefined {
  const holder = holderOf(state, kind, name);
  if (holder === undefined || holder === ownId) return undefined;
  const held: EntityRef = { kind, id: holder, name: nameOf(state, kind, holder) };
  return alreadyExists(held, 'Choose another name, or rename that one first.');
}

/** What people call the thing of that id; the id, where it has no other name, or is not there. */
export function nameOf(state: ProjectState, kind: EntityKind, id: string): string {
  if (kind === 'project') return state.project?.name ?? id;
  return kind in PLURALS ? (entitiesOf(state, kind as PluralKind).get(id)?.name ?? id) : id;
}

export function claimName(state: ProjectState, kind: NamedKind, name: string, id: string): ProjectState {
  const { names } = state;
  return names === undefined ? state : { ...state, names: names.set(slot(kind, name), id) };
}

/** `by`: what had the name, and the revision of the event by which it gave the name up. */
export function releaseName(state: ProjectState, kind: NamedKind, name: string, by: ReleasedName): ProjectState {
  const { names, releasedNames } = state;
  if (names === undefined) return state;
  const released = slot(kind, name);
  return { ...state, names: names.delete(released), releasedNames: releasedNames.set(released, by) };
}

/** What last gave the name up, by being renamed or archived. */
export function releaseOf(state: ProjectState, kind: NamedKind, name: string): ReleasedName | undefined {
  return state.releasedNames.get(slot(kind, name));
}

/** What is said of a name and a description; a field not named is left alone (A4). */
export interface Text {
  readonly name?: string;
  readonly description?: string;
}

/** `was`: the thing itself, if it is there already. */
export function checkText({ name, description }: Text, was?: { readonly name: string }): readonly Problem[] {
  return [
    ...(name === undefined ? [] : checkName(name, 'name', was && [was.name])),
    ...(description === undefined ? [] : checkDescription(description, 'description')),
  ];
}

/** What renaming and describing have in common over all kinds: the facts for what really changes, and the name that results. */
export function textChanges(
  types: { readonly renamed: string; readonly described: string },
  was: EntityRef,
  wasDescription: string,
  change: Text,
): { readonly ref: EntityRef; readonly facts: readonly Fact[] } {
  const name = change.name === undefined ? was.name : cleanName(change.name);
  const { description = wasDescription } = change;
  const ref: EntityRef = { kind: was.kind, id: was.id, name };
  const facts: Fact[] = [];
  if (name !== was.name) facts.push({ type: types.renamed, entity: ref, data: { from: was.name, to: name } });
  if (description !== wasDescription) {
    facts.push({ type: types.described, entity: ref, data: { from: wasDescription, to: description } });
  }
  return { ref, facts };
}

/** `<name> (copy)`, `<name> (copy 2)`, ...: the first that is free (S4). */
export function copyName(state: ProjectState, kind: NamedKind, name: string, longest: number): string {
  for (let copy = 1; ; copy += 1) {
    const suffix = copy === 1 ? ' (copy)' : ` (copy ${copy})`;
    const candidate = `${[...name]
      .slice(0, longest - suffix.length)
      .join('')
      .trimEnd()}${suffix}`;
    if (holderOf(state, kind, candidate) === undefined) return candidate;
  }
}
