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

/** One thing that cannot go back to what it was: where, and why not. */
export interface Obstacle {
  readonly path: string;
  readonly refusal: Refusal;
}

export function invalid(...problems: readonly Problem[]): Extract<Refusal, { readonly code: 'INVALID_INPUT' }> {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return { code: 'INVALID_INPUT', message: `${first?.path}: ${first?.message}${more}`, problems };
}

export function notFound(kind: EntityKind, id: string): Refusal {
  const where = kind === 'project' ? '' : ' in this project';
  return { code: 'NOT_FOUND', message: `There is no ${kind} "${id}"${where}.`, kind, id };
}

export function alreadyExists(existing: EntityRef, advice: string): Refusal {
  return {
    code: 'ALREADY_EXISTS',
    message: `There is already ${withArticle(existing.kind)} named "${existing.name}". ${advice}`,
    existing,
  };
}

export function limitReached(message: string, limit: number): Refusal {
  return { code: 'LIMIT_REACHED', message, limit };
}

export function inUse(message: string, usages: readonly Usage[]): Refusal {
  return { code: 'IN_USE', message, usages };
}

export function illegalState(message: string): Refusal {
  return { code: 'ILLEGAL_STATE', message };
}
