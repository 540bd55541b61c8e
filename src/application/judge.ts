import { randomUUID } from 'node:crypto';
import { decideCommand } from '../domain/command';
import { cursorOf } from '../domain/cursor';
import { seal, type Envelope, type Fact } from '../domain/event';
import { canonicalSteps, sha256 } from '../domain/json';
import type { Limits } from '../domain/limits';
import { evolve, schemaVersions } from '../domain/decider';
import { entityKey, type ProjectState } from '../domain/project-state';
import { recall } from '../domain/recall';
import { invalid, limitReached, type Refusal } from '../domain/refusal';
import { isRefusal, type Decision } from '../domain/slice';
import { finish, type Steps } from '../domain/steps';
import { checkCommandId, checkReason } from '../domain/text';
import { sizeOf } from '../event-store/event-store';
import { decidingSetup } from '../setup/plan';
import type { Outcome, Submission } from './execute';

/** A submission with what is drawn for it once, so that deciding it again gives the same facts. */
export interface Case extends Submission {
  readonly commandId: string;
  /** Absent if the command is not JSON, such as one with Infinity in it: deciding it says what is wrong. */
  readonly commandHash: string | undefined;
  readonly newId: string;
  /** What was decided before the command was queued, on a state that ended on the event of this hash. */
  readonly decided?: { readonly on: string; readonly decision: Decision };
}

/** Events that are sealed at a time. */
const SEALED = 10;
/** In a submission, the things that a set-up lists: in its command's set-up's lists. */
const LISTED = 4;

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
  return finish(preparingCase(submission));
}

/** The same, in pieces. */
export function* preparingCase(submission: Submission): Steps<Case> {
  const { command, reason } = submission;
  return {
    ...submission,
    commandId: submission.commandId ?? randomUUID(),
    commandHash: yield* hashOfInput({ command, reason }, isLong(submission) ? LISTED : 0),
    newId: randomUUID(),
  };
}

function* hashOfInput(input: object, levels: number): Steps<string | undefined> {
  try {
    return sha256(yield* canonicalSteps(input, levels));
  } catch {
    return undefined;
  }
}

/** Whether deciding the command is so much work that it is to be done in pieces. */
export function isLong({ command }: Submission): boolean {
  return command.type === 'ApplySetup';
}

/** Decides one command on the state and seals what follows. Never throws: a command that cannot be decided must not fail its group. */
export function judge(state: ProjectState, submitted: Case, court: Court): Verdict {
  return finish(judging(state, submitted, court));
}

/** The same, in pieces. */
export function* judging(state: ProjectState, submitted: Case, court: Court): Steps<Verdict> {
  try {
    const ruling = yield* rule(state, submitted, court);
    return 'outcome' in ruling ? ruling : { outcome: ruling, state, events: [], bytes: 0 };
  } catch (error) {
    return { outcome: { kind: 'failed', error }, state, events: [], bytes: 0 };
  }
}

/** A6 begins here: the repeated command comes before all else. An outcome alone: nothing follows from the command. */
function* rule(state: ProjectState, submitted: Case, court: Court): Steps<Verdict | Outcome> {
  const { projectId, command, actor, commandId, commandHash } = submitted;
  const known = recall(state, actor.id, commandId, commandHash ?? '');
  if (known && 'code' in known) return { kind: 'refused', refusal: known };
  if (known) return { kind: 'done', entity: known.entity, cursor: cursorOf({ projectId, ...known }), events: [] };

  const decision = yield* decidingCase(state, submitted, court.limits);
  const refusal = refusalOf(submitted, decision);
  if (refusal) return { kind: 'refused', refusal };
  const facts = decision as readonly Fact[];
  if (facts.length === 0) return { kind: 'done', entity: undefined, cursor: cursorOf({ projectId, ...state.head }), events: [] };

  const { bytes, ...sealed } = yield* sealAll(state, submitted, facts, court.clock());
  if (bytes > court.appendLimit) return { kind: 'refused', refusal: tooLarge(command, bytes, court.appendLimit) };
  const last = sealed.events.at(-1) as Envelope;
  return { outcome: { kind: 'done', entity: sealed.events[0]?.entity, cursor: cursorOf(last), events: sealed.events }, ...sealed, bytes };
}

function* decidingCase(state: ProjectState, { projectId, command, newId, decided }: Case, limits: Limits): Steps<Decision> {
  // A state is what its newest event and those before it say, and the hash of that event covers them all.
  if (decided?.on === state.head.hash) return decided.decision;
  const context = { limits, newId };
  if (command.type === 'ApplySetup') return yield* decidingSetup(state, projectId, command, context);
  return decideCommand(state, projectId, command, context);
}

/** Decides a command on a state that may be its project's, before it is queued: if it is, nothing is left to decide. */
export function* decidingAhead(state: ProjectState, submitted: Case, { limits }: Pick<Court, 'limits'>): Steps<Case> {
  if (recall(state, submitted.actor.id, submitted.commandId, submitted.commandHash ?? '') !== undefined) return submitted;
  const decision = yield* decidingCase(state, submitted, limits);
  return { ...submitted, decided: { on: state.head.hash, decision } };
}

/** What the command brings besides itself is input, too: wrong, it is told after what is missing or stale, and with what else is wrong (A6). */
function refusalOf({ commandId, reason }: Case, decision: Decision): Refusal | undefined {
  const refusal = isRefusal(decision) ? decision : undefined;
  const problems = [...checkCommandId(commandId, 'commandId'), ...(reason === undefined ? [] : checkReason(reason, 'reason'))];
  if (problems.length === 0 || refusal?.code === 'NOT_FOUND' || refusal?.code === 'STALE') return refusal;
  return invalid(...problems, ...(refusal?.code === 'INVALID_INPUT' ? refusal.problems : []));
}

function* sealAll(
  state: ProjectState,
  submitted: Case,
  facts: readonly Fact[],
  now: number,
): Steps<{ state: ProjectState; events: readonly Envelope[]; bytes: number }> {
  const { projectId, actor, reason, commandId, commandHash, correlationId, causationId = commandId } = submitted;
  if (commandHash === undefined) throw new Error(`${submitted.command.type} was accepted although it is not JSON`);
  const events: Envelope[] = [];
  let current = state;
  let bytes = 0;
  for (const fact of facts) {
    const version = (current.versions.get(entityKey(fact.entity.kind, fact.entity.id))?.version ?? 0) + 1;
    const schemaVersion = schemaVersions.get(fact.type) as number;
    const sealing = { projectId, actor, reason, commandId, commandHash, correlationId, causationId, schemaVersion, version, now };
    const event = seal(fact, sealing, current.head);
    events.push(event);
    current = evolve(current, event);
    bytes += sizeOf(event);
    if (events.length % SEALED === 0) yield;
  }
  return { state: current, events, bytes };
}

function tooLarge({ type }: Submission['command'], bytes: number, limit: number): Refusal {
  const advice =
    type === 'ApplySetup'
      ? 'Split the file, and apply the parts in this order: keys, segments and goals; then flags, configs and experiments, as many at a time as fit. A list that a part leaves out is left alone, so use prune with none of them.'
      : 'Do it in smaller steps.';
  return limitReached(`${type} would write ${bytes} bytes at once, and ${limit} is the most. ${advice}`, limit);
}
