import type { Command } from 'commander';

/** What a verb works with besides its arguments: tests give their own. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  out(text: string): void;
  err(text: string): void;
}

/** Adds one verb to the program. */
export type Verb = (program: Command, terminal: Terminal) => void;

/** What went wrong, for whoever typed the command: one message, no stack, exit code 1. */
export class CommandFailed extends Error {}
