import type { Map } from 'immutable';
import { described, renamedText } from './change-words';
import type { Change, EntityRef, Fact } from './event';
import { noRoom, type LimitedKind } from './limits';
import { checkText, claimName, nameTaken, releaseName, textChanges, type Text } from './naming';
import { PLURALS, withEntity, type ProjectState } from './project-state';
import { illegalState, invalid, type Problem, type Refusal, type RefusalOf } from './refusal';
import { around, textSteps, type RevertStep } from './revert-steps';
import type { SingleCommand } from './decider';
import type { Decision, DecisionContext, Happened } from './concept';
import { nothingToCheck, onExisting, type Edit, type OnExisting } from './targeting';
import { cleanName } from './text';
import { refusalIfUsed } from './usage';
import { entityText } from './text-part';

/** A thing with an id, and a name that is unique among those of its kind that are not archived (S1, G1, E6). */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** What every command on one that is there says. */
export interface OnEntity extends Edit {
  readonly id: string;
}

/** What an edit changes beside name and description, and what could refuse it. */
interface MoreChanges<No extends Refusal> {
  readonly facts: readonly Fact[];
  readonly guard?: (() => No | undefined) | undefined;
}

/** Kinds whose name and description can change. */
type TextKind = Exclude<LimitedKind, 'key'>;

/** The types of one of the commands that they have in common. */
type Common<Verb extends string> = Extract<SingleCommand['type'], `${Verb}${Capitalize<TextKind>}`>;

export type Decider<C, No extends Refusal> = (state: ProjectState, command: C, context: DecisionContext) => Decision<No>;
export type Guard<E, No extends Refusal> = (state: ProjectState, was: E) => No | undefined;

/** What the concepts whose things have a name of their own share: how their state is kept, and how their common commands are decided. */
export class NamedEntities<E extends Named> {
  /** For `onExisting`. */
  readonly target: {
    readonly kind: TextKind;
    readonly id: (command: OnEntity) => string;
    readonly find: (state: ProjectState, id: string) => E | undefined;
  };

  constructor(
    readonly kind: TextKind,
    protected readonly isArchived: (entity: E) => boolean,
  ) {
    this.target = { kind, id: (command) => command.id, find: (state, id) => this.all(state).get(id) };
  }

  ref({ id, name }: { readonly id: string; readonly name: string }): EntityRef {
    return { kind: this.kind, id, name };
  }

  /* evolve */

  added(state: ProjectState, entity: E): ProjectState {
    return claimName(this.with(state, entity), this.kind, entity.name, entity.id);
  }

  changed(state: ProjectState, { id }: EntityRef, changes: Partial<E> | ((was: E) => Partial<E>)): ProjectState {
    const was = this.all(state).get(id);
    return was === undefined ? state : this.with(state, { ...was, ...(typeof changes === 'function' ? changes(was) : changes) });
  }

  readonly renamed = (state: ProjectState, { entity, data, revision }: Happened<Fact<string, Change<string>>>): ProjectState => {
    const released = releaseName(state, this.kind, data.from, { id: entity.id, revision });
    return this.changed(claimName(released, this.kind, data.to, entity.id), entity, { name: data.to } as Partial<E>);
  };

  readonly described = (state: ProjectState, { entity, data }: Fact<string, Change<string>>): ProjectState =>
    this.changed(state, entity, { description: data.to } as Partial<E>);

  archived(state: ProjectState, { entity, revision }: Happened, changes: Partial<E>): ProjectState {
    return this.changed(releaseName(state, this.kind, entity.name, { id: entity.id, revision }), entity, changes);
  }

  restored(state: ProjectState, { entity }: Happened, changes: Partial<E>): ProjectState {
    return this.changed(claimName(state, this.kind, entity.name, entity.id), entity, changes);
  }

  /* decide */

  /** Creates what has passed its checks, if its name is free and there is room; `guard`: what else could refuse it. */
  creating<C extends Text & { readonly name: string }, No extends Refusal = never>(
    type: string,
    check: (command: C, state: ProjectState) => readonly Problem[],
    data: (command: C) => object,
    guard: (state: ProjectState, command: C) => No | undefined = () => undefined,
  ): Decider<C, NoInfer<No> | RefusalOf<'INVALID_INPUT' | 'ALREADY_EXISTS' | 'LIMIT_REACHED'>> {
    return (state, command, { limits, newId }) => {
      const problems = [...checkText(command), ...check(command, state)];
      if (problems.length > 0) return invalid(...problems);
      const entity = this.ref({ id: newId, name: cleanName(command.name) });
      const refusal = nameTaken(state, this.kind, entity.name) ?? guard(state, command) ?? this.full(state, limits);
      return refusal ?? [{ type, entity, data: data(command) }];
    };
  }

  /** A refusal if the name is taken, or there is no room for one more. */
  readonly noPlace = (state: ProjectState, { name }: { readonly name: string }, { limits }: DecisionContext) =>
    nameTaken(state, this.kind, name) ?? this.full(state, limits);

  full(state: ProjectState, limits: DecisionContext['limits']): RefusalOf<'LIMIT_REACHED'> | undefined {
    const used = this.all(state).count((entity) => !this.isArchived(entity));
    return noRoom(PLURALS[this.kind], used, limits);
  }

  /** An edit, of which only what really changes is a fact; nothing changes of what is archived. */
  editing<C extends OnEntity & Text, No extends Refusal = never>(
    types: { readonly renamed: string; readonly described: string },
    check: (command: C, was: E, state: ProjectState) => readonly Problem[],
    more: (state: ProjectState, was: E, command: C, entity: EntityRef) => MoreChanges<No>,
  ): Decider<C, NoInfer<No> | RefusalOf<OnExisting | 'ILLEGAL_STATE' | 'ALREADY_EXISTS'>> {
    const checkAll = (command: C, was: E, state: ProjectState) => [...checkText(command, was), ...check(command, was, state)];
    return onExisting<E, C, Decision<No | RefusalOf<'ILLEGAL_STATE' | 'ALREADY_EXISTS'>>>(this.target, checkAll, (state, was, command) => {
      const text = textChanges(types, this.ref(was), was.description, command);
      const others = more(state, was, command, text.ref);
      const facts = [...text.facts, ...others.facts];
      if (facts.length === 0) return facts;
      if (this.isArchived(was)) return illegalState(`The ${this.kind} "${was.name}" is archived. Restore it before you edit it.`);
      return nameTaken(state, this.kind, text.ref.name, was.id) ?? others.guard?.() ?? facts;
    });
  }

  /** Archives a thing that nothing uses. */
  archiving(type: string): Decider<OnEntity, RefusalOf<OnExisting | 'IN_USE'>> {
    return onExisting(this.target, nothingToCheck, (state, was) => {
      if (this.isArchived(was)) return [];
      return refusalIfUsed(state, this.ref(was)) ?? [{ type, entity: this.ref(was), data: {} }];
    });
  }

  /** `guard`: what else could refuse it, beside a name that is taken and a limit. */
  restoring<No extends Refusal = never>(
    data: (was: E) => Fact,
    guard: Guard<E, No> = () => undefined,
  ): Decider<OnEntity, NoInfer<No> | RefusalOf<OnExisting | 'ALREADY_EXISTS' | 'LIMIT_REACHED'>> {
    return onExisting<E, OnEntity, Decision<No | RefusalOf<'ALREADY_EXISTS' | 'LIMIT_REACHED'>>>(
      this.target,
      nothingToCheck,
      (state, was, _command, { limits }) => {
        if (!this.isArchived(was)) return [];
        return nameTaken(state, this.kind, was.name) ?? guard(state, was) ?? this.full(state, limits) ?? [data(was)];
      },
    );
  }

  /* sentence */

  readonly words = {
    created: ({ entity }: Fact) => `created ${this.kind} ${entityText(entity)}`,
    renamed: ({ entity, data }: Fact<string, Change<string>>) => `renamed ${this.kind} ${renamedText(entity, data)}`,
    described: ({ entity, data }: Fact<string, Change<string>>) => described(`${this.kind} ${entityText(entity)}`, data),
    archived: ({ entity }: Fact) => `archived ${this.kind} ${entityText(entity)}`,
    restored: ({ entity }: Fact) => `restored ${this.kind} ${entityText(entity)}`,
  };

  /* revert */

  /** Name and description, what `more` says, and whether it is archived: restored before all that, archived after it. */
  reverting<Then extends Pick<Named, 'name' | 'description'>>(
    types: { readonly edit: Common<'Edit'>; readonly restore: Common<'Restore'>; readonly archive: Common<'Archive'> },
    more: (now: E, then: Then) => readonly RevertStep[],
  ): (state: ProjectState, id: string, then: Then) => readonly RevertStep[] | undefined {
    return (state, id, then) => {
      const now = this.all(state).get(id);
      if (now === undefined) return undefined;
      const archived = { now: this.isArchived(now), then: this.isArchived(then as unknown as E) };
      const edits = [...textSteps(now, then, (text) => ({ type: types.edit, id, ...text })), ...more(now, then)];
      return around(archived, edits, { restore: { type: types.restore, id }, archive: { type: types.archive, id } });
    };
  }

  private all(state: ProjectState): Map<string, E> {
    return state[PLURALS[this.kind]] as unknown as Map<string, E>;
  }

  private with(state: ProjectState, entity: E): ProjectState {
    return withEntity(state, this.kind, entity.id, entity as never);
  }
}
