import { randomUUID } from 'node:crypto';
import { decideCommand, type Command } from '../domain/archive-many';
import { cursorOf } from '../domain/cursor';
import { seal, type Envelope, type Fact } from '../domain/event';
import { canonical, sha256 } from '../domain/json';
import type { Limits } from '../domain/limits';
import { evolve, schemaVersions } from '../domain/project';
import { entityKey, type ProjectState } from '../domain/project-state';
import { recall } from '../domain/recall';
import { invalid, limitReached } from '../domain/refusal';
import { isRefusal } from '../domain/slice';
import { checkCommandId, checkReason } from '../domain/text';
import { sizeOf } from '../event-store/event-store';
import type { Outcome, Submission } from './execute';

/** A submission with what is drawn for it once, so that deciding it again gives the same facts. */
export interface Case extends Submission {
  readonly commandId: string;
  readonly commandHash: string;
  readonly newId: string;
}

/** What follows from a command, on the state that was given: not true before the store has taken the events. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly state: ProjectState;
  readonly events: readonly Envelope[];
  readonly bytes: number;
}

export interface Court {
  readonly limits: Limits;
  /** The most bytes of events that one append may hold. */
  readonly appendLimit: number;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

export function prepareCase(submission: Submission): Case {
  const { command, reason } = submission;
  return {
    ...submission,
    commandId: submission.commandId ?? randomUUID(),
    commandHash: sha256(canonical({ command, reason })),
    newId: randomUUID(),
  };
}

/** Decides one command on the state and seals what follows. A6 begins here: the repeated command comes before all else. */
export function judge(state: ProjectState, submitted: Case, court: Court): Verdict {
  const { projectId, command, actor, commandId, commandHash, newId } = submitted;
  const unchanged = (outcome: Outcome): Verdict => ({ outcome, state, events: [], bytes: 0 });

  const problems = [
    ...checkCommandId(commandId, 'commandId'),
    ...(submitted.reason === undefined ? [] : checkReason(submitted.reason, 'reason')),
  ];
  if (problems.length > 0) return unchanged({ kind: 'refused', refusal: invalid(...problems) });

  const known = recall(state, actor.id, commandId, commandHash);
  if (known && 'code' in known) return unchanged({ kind: 'refused', refusal: known });
  if (known) return unchanged({ kind: 'done', entity: known.entity, cursor: cursorOf({ projectId, ...known }), events: [] });

  const decision = decideCommand(state, projectId, command, { limits: court.limits, newId });
  if (isRefusal(decision)) return unchanged({ kind: 'refused', refusal: decision });
  if (decision.length === 0) {
    return unchanged({ kind: 'done', entity: undefined, cursor: cursorOf({ projectId, ...state.head }), events: [] });
  }
  const sealed = sealAll(state, submitted, decision, court.clock());
  const bytes = sealed.events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > court.appendLimit) return unchanged({ kind: 'refused', refusal: tooLarge(command, bytes, court.appendLimit) });
  const last = sealed.events.at(-1) as Envelope;
  const outcome: Outcome = { kind: 'done', entity: sealed.events[0]?.entity, cursor: cursorOf(last), events: sealed.events };
  return { outcome, ...sealed, bytes };
}

function sealAll(
  state: ProjectState,
  submitted: Case,
  facts: readonly Fact[],
  now: number,
): { state: ProjectState; events: readonly Envelope[] } {
  const { projectId, actor, reason, commandId, commandHash, correlationId, causationId = commandId } = submitted;
  const events: Envelope[] = [];
  let current = state;
  for (const fact of facts) {
    const version = (current.versions.get(entityKey(fact.entity.kind, fact.entity.id))?.version ?? 0) + 1;
    const schemaVersion = schemaVersions.get(fact.type) as number;
    const sealing = { projectId, actor, reason, commandId, commandHash, correlationId, causationId, schemaVersion, version, now };
    const event = seal(fact, sealing, current.head);
    events.push(event);
    current = evolve(current, event);
  }
  return { state: current, events };
}

const tooLarge = (command: Command, bytes: number, limit: number) =>
  limitReached(`${command.type} would write ${bytes} bytes at once, and ${limit} is the most. Do it in smaller steps.`, limit);
