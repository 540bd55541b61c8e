import type { Map } from 'immutable';
import type { Config } from './config';
import type { Actor, EntityKind, Head, Envelope } from './event';
import type { Experiment } from './experiment-state';
import type { Flag } from './flag';
import type { Goal } from './goal';
import type { Holdout } from './holdout';
import type { Key } from './key';
import type { Project } from './project';
import type { RememberedCommands } from './remembered-commands';
import type { Segment } from './segment';

/** How often an entity has moved, and who moved it last. */
export interface Moved {
  readonly version: number;
  readonly actor: Actor;
  readonly at: number;
  /** The revision of its last event. */
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
  /** Folded names that are taken, by kind, and by whom (S1, G1, E6). undefined: names are not kept, since the state is of one entity alone. */
  readonly names: Map<string, string> | undefined;
  /** Folded names that were given up, by kind: what had each last. A plan that was made before it finds here what it meant. */
  readonly releasedNames: Map<string, ReleasedName>;
  /** X7: where control of an experiment began to give something else while it ran, by its id. */
  readonly baselineChanges: Map<string, readonly BaselineChangedAt[]>;
  /** By `entityKey`. */
  readonly versions: Map<string, Moved>;
  readonly commands: RememberedCommands;
}

/** An event with the state after it. The event's hash covers all before it, so every fold that comes to that event comes to that state. */
export interface Folded {
  readonly event: Envelope;
  readonly state: ProjectState;
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

type SetEntity<Kind extends PluralKind> = (state: ProjectState, id: string, entity: EntityOf<Kind>) => ProjectState;

/** With the members by name: this is done for every event of a rebuild, and a member by a computed name takes twice as long. */
const SET: { readonly [Kind in PluralKind]: SetEntity<Kind> } = {
  key: (state, id, key) => ({ ...state, keys: state.keys.set(id, key) }),
  segment: (state, id, segment) => ({ ...state, segments: state.segments.set(id, segment) }),
  goal: (state, id, goal) => ({ ...state, goals: state.goals.set(id, goal) }),
  flag: (state, id, flag) => ({ ...state, flags: state.flags.set(id, flag) }),
  config: (state, id, config) => ({ ...state, configs: state.configs.set(id, config) }),
  experiment: (state, id, experiment) => ({ ...state, experiments: state.experiments.set(id, experiment) }),
  holdout: (state, id, holdout) => ({ ...state, holdouts: state.holdouts.set(id, holdout) }),
};

/** The state with one thing of a kind added or replaced. */
export function withEntity(state: ProjectState, kind: PluralKind, id: string, entity: EntityOf<PluralKind>): ProjectState {
  return (SET[kind] as SetEntity<PluralKind>)(state, id, entity);
}

export function entityKey(kind: EntityKind, id: string): string {
  return `${kind}:${id}`;
}
