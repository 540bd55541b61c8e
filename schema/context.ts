import type { Execute } from '../src/application/execute';
import type { Actor } from '../src/domain/event';
import type { Reader } from '../projections/reader';
import type { Loaders } from './loaders';

/** What each role may do is in permissions.ts. */
export const ROLES = ['admin', 'creator', 'member', 'auditor', 'analyst', 'app'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, and with which roles in which projects; `*` stands for every project there is or will be. */
export interface Asking {
  readonly actor: Actor;
  readonly grants: ReadonlyMap<string, ReadonlySet<Role>>;
}

/** What resolvers see of the read side's progress. */
export interface Progress {
  /** Waits until the project's documents reflect the revision; `timeout` or `parked`: they do not. */
  reached(projectId: string, revision: number): Promise<'reached' | 'timeout' | 'parked'>;
  /** Since when (UTC milliseconds) the project's documents stand still, though its history goes on; undefined: they do not. */
  staleSince(projectId: string): number | undefined;
}

/** What one request brings to its resolvers. */
export interface Context {
  readonly requestId: string;
  readonly caller: Asking;
  readonly execute: Execute;
  readonly reader: Reader;
  readonly progress: Progress;
  readonly loaders: Loaders;
  /** How many projects the instance may hold. */
  readonly projectLimit: number;
}
