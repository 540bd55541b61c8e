import { Command, CommanderError } from 'commander';
import { InvalidSettings } from '../settings';
import { EXIT } from './exit';
import { harmless } from './visible';
import { CommandFailed, Ended, WrongUse, type Terminal, type Verb } from './verb';

/**
 * Runs one command line and answers its exit code: 0 if it did what was asked, 1 if it could not, 2 if it was not asked rightly;
 * a verb may say otherwise. It never exits the process itself.
 */
export async function run(args: readonly string[], verbs: readonly Verb[], bare: Terminal, version: string): Promise<number> {
  const terminal = harmless(bare);
  const program = new Command('experience-ledger')
    .description('Keys, segments, goals and mutually exclusive A/B tests, set up through GraphQL; every change is an event.')
    .version(version)
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
    .showHelpAfterError('(--help says more)')
    .exitOverride();
  for (const verb of verbs) verb(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Ended) return error.exitCode;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailed) && !(error instanceof InvalidSettings)) throw error;
    terminal.err(`${error.message}\n`);
    return error instanceof InvalidSettings || error instanceof WrongUse ? EXIT.usage : EXIT.failure;
  }
}
