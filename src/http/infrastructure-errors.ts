import { ClockDiffers } from '../application/clock-guard';
import type { RequestErrorCode } from '../application/error-codes';
import { Overloaded } from '../application/execute';
import { DamagedRecord, OutcomeUnknown, StoreUnavailable } from '../event-store/event-store';
import { UpgradeRequired } from '../event-store/upcast';
import { FeedRefused } from '../feed/admission';
import { ObservationsUnavailable } from '../observations/observations';
import { ReadModelBeingBuilt, ReadModelUnavailable } from '../read-model/read-model';
import { HeadUnconfirmed } from '../serving/head-confirmation';
import { SessionsUnavailable } from '../sessions/sessions';
import { UserStoreBeingRestored, UserStoreUnavailable } from '../user-store/user-store';

export interface InfrastructureError {
  readonly code: RequestErrorCode;
  readonly message: string;
  /** Whether an operator has to do something about it; what it says in the log is more than the client may know. */
  readonly forTheLog: boolean;
}

/**
 * What a client is answered when the server cannot serve it: what has become of the command, and what to do. undefined: the error is none of
 * these. The errors' own messages name files and hosts, so they stay in the log.
 */
export function infrastructureError(error: unknown): InfrastructureError | undefined {
  if (error instanceof StoreUnavailable) {
    const message = 'The event store cannot be reached, or cannot write. Nothing was written: try again in a moment.';
    return { code: 'EVENT_STORE_UNAVAILABLE', message, forTheLog: true };
  }
  if (error instanceof HeadUnconfirmed) {
    const message = `The event store has not confirmed for some seconds what the project counts and serves. Nothing was stored: send the same again in a moment.`;
    return { code: 'HEAD_UNCONFIRMED', message, forTheLog: true };
  }
  if (error instanceof OutcomeUnknown) {
    const message =
      'The event store has not said whether the command was written. Send it again with the same commandId, which is safe; if you gave none, read before you repeat it.';
    return { code: 'OUTCOME_UNKNOWN', message, forTheLog: true };
  }
  if (error instanceof ClockDiffers) {
    const message =
      'The clock of this server is more than a day off, and an event keeps its date for ever. Nothing was written: try another server, or again when an operator has set the clock.';
    return { code: 'CLOCK_DIFFERS', message, forTheLog: false };
  }
  if (error instanceof UpgradeRequired) {
    const message = `The history of "${error.projectId}" has an event of a newer version of this server, which must be upgraded to go on with this project. Nothing was written.`;
    return { code: 'UPGRADE_REQUIRED', message, forTheLog: true };
  }
  if (error instanceof DamagedRecord) {
    const message = `The history of "${error.projectId}" is not stored as it was written, so nothing can be decided on it. Nothing was written. An operator finds what to do in docs/operations.md, "When a stream was touched".`;
    return { code: 'HISTORY_BROKEN', message, forTheLog: true };
  }
  if (error instanceof ReadModelBeingBuilt) {
    const message =
      'The read model is not there yet: it is being opened or built, and /health/ready says how far it is. Try again in a moment.';
    return { code: 'READ_MODEL_UNAVAILABLE', message, forTheLog: false };
  }
  if (error instanceof ReadModelUnavailable) {
    return { code: 'READ_MODEL_UNAVAILABLE', message: 'The read model cannot be reached: try again in a moment.', forTheLog: true };
  }
  if (error instanceof UserStoreBeingRestored) {
    const message = 'An operator is bringing the user store back: try again in a moment.';
    return { code: 'USER_STORE_UNAVAILABLE', message, forTheLog: false };
  }
  if (error instanceof UserStoreUnavailable) {
    return { code: 'USER_STORE_UNAVAILABLE', message: 'The user store cannot be reached: try again in a moment.', forTheLog: true };
  }
  if (error instanceof ObservationsUnavailable) {
    const message = 'What users did and were served cannot be read or stored now: try again in a moment.';
    return { code: 'OBSERVATIONS_UNAVAILABLE', message, forTheLog: true };
  }
  if (error instanceof SessionsUnavailable) {
    return { code: 'SESSIONS_UNAVAILABLE', message: 'Sessions cannot be read or ended now: try again in a moment.', forTheLog: true };
  }
  if (error instanceof Overloaded) {
    const message =
      'Too many commands wait for this project (QUEUE_LIMIT). Nothing was written: send fewer at a time, and try again in a moment.';
    return { code: 'LIMIT_EXCEEDED', message, forTheLog: false };
  }
  if (error instanceof FeedRefused) return { code: error.code, message: error.message, forTheLog: false };
  return undefined;
}
