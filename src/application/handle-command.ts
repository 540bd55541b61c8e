import { randomUUID } from 'node:crypto';
import { decideCommand } from '../domain/command';
import { cursorOf } from '../domain/cursor';
import { seal, type Envelope, type Fact } from '../domain/event';
import { canonicalSteps, sha256 } from '../domain/json';
import { jsonForms } from '../domain/json-forms';
import type { Limits } from '../domain/limits';
import { evolve, schemaVersions } from '../domain/decider';
import { entityKey, type ProjectState } from '../domain/project-state';
import { invalid, limitReached, type Refusal } from '../domain/refusal';
import { recall } from '../domain/remembered-commands';
import { isRefusal, type Decision } from '../domain/concept';
import { finish, type Steps } from '../domain/steps';
import { checkCommandId, checkReason } from '../domain/text';
import { sizeOf } from '../event-store/event-store';
import { decidingSetup } from '../setup/plan';
import { decidingRestore } from '../setup/restore';
import { tooMuchCounted } from './counted-rules';
import type { Outcome, Submission } from './execute';

/** A submission with its generated ids, so that deciding it again gives the same facts. */
export interface PreparedCommand extends Submission {
  readonly commandId: string;
  /** Absent if the command is not JSON, such as one with Infinity in it: deciding it refuses it with the reason. */
  readonly commandHash: string | undefined;
  readonly newId: string;
  /** The decision made before the command was queued, on the state whose newest event has this hash. */
  readonly decided?: { readonly on: string; readonly decision: Decision };
}

/** Events that are sealed in one step. */
const SEALED_PER_STEP = 10;
/** How deep a submission's JSON is hashed in steps: to the items of the lists of a set-up. */
const LIST_DEPTH = 4;

/** An outcome, or an unexpected error of this command alone. */
export type CommandResult = Outcome | { readonly kind: 'failed'; readonly error: unknown };

/** The result of a command on a state, with its events. It takes effect only when the store has appended the events. */
export interface CommandDecision {
  readonly result: CommandResult;
  readonly state: ProjectState;
  readonly events: readonly Envelope[];
  readonly bytes: number;
}

export interface HandlerOptions {
  readonly limits: Limits;
  /** The most bytes of events that one append may hold. */
  readonly appendLimitBytes: number;
  /** UTC milliseconds. */
  readonly clock: () => number;
}

export function prepareCommand(submission: Submission): PreparedCommand {
  return finish(preparingCommand(submission));
}

/** The same, in steps. */
export function* preparingCommand(submission: Submission): Steps<PreparedCommand> {
  const { command, reason } = submission;
  // What is new comes first: Node 20 takes 0.7 us for each member that is added behind a copied object.
  return {
    commandHash: yield* hashOfInput({ command: asSent(command), reason }, isLong(submission) ? LIST_DEPTH : 0),
    newId: randomUUID(),
    ...submission,
    commandId: submission.commandId ?? randomUUID(),
  };
}

/** What the server found for a command is no input: a repetition may find something else (A1). */
function asSent(command: Submission['command']): object {
  if (!('found' in command)) return command;
  const { found: _found, ...sent } = command;
  return sent;
}

function* hashOfInput(input: object, levels: number): Steps<string | undefined> {
  try {
    return sha256(levels === 0 ? jsonForms(input, []).canonical : yield* canonicalSteps(input, levels));
  } catch {
    return undefined;
  }
}

/** Whether deciding the command takes so long that it must be done in steps. */
export function isLong({ command }: Submission): boolean {
  return command.type === 'ApplySetup' || command.type === 'RestoreSetup';
}

/** The rules and filters that a command other than a set-up brings, or brings back. None: there is no pattern in it to compile. */
export function rulesIn({ command }: Submission): readonly unknown[] {
  const content = command.type === 'Revert' ? command.target.content : command;
  const { rule, filters } = (content ?? {}) as { readonly rule?: unknown; readonly filters?: unknown };
  return [...(rule === undefined ? [] : [rule]), ...(filters === undefined ? [] : [{ filters }])];
}

/** Decides one command on the state and seals its events. Never throws: a command that cannot be decided must not fail its group. */
export function handleCommand(state: ProjectState, prepared: PreparedCommand, options: HandlerOptions): CommandDecision {
  return finish(handlingCommand(state, prepared, options));
}

/** The same, in steps. */
export function* handlingCommand(state: ProjectState, prepared: PreparedCommand, options: HandlerOptions): Steps<CommandDecision> {
  try {
    return yield* handle(state, prepared, options);
  } catch (error) {
    return { result: { kind: 'failed', error }, state, events: [], bytes: 0 };
  }
}

/** The recipe of one command: recall a repetition (A6), decide, check the rest of the input, seal the events, answer. */
function* handle(state: ProjectState, prepared: PreparedCommand, options: HandlerOptions): Steps<CommandDecision> {
  const { projectId, command, actor, commandId, commandHash } = prepared;
  const answer = (result: CommandResult): CommandDecision => ({ result, state, events: [], bytes: 0 });
  const known = recall(state, actor.id, commandId, commandHash ?? '');
  if (known && 'code' in known) return answer({ kind: 'refused', refusal: known });
  if (known) return answer({ kind: 'done', entity: known.entity, cursor: cursorOf({ projectId, ...known }), events: [] });

  const decision = yield* deciding(state, prepared, options.limits);
  const refusal = refusalOf(prepared, decision);
  if (refusal) return answer({ kind: 'refused', refusal });
  const facts = decision as readonly Fact[];
  if (facts.length === 0) return answer({ kind: 'done', entity: undefined, cursor: cursorOf({ projectId, ...state.head }), events: [] });

  const sealed = yield* sealAll(state, prepared, facts, options.clock());
  const { events, bytes } = sealed;
  if (bytes > options.appendLimitBytes) return answer({ kind: 'refused', refusal: tooLarge(command, bytes, options.appendLimitBytes) });
  const counted = tooMuchCounted(state, sealed.state);
  if (counted) return answer({ kind: 'refused', refusal: counted });
  const last = events.at(-1) as Envelope;
  return { result: { kind: 'done', entity: events[0]?.entity, cursor: cursorOf(last), events }, ...sealed };
}

function* deciding(state: ProjectState, { projectId, command, newId, decided }: PreparedCommand, limits: Limits): Steps<Decision> {
  // The hash of a state's newest event covers all events before it, so an equal hash means an equal state.
  if (decided?.on === state.head.hash) return decided.decision;
  const context = { limits, newId };
  if (command.type === 'ApplySetup') return yield* decidingSetup(state, projectId, command, context);
  if (command.type === 'RestoreSetup') return yield* decidingRestore(state, projectId, command, context);
  return decideCommand(state, projectId, command, context);
}

/** Decides a command before it is queued, on a state that may be current: if it is, the queue need not decide it again. */
export function* decidingAhead(
  state: ProjectState,
  prepared: PreparedCommand,
  { limits }: Pick<HandlerOptions, 'limits'>,
): Steps<PreparedCommand> {
  if (recall(state, prepared.actor.id, prepared.commandId, prepared.commandHash ?? '') !== undefined) return prepared;
  const decision = yield* deciding(state, prepared, limits);
  return { ...prepared, decided: { on: state.head.hash, decision } };
}

/** The command id and the reason are input, too: their problems come after "not found" and "stale", and with other input problems (A6). */
function refusalOf({ commandId, reason }: PreparedCommand, decision: Decision): Refusal | undefined {
  const refusal = isRefusal(decision) ? decision : undefined;
  const problems = [...checkCommandId(commandId, 'commandId'), ...(reason === undefined ? [] : checkReason(reason, 'reason'))];
  if (problems.length === 0 || refusal?.code === 'NOT_FOUND' || refusal?.code === 'STALE') return refusal;
  return invalid(...problems, ...(refusal?.code === 'INVALID_INPUT' ? refusal.problems : []));
}

function* sealAll(
  state: ProjectState,
  prepared: PreparedCommand,
  facts: readonly Fact[],
  now: number,
): Steps<{ state: ProjectState; events: readonly Envelope[]; bytes: number }> {
  const { projectId, actor, reason, commandId, commandHash, correlationId, causationId = commandId } = prepared;
  if (commandHash === undefined) throw new Error(`${prepared.command.type} was accepted although it is not JSON`);
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
    if (events.length % SEALED_PER_STEP === 0) yield;
  }
  return { state: current, events, bytes };
}

function tooLarge({ type }: Submission['command'], bytes: number, limit: number): Refusal {
  const advice =
    type === 'ApplySetup'
      ? 'Split the file, and apply the parts in this order: keys, segments and goals; then flags, configs and experiments, as many at a time as fit. A list that a part leaves out is left alone, so use prune with none of them.'
      : type === 'RestoreSetup'
        ? 'Go back by way of set-up files: export the project as it was, and apply the file in parts.'
        : 'Do it in smaller steps.';
  return limitReached(`${type} would write ${bytes} bytes at once, and ${limit} is the most. ${advice}`, limit);
}
