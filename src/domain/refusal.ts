import type { Actor, EntityKind, EntityRef } from './event';
import { withArticle } from './text';

/** Where in the input, such as `rows.2.percentage`, and what is allowed there. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Who uses the thing that cannot be archived, or holds what was asked for. */
export interface Usage extends EntityRef {
  readonly status: string;
}

/** An expected "no", returned as data: nothing was appended. */
export type Refusal =
  | { readonly code: 'INVALID_INPUT'; readonly message: string; readonly problems: readonly Problem[] }
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly kind: EntityKind; readonly id: string }
  | { readonly code: 'ALREADY_EXISTS'; readonly message: string; readonly existing: EntityRef }
  | { readonly code: 'LIMIT_REACHED'; readonly message: string; readonly limit: number }
  | { readonly code: 'IN_USE'; readonly message: string; readonly usages: readonly Usage[] }
  | { readonly code: 'ILLEGAL_STATE'; readonly message: string }
  | {
      readonly code: 'STALE';
      readonly message: string;
      readonly currentVersion: number;
      readonly changedBy: Actor;
      readonly changedAt: number;
    }
  | { readonly code: 'COMMAND_ID_REUSED'; readonly message: string }
  /** X6: no new user can be taken, since these running experiments have all of them. */
  | { readonly code: 'NO_REACH'; readonly message: string; readonly inTheWay: readonly Usage[] }
  /** X7: control of these running experiments would give something else for these keys. */
  | {
      readonly code: 'BASELINE_OF_RUNNING';
      readonly message: string;
      readonly keys: readonly string[];
      readonly experiments: readonly Usage[];
    }
  | { readonly code: 'CANNOT_REVERT'; readonly message: string; readonly obstacles: readonly Obstacle[] };

export type RefusalCode = Refusal['code'];

/** A refusal with one of these codes. What decides says which, so that what each command can be refused with is known (refusals.ts). */
export type RefusalOf<Code extends RefusalCode> = Extract<Refusal, { readonly code: Code }>;

/** One thing that cannot go back to what it was: where, and why not. */
export interface Obstacle {
  readonly path: string;
  readonly refusal: Refusal;
}

export function invalid(...problems: readonly Problem[]): RefusalOf<'INVALID_INPUT'> {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { code: 'INVALID_INPUT', message: `${first?.path}: ${first?.message}${more}`, problems };
}

export function notFound(kind: EntityKind, id: string): RefusalOf<'NOT_FOUND'> {
  const where = kind === 'project' ? '' : ' in this project';
  return { code: 'NOT_FOUND', message: `There is no ${kind} "${id}"${where}.`, kind, id };
}

export function alreadyExists(existing: EntityRef, advice: string): RefusalOf<'ALREADY_EXISTS'> {
  return {
    code: 'ALREADY_EXISTS',
    message: `There is already ${withArticle(existing.kind)} named "${existing.name}". ${advice}`,
    existing,
  };
}

export function limitReached(message: string, limit: number): RefusalOf<'LIMIT_REACHED'> {
  return { code: 'LIMIT_REACHED', message, limit };
}

export function inUse(message: string, usages: readonly Usage[]): RefusalOf<'IN_USE'> {
  return { code: 'IN_USE', message, usages };
}

export function illegalState(message: string): RefusalOf<'ILLEGAL_STATE'> {
  return { code: 'ILLEGAL_STATE', message };
}
