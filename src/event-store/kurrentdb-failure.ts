import { OutcomeUnknown, StoreUnavailable } from './event-store';
import type { KurrentLibrary } from './kurrentdb-connection';

/** The server has not answered within a time of ours. The client's own deadlines are not kept by reads, nor by a server that hangs. */
export class TimedOut extends Error {
  constructor(milliseconds: number) {
    super(`KurrentDB has not answered for ${milliseconds} ms`);
  }
}

/** The promise's outcome, or `TimedOut`. */
export function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(milliseconds)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * What it means that an append failed: certain is only what the server has refused by name, and what failed before the events were
 * sent. That is where the client leaves a gRPC error as it is, because it first asks the server what it can do; all others it wraps.
 *
 * A lost connection, or a node that is not the leader any more, ends the call that all appends of a client share, also for those which
 * had been carried out. So these are unknown, and the same bytes again are the way to make sure.
 */
export function appendFailure(error: unknown, stream: string, library: KurrentLibrary): Error {
  if (error instanceof library.AccessDeniedError) return denied(error);
  if (error instanceof library.MaxAppendSizeExceededError) {
    const limit = `the server takes ${error.maxAppendSize} bytes in one append, and a ledger needs 1048576: raise its MaxAppendSize`;
    return new Error(`KurrentDB refused an append to ${stream} as too large: ${limit}`, { cause: error });
  }
  if (error instanceof library.StreamDeletedError) {
    return new Error(`stream ${stream} has been deleted in KurrentDB: restore it from a copy, or use another project`, { cause: error });
  }
  if (!library.isCommandError(error as Error) && typeof (error as { code?: unknown }).code === 'number') return unavailable(error);
  return new OutcomeUnknown(`KurrentDB may or may not have taken an append to ${stream}: ${explain(error)}`, { cause: error });
}

export function readFailure(error: unknown, library: KurrentLibrary): Error {
  if (error instanceof library.AccessDeniedError) return denied(error);
  return unavailable(error);
}

function denied(cause: unknown): StoreUnavailable {
  return new StoreUnavailable('KurrentDB refuses this user: check the user name and password in EVENT_STORE, and its rights on $all', {
    cause,
  });
}

function unavailable(cause: unknown): StoreUnavailable {
  return new StoreUnavailable(`KurrentDB cannot be reached: ${explain(cause)}`, { cause });
}

function explain(error: unknown): string {
  const { name, message } = error as Error;
  return message === '' ? name : message;
}
