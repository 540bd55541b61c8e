import { neededBy, type Needed } from '../domain/acknowledge';
import { CONCEPTS } from '../domain/decider';
import type { EntityKind, Envelope } from '../domain/event';
import { entitiesOf, type PluralKind, type ProjectState } from '../domain/project-state';
import type { Refusal, Usage } from '../domain/refusal';
import type { Steps } from '../domain/steps';
import { usagesOf, type Use } from '../domain/usage';
import type { Submission } from './execute';
import { handlingCommand, type HandlerOptions, type PreparedCommand } from './handle-command';

/** What a command would do if it were carried out now. Nothing of it is stored, and none of it is promised: others may come first. */
export interface Previewed {
  /** The events that it would append. Their ids are of this preview: the command's own will have others. */
  readonly events: readonly Envelope[];
  readonly refusal: Refusal | undefined;
  /** What uses the keys, segments and goals that it is about, as they are now. */
  readonly usages: readonly Usage[];
  /** What its sender must have seen that it does to experiments (X6, X7), whether that is acknowledged or not. */
  readonly needed: Needed;
}

/**
 * Says what a command would do, decided as `Execute` decides it, on the state that the next command would be decided on. It waits in no queue.
 * Rejects as `LoadProject` does.
 */
export type Preview = (submission: Submission) => Promise<Previewed>;

/** Decides a command for its preview. */
export function* previewing(state: ProjectState, prepared: PreparedCommand, options: HandlerOptions): Steps<Previewed> {
  const { result, events: decided } = yield* handlingCommand(state, prepared, options);
  if (result.kind === 'failed') throw result.error;
  const refusal = result.kind === 'refused' ? result.refusal : undefined;
  const isUnseen = refusal?.code === 'NO_REACH' || refusal?.code === 'BASELINE_OF_RUNNING';
  // What must be acknowledged is to be seen with all that the command would do.
  const events = isUnseen ? (yield* handlingCommand(state, acknowledged(state, prepared), options)).events : decided;
  return { events, refusal, usages: usagesOfTargets(state, prepared.command, events), needed: neededBy(state, events) };
}

function acknowledged(state: ProjectState, { decided: _decided, ...prepared }: PreparedCommand): PreparedCommand {
  const running = [...state.experiments.values()].filter(({ status }) => status === 'RUNNING').map(({ id }) => id);
  return { ...prepared, command: { ...prepared.command, acknowledge: { noReach: true, baselineOf: running } } };
}

/** Each once, whichever of the things it uses. */
function usagesOfTargets(state: ProjectState, command: Submission['command'], events: readonly Envelope[]): readonly Usage[] {
  const targets = [...events.map(({ entity }) => entity), ...targetOf(command)];
  const parts = targets.filter((target): target is Use => isPart(target.kind) && entitiesOf(state, target.kind).has(target.id));
  const usages = new Map(parts.flatMap((part) => usagesOf(state, part)).map((usage) => [`${usage.kind}:${usage.id}`, usage]));
  return [...usages.values()];
}

const isPart = (kind: EntityKind): kind is Use['kind'] & PluralKind => kind === 'key' || kind === 'segment' || kind === 'goal';

/** Which thing a command names: its usages are also to be seen where it would be refused. */
function targetOf(command: Submission['command']): readonly { readonly kind: EntityKind; readonly id: string }[] {
  if (command.type === 'ArchiveMany') return command.items;
  if (command.type === 'Revert') return [command.target];
  const concept = Object.values(CONCEPTS).find(({ decide }) => command.type in decide);
  const { id, name } = command as { readonly id?: string; readonly name?: string };
  const named = concept?.kind === 'key' ? name : id;
  return concept === undefined || named === undefined ? [] : [{ kind: concept.kind, id: named }];
}
