import type { Map } from 'immutable';
import type { Config } from './config';
import type { Actor, EntityKind, EntityRef, Head } from './event';
import type { Experiment } from './experiment-state';
import type { Flag } from './flag';
import type { Goal } from './goal';
import type { Holdout } from './holdout';
import type { Key } from './key';
import type { Segment } from './segment';
import type { Project } from './project';

/** How often an entity has moved, and who moved it last. */
export interface Moved {
  readonly version: number;
  readonly actor: Actor;
  readonly at: number;
  /** Of its last event. */
  readonly revision: number;
}

/** An event that changed the baseline of a running experiment. */
export interface BaselineChangedAt {
  readonly revision: number;
  /** UTC milliseconds. */
  readonly occurredAt: number;
}

/** What had a name, and the revision at which it was renamed or archived. */
export interface ReleasedName {
  readonly id: string;
  readonly revision: number;
}

/** What became of a command, so that its repetition can be answered (A1). */
export interface RememberedCommand {
  readonly commandHash: string;
  /** What its first event was about. */
  readonly entity: EntityRef;
  /** Where its last event stands. */
  readonly revision: number;
  readonly hash: string;
}

/**
 * All that decisions on one project depend on: the fold of its stream. Persistent maps, so that a group of commands can be
 * decided one on top of the other, and all thrown away at no cost when the append fails.
 */
export interface ProjectState {
  readonly head: Head;
  readonly project: Project | undefined;
  readonly keys: Map<string, Key>;
  /** Keys that are not archived (K4). */
  readonly activeKeys: number;
  readonly segments: Map<string, Segment>;
  readonly goals: Map<string, Goal>;
  readonly exclusivity: boolean;
  readonly flags: Map<string, Flag>;
  readonly configs: Map<string, Config>;
  readonly experiments: Map<string, Experiment>;
  readonly holdouts: Map<string, Holdout>;
  /** Folded names that are taken, by kind, and by whom (S1, G1, E6). */
  readonly names: Map<string, string>;
  /** Folded names that were given up, by kind: what had each last. A plan that was made before it finds here what it meant. */
  readonly releasedNames: Map<string, ReleasedName>;
  /** X7: where control of an experiment began to give something else while it ran, by its id. */
  readonly baselineChanges: Map<string, readonly BaselineChangedAt[]>;
  /** By `entityKey`. */
  readonly versions: Map<string, Moved>;
  /** By actor and command id. */
  readonly commands: Map<string, RememberedCommand>;
}

interface Entities {
  readonly key: Key;
  readonly segment: Segment;
  readonly goal: Goal;
  readonly flag: Flag;
  readonly config: Config;
  readonly experiment: Experiment;
  readonly holdout: Holdout;
}

/** Kinds of which a project has many. */
export type PluralKind = keyof Entities;
/** One thing of a kind. */
export type EntityOf<Kind extends PluralKind> = Entities[Kind];

/** What holds the things of a kind: in the state, in the limits, among the read models and in a set-up file. */
export const PLURALS = {
  key: 'keys',
  segment: 'segments',
  goal: 'goals',
  flag: 'flags',
  config: 'configs',
  experiment: 'experiments',
  holdout: 'holdouts',
} as const satisfies { readonly [Kind in Exclude<EntityKind, 'project' | 'exclusivity'>]: keyof ProjectState };

/** All of a kind, by id. */
export function entitiesOf<Kind extends PluralKind>(state: ProjectState, kind: Kind): Map<string, EntityOf<Kind>> {
  return state[PLURALS[kind]] as Map<string, never>;
}

/** The state with one thing of a kind added or replaced. By a copy that is assigned to, since it is done for every event of a rebuild. */
export function withEntity(state: ProjectState, kind: PluralKind, id: string, entity: EntityOf<PluralKind>): ProjectState {
  const next = { ...state } as { [Plural in (typeof PLURALS)[PluralKind]]: Map<string, EntityOf<PluralKind>> };
  next[PLURALS[kind]] = entitiesOf(state, kind).set(id, entity as never);
  return next as unknown as ProjectState;
}

export function entityKey(kind: EntityKind, id: string): string {
  return `${kind}:${id}`;
}
