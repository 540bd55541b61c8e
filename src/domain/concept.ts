import type { EntityKind, Fact, Change } from './event';
import type { JsonObject } from './json';
import type { Limits } from './limits';
import type { ProjectState } from './project-state';
import type { Refusal } from './refusal';
import type { RevertStep } from './revert-steps';
import type { Edit } from './targeting';

/** The fields that an event changed: what they were and what they are, as far as the event itself says it. */
export interface ChangedFields {
  /** undefined: nothing was before, or the event does not carry it. */
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** For each event type of a concept, how to read what it changed. */
export type ChangedByType<F extends Fact> = { readonly [Type in F['type']]: (event: Extract<F, { type: Type }>) => ChangedFields };

/** A fact with its place and time: all that the state may depend on. */
export type Happened<F extends Fact = Fact> = F & { readonly revision: number; readonly occurredAt: number };

/** Facts to append (none: nothing changes, and that is a success), or the reason why not. */
export type Decision<No extends Refusal = Refusal> = readonly Fact[] | No;

export function isRefusal(decision: Decision): decision is Refusal {
  return 'code' in decision;
}

/** What a decision may depend on besides the state and the command, so that `decide` itself stays pure. */
export interface DecisionContext {
  readonly limits: Limits;
  /** The id for the entity that the command creates, should it create one: drawn once per command, so a second decision gives the same. */
  readonly newId: string;
}

export type Evolve<F extends Fact> = {
  readonly [Type in F['type']]: (state: ProjectState, event: Happened<Extract<F, { type: Type }>>) => ProjectState;
};

export type Decide<C extends { readonly type: string }> = {
  readonly [Type in C['type']]: (state: ProjectState, command: Extract<C, { type: Type }>, context: DecisionContext) => Decision;
};

/** How an event reads to a person, after the actor's name: "archived goal *Purchase*". With its parts set off (text-part.ts). */
export type Sentences<F extends Fact> = { readonly [Type in F['type']]: (event: Extract<F, { type: Type }>) => string };

/** What a command asks of its caller's role in the project. */
export type CommandRight = 'create projects' | 'write set-up' | 'write experiences';

/** How the data of one version of an event type reads in the next. */
export interface Upcast {
  readonly type: string;
  readonly from: number;
  readonly data: (data: object) => object;
}

/** Which thing a command that archives several names. */
export interface Archiving extends Edit {
  readonly id: string;
}

/**
 * All that the ledger knows of one concept. `decider.ts` joins them by what events and commands carry; rights, reverts, what history shows and
 * what can be archived together are derived from them, so that a concept that lacks one of these does not compile.
 */
export interface Concept<Kind extends EntityKind, F extends Fact, C extends { readonly type: string }> {
  readonly kind: Kind;
  /** Every event type of the concept, with the version of its shape that is written today. */
  readonly schemaVersions: { readonly [Type in F['type']]: number };
  readonly evolve: Evolve<F>;
  readonly decide: Decide<C>;
  readonly sentence: Sentences<F>;
  /** Which fields an event changed, for the history. */
  readonly changed: ChangedByType<F>;
  /** The right that all its commands ask, or each (A7). */
  readonly right: CommandRight | { readonly [Type in C['type']]: CommandRight };
  /** The commands that bring a thing back to what it was, one for each difference, so that each can be refused by itself. undefined: there is no such thing. */
  readonly revert: (state: ProjectState, id: string, then: never) => readonly RevertStep[] | undefined;
  /** How the data of one version of an event's shape reads in the next. Events of both are in ledgers for ever. */
  readonly upcasts?: readonly Upcast[];
  /** The command that archives one; absent: it cannot be archived. */
  readonly archive?: (item: Archiving) => C;
}

/* How the events that all concepts have are read. Data is read as it is: an event that is damaged must still be shown. */

export function changes(before: object | undefined, after: object | undefined): ChangedFields {
  return { before: before as JsonObject | undefined, after: after as JsonObject | undefined };
}

export const created = ({ entity, data }: Fact): ChangedFields => changes(undefined, { name: entity.name, ...data });

/** An edit carries what was and what is. */
export const changed =
  (field: string) =>
  ({ data: { from, to } }: Fact<string, Change<unknown>>): ChangedFields =>
    changes({ [field]: from }, { [field]: to });

/** An edit of several fields that go together. */
export const redefined = ({ data: { from, to } }: Fact<string, Change<object>>): ChangedFields => changes(from, to);

export const movedBetween = (field: string, from: string | boolean, to: string | boolean) => (): ChangedFields =>
  changes({ [field]: from }, { [field]: to });

export const archived = movedBetween('archived', false, true);
export const restored = movedBetween('archived', true, false);

/** For things with a status: they are archived from one, and restored to one. */
export const archivedFromStatus = ({ data: { from } }: Fact<string, { readonly from: string }>): ChangedFields =>
  changes({ status: from }, { status: 'ARCHIVED' });
export const restoredToStatus = ({ data: { to } }: Fact<string, { readonly to: string }>): ChangedFields =>
  changes({ status: 'ARCHIVED' }, { status: to });
