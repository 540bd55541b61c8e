import type { Map, ValueObject } from 'immutable';
import type { Config } from './config';
import type { Actor, EntityKind, EntityRef, Head, Envelope } from './event';
import type { Experiment } from './experiment-state';
import type { Flag } from './flag';
import type { Goal } from './goal';
import type { Holdout } from './holdout';
import type { Key } from './key';
import type { Project } from './project';
import type { Refusal } from './refusal';
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

/** What became of a command, so that its repetition can be answered (A1). */
interface RememberedCommand {
  readonly commandHash: string;
  /** What its first event was about. */
  readonly entity: EntityRef;
  /** The place of its last event. */
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
  /** Folded names that are taken, by kind, and by whom (S1, G1, E6). undefined: names are not kept, since the state is of one entity alone. */
  readonly names: Map<string, string> | undefined;
  /** Folded names that were given up, by kind: what had each last. A plan that was made before it finds here what it meant. */
  readonly releasedNames: Map<string, ReleasedName>;
  /** X7: where control of an experiment began to give something else while it ran, by its id. */
  readonly baselineChanges: Map<string, readonly BaselineChangedAt[]>;
  /** By `entityKey`. */
  readonly versions: Map<string, Moved>;
  readonly commands: Map<CommandKey, RememberedCommand>;
}

/** An event with the state after it. The event's hash covers all before it, so whoever has come to that event has that very state. */
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

/** A1: for how many revisions a command is remembered. */
export const REMEMBERED_REVISIONS = 10_000;

/** Whose command it was, and its id. Hashed here: of a text as long as these two are joined, a persistent map looks the hash up, which takes ten times as long. */
class CommandKey implements ValueObject {
  constructor(
    private readonly actorId: string,
    private readonly commandId: string,
  ) {}

  equals(other: CommandKey): boolean {
    return this.commandId === other.commandId && this.actorId === other.actorId;
  }

  hashCode(): number {
    return textHash(this.actorId, textHash(this.commandId, 0));
  }
}

function textHash(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** The memory of commands with this event's command in it. What is long forgotten is dropped now and then, not at every event. */
export function remember(commands: Map<CommandKey, RememberedCommand>, event: Envelope): Map<CommandKey, RememberedCommand> {
  const key = new CommandKey(event.actor.id, event.commandId);
  const known = commands.get(key);
  const { commandHash, revision, hash } = event;
  const entity = known && !forgotten(known, revision) ? known.entity : event.entity;
  const next = commands.set(key, { commandHash, entity, revision, hash });
  if (next.size <= 2 * REMEMBERED_REVISIONS) return next;
  return next.filter((command) => !forgotten(command, revision));
}

const forgotten = (command: RememberedCommand, head: number): boolean => command.revision <= head - REMEMBERED_REVISIONS;

/**
 * A1: what the same actor's same command id stands for: its first result, or a refusal if the input was another then.
 * undefined: a command that has left no trace, since it is new, was refused, or changed nothing.
 */
export function recall(
  state: ProjectState,
  actorId: string,
  commandId: string,
  commandHash: string,
): RememberedCommand | Refusal | undefined {
  const known = state.commands.get(new CommandKey(actorId, commandId));
  if (known === undefined || forgotten(known, state.head.revision)) return undefined;
  if (known.commandHash === commandHash) return known;
  const message = `The command id "${commandId}" was used for another command at revision ${known.revision}. Give every new command a new id.`;
  return { code: 'COMMAND_ID_REUSED', message };
}
