import type { Map } from 'immutable';
import type { Envelope } from './event';
import type { ProjectState, RememberedCommand } from './project-state';
import type { Refusal } from './refusal';

/** A1: for how many revisions a command is remembered. */
export const REMEMBERED_REVISIONS = 10_000;

const memoryKey = (actorId: string, commandId: string): string => `${actorId}\n${commandId}`;

/** The memory of commands with this event's command in it. What is long forgotten is dropped now and then, not at every event. */
export function remember(commands: Map<string, RememberedCommand>, event: Envelope): Map<string, RememberedCommand> {
  const id = memoryKey(event.actor.id, event.commandId);
  const known = commands.get(id);
  const { commandHash, revision, hash } = event;
  const entity = known && !forgotten(known, revision) ? known.entity : event.entity;
  const next = commands.set(id, { commandHash, entity, revision, hash });
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
  const known = state.commands.get(memoryKey(actorId, commandId));
  if (known === undefined || forgotten(known, state.head.revision)) return undefined;
  if (known.commandHash === commandHash) return known;
  const message = `The command id "${commandId}" was used for another command at revision ${known.revision}. Give every new command a new id.`;
  return { code: 'COMMAND_ID_REUSED', message };
}
