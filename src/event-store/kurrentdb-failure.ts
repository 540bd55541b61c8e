import { AppendTooLarge, OutcomeUnknown, StoreUnavailable, StreamDeleted } from './event-store';
import type { KurrentLibrary } from './kurrentdb-connection';
import { PREFIX } from './kurrentdb-event';

/** The server has not answered within a time of ours. The client's own deadlines are not kept by reads, nor by a server that hangs. */
export class TimedOut extends Error {
  constructor(milliseconds: number) {
    super(`KurrentDB has not answered for ${milliseconds} ms`);
  }
}

/** The promise's outcome, or `TimedOut`. */
export function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(timeoutMs)), timeoutMs);
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
  if (error instanceof library.MaxAppendSizeExceededError) return new AppendTooLarge(error.maxAppendSize, error);
  if (error instanceof library.StreamDeletedError) return new StreamDeleted(stream.slice(PREFIX.length));
  if (!library.isCommandError(error as Error) && typeof (error as { code?: unknown }).code === 'number') return unavailable(error);
  if (foundNoLeader(error)) return unavailable(error);
  // Refused before anything was done: the server has just started, or has too much to do.
  if (error instanceof library.UnknownError && /Server Is (Busy|Not Ready)$/.test(error.message)) return unavailable(error);
  return new OutcomeUnknown(`KurrentDB may or may not have taken an append to ${stream}: ${explain(error)}`, { cause: error });
}

/** `reason`: what another call to the same server has said of it, where this one says nothing. */
export function readFailure(error: unknown, library: KurrentLibrary, reason?: string): Error {
  if (error instanceof StoreUnavailable) return error;
  if (error instanceof library.AccessDeniedError) return denied(error);
  return unavailable(error, reason);
}

/** Whether the client looked for a leader among the nodes, before it sent anything, and found none. It says so for ever then. */
export function foundNoLeader(error: unknown): boolean {
  return error instanceof Error && /^Failed to discover/.test(error.message);
}

/** Whether the server has ended a subscription because it was not read fast enough, as it does up to 23.10. */
export function isCutOff(error: unknown): boolean {
  return error instanceof Error && /Consumer too slow to handle event/.test(error.message);
}

/** A wrong password is UNAUTHENTICATED, missing rights are PERMISSION_DENIED; the client's reader calls both "access denied". */
function denied(cause: Error): StoreUnavailable {
  const { code } = cause as { readonly code?: unknown };
  if (code === UNAUTHENTICATED)
    return new StoreUnavailable('KurrentDB does not know this user, or the password is wrong: check EVENT_STORE', { cause });
  const where = 'its rights on $all and on streams named project-..., docs/operations.md says which';
  if (code === PERMISSION_DENIED) return new StoreUnavailable(`KurrentDB knows this user, and refuses it: check ${where}`, { cause });
  return new StoreUnavailable(`KurrentDB refuses this user: check the user name and password in EVENT_STORE, and ${where}`, { cause });
}

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

function unavailable(cause: unknown, reason?: string): StoreUnavailable {
  return new StoreUnavailable(`KurrentDB cannot be reached: ${reason ?? explain(cause)}`, { cause });
}

/** What an error says, in one line: openssl's own messages end with a line break. */
export function explain(error: unknown): string {
  const { name, message } = error as Error;
  return message === '' ? name : message.replace(/\s+/g, ' ');
}
