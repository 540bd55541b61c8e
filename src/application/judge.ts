import { randomUUID } from 'node:crypto';
import { decideCommand } from '../domain/command';
import { cursorOf } from '../domain/cursor';
import { seal, type Envelope, type Fact } from '../domain/event';
import { canonical, sha256 } from '../domain/json';
import type { Limits } from '../domain/limits';
import { evolve, schemaVersions } from '../domain/project';
import { entityKey, type ProjectState } from '../domain/project-state';
import { recall } from '../domain/recall';
import { invalid, limitReached, type Refusal } from '../domain/refusal';
import { isRefusal, type Decision } from '../domain/slice';
import { checkCommandId, checkReason } from '../domain/text';
import { sizeOf } from '../event-store/event-store';
import { decideSetup } from '../setup/plan';
import type { Outcome, Submission } from './execute';

/** A submission with what is drawn for it once, so that deciding it again gives the same facts. */
export interface Case extends Submission {
  readonly commandId: string;
  /** Absent if the command is not JSON, such as one with Infinity in it: deciding it says what is wrong. */
  readonly commandHash: string | undefined;
  readonly newId: string;
}

/** An outcome, or a fault of ours that befell this command alone. */
export type Ruling = Outcome | { readonly kind: 'failed'; readonly error: unknown };

/** What follows from a command, on the state that was given: not true before the store has taken the events. */
export interface Verdict {
  readonly outcome: Ruling;
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
    commandHash: hashOfInput({ command, reason }),
    newId: randomUUID(),
  };
}

function hashOfInput(input: object): string | undefined {
  try {
    return sha256(canonical(input));
  } catch {
    return undefined;
  }
}

/** Decides one command on the state and seals what follows. Never throws: a command that cannot be decided must not fail its group. */
export function judge(state: ProjectState, submitted: Case, court: Court): Verdict {
  try {
    const ruling = rule(state, submitted, court);
    return 'outcome' in ruling ? ruling : { outcome: ruling, state, events: [], bytes: 0 };
  } catch (error) {
    return { outcome: { kind: 'failed', error }, state, events: [], bytes: 0 };
  }
}

/** A6 begins here: the repeated command comes before all else. An outcome alone: nothing follows from the command. */
function rule(state: ProjectState, submitted: Case, court: Court): Verdict | Outcome {
  const { projectId, command, actor, commandId, commandHash, newId } = submitted;
  const known = recall(state, actor.id, commandId, commandHash ?? '');
  if (known && 'code' in known) return { kind: 'refused', refusal: known };
  if (known) return { kind: 'done', entity: known.entity, cursor: cursorOf({ projectId, ...known }), events: [] };

  const context = { limits: court.limits, newId };
  const decision =
    command.type === 'ApplySetup' ? decideSetup(state, projectId, command, context) : decideCommand(state, projectId, command, context);
  const refusal = refusalOf(submitted, decision);
  if (refusal) return { kind: 'refused', refusal };
  const facts = decision as readonly Fact[];
  if (facts.length === 0) return { kind: 'done', entity: undefined, cursor: cursorOf({ projectId, ...state.head }), events: [] };

  const sealed = sealAll(state, submitted, facts, court.clock());
  const bytes = sealed.events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (bytes > court.appendLimit) return { kind: 'refused', refusal: tooLarge(command, bytes, court.appendLimit) };
  const last = sealed.events.at(-1) as Envelope;
  return { outcome: { kind: 'done', entity: sealed.events[0]?.entity, cursor: cursorOf(last), events: sealed.events }, ...sealed, bytes };
}

/** What the command brings besides itself is input, too: wrong, it is told after what is missing or stale, and with what else is wrong (A6). */
function refusalOf({ commandId, reason }: Case, decision: Decision): Refusal | undefined {
  const refusal = isRefusal(decision) ? decision : undefined;
  const problems = [...checkCommandId(commandId, 'commandId'), ...(reason === undefined ? [] : checkReason(reason, 'reason'))];
  if (problems.length === 0 || refusal?.code === 'NOT_FOUND' || refusal?.code === 'STALE') return refusal;
  return invalid(...problems, ...(refusal?.code === 'INVALID_INPUT' ? refusal.problems : []));
}

function sealAll(
  state: ProjectState,
  submitted: Case,
  facts: readonly Fact[],
  now: number,
): { state: ProjectState; events: readonly Envelope[] } {
  const { projectId, actor, reason, commandId, commandHash, correlationId, causationId = commandId } = submitted;
  if (commandHash === undefined) throw new Error(`${submitted.command.type} was accepted although it is not JSON`);
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

function tooLarge({ type }: Submission['command'], bytes: number, limit: number): Refusal {
  const advice =
    type === 'ApplySetup'
      ? 'Split the file, and apply the parts in this order: keys, segments and goals; then flags, configs and experiments, as many at a time as fit. A list that a part leaves out is left alone, so use prune with none of them.'
      : 'Do it in smaller steps.';
  return limitReached(`${type} would write ${bytes} bytes at once, and ${limit} is the most. ${advice}`, limit);
}
