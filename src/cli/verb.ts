/** What a verb works with besides its arguments: tests give their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
  /** What goes out is looked at as it is written. */
  readonly interactive?: boolean;
  /** Data that goes out: exact, unless it is looked at. */
  data?(text: string): void;
  /** Whether what goes out is looked at in colours. */
  readonly colors?: boolean;
  /** Whether standard error is looked at as it is written, by someone who does not want a new line for every step. */
  readonly live?: boolean;
  /** Waits until someone presses Enter: true; or wants no more: false. Absent where no one could. */
  next?(): Promise<boolean>;
  /** Resolves when what went out has been taken, so that a slow reader is not ahead of by a whole ledger. */
  drained?(): Promise<void>;
  /** Aborted when no one reads what goes out any more: what has no end of its own ends then. */
  readonly gone?: AbortSignal;
}

/** What went wrong, for anyone who typed the command: one message, no stack, exit code 1. */
export class CommandFailed extends Error {}

/** What was asked for cannot be meant: one message, exit code 2. */
export class WrongUse extends CommandFailed {}

/** Ends the command line with this exit code: all that there is to say has been said. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super(`exit code ${exitCode}`);
  }
}

/** How a command line ends. `incomplete`: all was done that could be, and something was wrong with a project, which is named. */
export const EXIT = { ok: 0, failure: 1, usage: 2, notWhole: 3, incomplete: 4 } as const;
