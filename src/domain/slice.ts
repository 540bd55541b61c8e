import type { Fact } from './event';
import type { Limits } from './limits';
import type { ProjectState } from './project-state';
import type { Refusal } from './refusal';

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

/** One concept: how its facts change the state, how its commands are decided, how its events read. */
export interface Slice<F extends Fact, C extends { readonly type: string }> {
  /** Every event type of the concept, with the version of its shape that is written today. */
  readonly schemaVersions: { readonly [Type in F['type']]: number };
  readonly evolve: Evolve<F>;
  readonly decide: Decide<C>;
  readonly sentence: Sentences<F>;
}
