import { CONCEPTS, type ContentOf } from './decider';
import type { EntityKind } from './event';
import { EXCLUSIVITY } from './exclusivity';
import { decideInTurn } from './in-turn';
import { nameOf } from './naming';
import { entityKey, type ProjectState } from './project-state';
import { invalid, notFound, type Obstacle, type Refusal, type RefusalOf } from './refusal';
import type { CommandStep, RevertStep } from './revert-steps';
import type { Decision, DecisionContext } from './concept';
import { staleness, type Edit } from './targeting';

/** What is to go back, and what it was: read from the history by anyone who asks, so that deciding it needs nothing but the state. */
export type RevertTarget = {
  readonly [Kind in EntityKind]: {
    readonly kind: Kind;
    /** A key's name, or the id of anything else. */
    readonly id: string;
    /** What it was at that version; `null`: it was not found, which is decided to be said in its turn (A6). */
    readonly content: ContentOf<Kind> | null;
  };
}[EntityKind];

/** Brings the editable fields of one thing, and whether it is archived, back to what they were. */
export interface Revert extends Edit {
  readonly type: 'Revert';
  readonly target: RevertTarget;
  readonly toVersion: number;
}

/**
 * All or nothing, as the ordinary commands that would do it, each guarded as ever and decided on top of those before it. What cannot go back is
 * listed item by item. Whether it is served is no field that is edited: what was paused or stopped since stays so.
 */
export function revert(
  state: ProjectState,
  projectId: string,
  command: Revert,
  context: DecisionContext,
): Decision<RefusalOf<'NOT_FOUND' | 'STALE' | 'INVALID_INPUT' | 'CANNOT_REVERT'>> {
  const { target, toVersion, expectedVersion } = command;
  const { kind, id } = target;
  if (state.project === undefined) return notFound('project', projectId);
  const steps = stepsOf(state, target);
  if (steps === undefined) return notFound(kind, id);
  const stale = staleness(state, kind, id, expectedVersion);
  if (stale) return stale;
  const version = state.versions.get(entityKey(kind, id))?.version ?? 0;
  // The setting is there before its first change.
  const least = kind === EXCLUSIVITY.kind ? 0 : 1;
  if (steps === 'unknown' || !Number.isInteger(toVersion) || toVersion < least || toVersion > version) {
    return invalid({ path: 'toVersion', message: `must be a version that it has had: ${least} to ${version}` });
  }
  const impossible = steps.flatMap((item) => ('refusal' in item ? [{ item, refusal: item.refusal }] : []));
  if (impossible.length > 0) return cannotRevert(state, target, toVersion, impossible);
  const commands = steps.filter((step) => 'command' in step);
  const [first] = commands;
  // If restoring it is refused, every other command is refused for that reason too: one refusal is enough.
  const restored = first?.path === 'archived' ? decideInTurn(state, projectId, [first], commandOf, context).refusals : [];
  if (restored.length > 0) return cannotRevert(state, target, toVersion, restored);
  const { facts, refusals } = decideInTurn(state, projectId, commands, commandOf, context);
  return refusals.length > 0 ? cannotRevert(state, target, toVersion, refusals) : facts;
}

const commandOf = ({ command }: CommandStep) => command;

/** undefined: there is no such thing now; `unknown`: there is, but not what it was. */
function stepsOf(state: ProjectState, { kind, id, content }: RevertTarget): readonly RevertStep[] | 'unknown' | undefined {
  if (content !== null) return CONCEPTS[kind].revert(state, id, content as never);
  // Asked only whether it is there.
  return isThere(state, kind, id) ? 'unknown' : undefined;
}

function isThere(state: ProjectState, kind: EntityKind, id: string): boolean {
  return state.versions.has(entityKey(kind, id));
}

function cannotRevert(
  state: ProjectState,
  { kind, id, content }: RevertTarget,
  toVersion: number,
  refusals: readonly { readonly item: RevertStep; readonly refusal: Refusal }[],
): RefusalOf<'CANNOT_REVERT'> {
  const obstacles = refusals.flatMap(({ item, refusal }) => obstaclesOf(item.path, refusal, content));
  const words = obstacles.map(({ path, refusal }) => (refusal.code === 'INVALID_INPUT' ? refusal.message : `${path}: ${refusal.message}`));
  const message = `The ${kind} "${nameOf(state, kind, id)}" cannot go back to version ${toVersion}, so nothing was changed. ${words.join(' ')}`;
  return { code: 'CANNOT_REVERT', message, obstacles };
}

/** What is wrong with the content is listed one by one, each where it is in what it would go back to. */
function obstaclesOf(path: string, refusal: Refusal, content: object | null): readonly Obstacle[] {
  if (refusal.code !== 'INVALID_INPUT') return [{ path, refusal }];
  return refusal.problems.map((problem) => {
    const at = contentPath(problem.path, content);
    return { path: at, refusal: invalid({ path: at, message: `${problem.message}.` }) };
  });
}

/** `rows.0.segment` as a change of fields has it: `rows[r1].segment`. */
function contentPath(path: string, content: object | null): string {
  let inside: unknown = content;
  return path.split('.').reduce((before, part) => {
    inside = (inside as { readonly [member: string]: unknown } | null | undefined)?.[part];
    const { id } = Object(inside) as { readonly id?: unknown };
    if (/^\d+$/.test(part)) return `${before}[${typeof id === 'string' ? id : part}]`;
    return before === '' ? part : `${before}.${part}`;
  }, '');
}
