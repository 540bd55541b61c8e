import type { UserStore } from '../user-store/user-store';
import type { Tallies } from './tallies';

const LOOK_MS = 60_000;
const DAY_MS = 86_400_000;

/** Stores of users are of all projects. */
export const ALL_PROJECTS = '';

export interface StoreIdentityOptions {
  readonly users: Pick<UserStore, 'identity'>;
  readonly tallies: Pick<Tallies, 'note'>;
  /** UTC milliseconds. */
  readonly clock: () => number;
  /** The store did not answer: it is asked again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Notes which store of users is in use, at the start and then each minute. A store has an id of its own, and another one once an operator has accepted a
 * loss (U6): so a second id says that assignments were lost, and when.
 */
export class StoreIdentity {
  private noted: { readonly identity: string; readonly day: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: StoreIdentityOptions) {}

  async look(): Promise<void> {
    const { users, tallies, clock, onFailure } = this.options;
    try {
      const identity = await users.identity();
      const day = Math.floor(clock() / DAY_MS);
      // Once a day as well, so that it is there for as long as observations are kept.
      if (identity !== undefined && (identity !== this.noted?.identity || day !== this.noted.day)) {
        this.noted = { identity, day };
        tallies.note(ALL_PROJECTS, 'STORE', '', identity);
      }
    } catch (error) {
      // A store that was closed meanwhile is none that failed.
      if (!this.isClosed) onFailure(error);
    }
    if (!this.isClosed) this.timer = setTimeout(() => void this.look(), LOOK_MS).unref();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}
