import type { Command } from '../domain/command';
import type { Cursor } from '../domain/cursor';
import type { Actor, EntityRef, Envelope } from '../domain/event';
import type { ProjectState } from '../domain/project-state';
import type { Refusal } from '../domain/refusal';
import type { ApplySetup } from '../setup/plan';
import type { RestoreSetup } from '../setup/restore';

/** A command with its actor and context (A5). */
export interface Submission {
  readonly projectId: string;
  readonly command: Command | ApplySetup | RestoreSetup;
  readonly actor: Actor;
  /** The client's id for the command (A1); absent: one is generated, and a repetition is not recognised. */
  readonly commandId?: string;
  readonly reason?: string;
  readonly correlationId: string;
  /** What caused the command: another event's id, say. Absent: the command itself. */
  readonly causationId?: string;
}

export interface Done {
  readonly kind: 'done';
  /** What the command's first event was about; undefined: it changed nothing. */
  readonly entity: EntityRef | undefined;
  /** The state that the answer reflects: the command's last event, or, where nothing changed, the head it was decided on. */
  readonly cursor: Cursor;
  /** Empty for a repetition, and where nothing changed. */
  readonly events: readonly Envelope[];
}

export type Outcome = Done | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Carries a command out: loads, decides, appends, and tries again after a conflict. It holds no rule.
 *
 * An outcome holds at some moment after the call: a refusal or a no-op too is answered only once the stream was read to its end again and, where the
 * store has several nodes, a majority of them has confirmed that end. Rejects with `StoreUnavailable` (nothing was written: try again),
 * `OutcomeUnknown` (it may have been: repeating it with the same command id is safe), `UpgradeRequired`, or `Overloaded`.
 */
export type Execute = (submission: Submission) => Promise<Outcome>;

/**
 * The state that the project's next command would be decided on: for a dry run, not for queries, which read documents. A project
 * that is not there is `EMPTY_PROJECT`. It may have changed by the time it is read. Rejects as `Execute` does, but never with `OutcomeUnknown`.
 */
export type LoadProject = (projectId: string) => Promise<ProjectState>;

/** Too many commands wait for one project: nothing was written. */
export class Overloaded extends Error {}
