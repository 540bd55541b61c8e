import { Map as PersistentMap, type ValueObject } from 'immutable';
import type { EntityRef, Envelope, Head } from './event';
import type { Refusal } from './refusal';

/** A1: for how many revisions a command is remembered. */
export const REMEMBERED_REVISIONS = 10_000;

/** What became of a command, so that its repetition can be answered (A1). */
interface RememberedCommand {
  readonly commandHash: string;
  /** What its first event was about. */
  readonly entity: EntityRef;
  /** The place of its last event. */
  readonly revision: number;
  readonly hash: string;
}

/** The commands of the newest revisions of a project. Each event replaces them by others that share their parts. */
export interface RememberedCommands {
  /** Those with an event at this revision or a later one; no more than `REMEMBERED_REVISIONS` of them. */
  readonly newer: PersistentMap<CommandKey, RememberedCommand>;
  readonly since: number;
  /** Those before. When all of these are forgotten, the newer ones take their place. */
  readonly older: PersistentMap<CommandKey, RememberedCommand>;
}

export const NONE_REMEMBERED: RememberedCommands = { newer: PersistentMap(), since: 0, older: PersistentMap() };

/**
 * Whose command it was, and its id. Hashed here: Immutable keeps the hashes of long texts in a table of texts, and a look into it takes ten times
 * as long.
 */
class CommandKey implements ValueObject {
  private readonly hash: number;

  constructor(
    private readonly actorId: string,
    private readonly commandId: string,
  ) {
    this.hash = textHash(actorId, textHash(commandId, 0));
  }

  equals(other: CommandKey): boolean {
    return this.commandId === other.commandId && this.actorId === other.actorId;
  }

  hashCode(): number {
    return this.hash;
  }
}

function textHash(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

const find = ({ newer, older }: RememberedCommands, key: CommandKey): RememberedCommand | undefined => newer.get(key) ?? older.get(key);

/** With this event's command. */
export function remember(commands: RememberedCommands, event: Envelope): RememberedCommands {
  const { commandHash, revision, hash } = event;
  const isFull = revision - commands.since >= REMEMBERED_REVISIONS;
  const { newer, since, older } = isFull ? { newer: NONE_REMEMBERED.newer, since: revision, older: commands.newer } : commands;
  const key = new CommandKey(event.actor.id, event.commandId);
  const known = find(commands, key);
  const entity = known && !forgotten(known, revision) ? known.entity : event.entity;
  return { newer: newer.set(key, { commandHash, entity, revision, hash }), since, older };
}

const forgotten = (command: RememberedCommand, head: number): boolean => command.revision <= head - REMEMBERED_REVISIONS;

/**
 * A1: what the same actor's same command id stands for: its first result, or a refusal if the input was another then.
 * undefined: a command that has left no trace, since it is new, was refused, or changed nothing.
 */
export function recall(
  { commands, head }: { readonly commands: RememberedCommands; readonly head: Head },
  actorId: string,
  commandId: string,
  commandHash: string,
): RememberedCommand | Refusal | undefined {
  const known = find(commands, new CommandKey(actorId, commandId));
  if (known === undefined || forgotten(known, head.revision)) return undefined;
  if (known.commandHash === commandHash) return known;
  const message = `The command id "${commandId}" was used for another command at revision ${known.revision}. Give every new command a new id.`;
  return { code: 'COMMAND_ID_REUSED', message };
}
