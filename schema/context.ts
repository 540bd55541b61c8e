import type { Caller } from '../src/application/caller';
import type { Consult, Execute } from '../src/application/execute';
import type { AsOf } from '../src/audit/as-of';
import type { Limits } from '../src/domain/limits';
import type { Reader } from '../projections/reader';
import type { Loaders } from './loaders';

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
  readonly caller: Caller;
  readonly execute: Execute;
  readonly consult: Consult;
  /** How much one project may hold. */
  readonly limits: Limits;
  readonly reader: Reader;
  readonly progress: Progress;
  readonly loaders: Loaders;
  /** What a project was. */
  readonly asOf: AsOf['at'];
  /** How many projects the instance may hold. */
  readonly projectLimit: number;
}
