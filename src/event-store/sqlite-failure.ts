import { explain, hasWrittenNothing } from '../sqlite/failure';
import { OutcomeUnknown, StoreUnavailable } from './event-store';

/** The failure of a call that has certainly written nothing, with what to do about it. */
export function unavailable(file: string, error: unknown): StoreUnavailable {
  return new StoreUnavailable(`${file}: ${explain(error, 'a ledger')}`, { cause: error });
}

/** The failure of a COMMIT. If it may have been written, the same bytes again are the way to make sure. */
export function commitFailure(file: string, error: unknown): StoreUnavailable | OutcomeUnknown {
  if (hasWrittenNothing(error)) return unavailable(file, error);
  return new OutcomeUnknown(`${file}: the commit failed, and may or may not be on the disk: ${explain(error, 'a ledger')}`, {
    cause: error,
  });
}
