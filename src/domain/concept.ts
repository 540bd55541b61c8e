import type { ChangedByType } from './changed-fields';
import type { EntityKind, Fact } from './event';
import type { ProjectState } from './project-state';
import type { Edit } from './targeting';
import type { RevertStep } from './revert-steps';
import type { Slice } from './slice';

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
export interface Concept<Kind extends EntityKind, F extends Fact, C extends { readonly type: string }> extends Slice<F, C> {
  readonly kind: Kind;
  /** Which fields an event changed, for the history. */
  readonly changed: ChangedByType<F>;
  /** Of all its commands, or of each (A7). */
  readonly right: CommandRight | { readonly [Type in C['type']]: CommandRight };
  /** What differs from what it was then, each as a command of its own, so that each can be refused for itself. undefined: there is no such thing. */
  readonly revert: (state: ProjectState, id: string, then: never) => readonly RevertStep[] | undefined;
  /** How the data of one version of an event's shape reads in the next. Events of both are in ledgers for ever. */
  readonly upcasts?: readonly Upcast[];
  /** The command that archives one; absent: it cannot be archived. */
  readonly archive?: (item: Archiving) => C;
}
