import { Command, CommanderError } from 'commander';
import { InvalidSettings } from '../invalid-settings';
import { CommandFailed, Ended, EXIT, type Terminal, WrongUse, harmless } from './verb';
import type { Verb } from './verbs';

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
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` })
    .showHelpAfterError('(--help says more)')
    .exitOverride();
  for (const verb of verbs) add(verb, program, terminal);
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

/** Adds a verb, which is loaded when it is typed, or its help is asked for. */
function add({ name, description, argument, load }: Verb, program: Command, terminal: Terminal): void {
  const command = program.command(name).description(description);
  if (argument) command.argument(argument.name, argument.description);
  let isLoaded = false;
  const loadOnce = (): void => {
    if (!isLoaded) load()(command, terminal);
    isLoaded = true;
  };
  program.hook('preSubcommand', (_program, typed) => (typed === command ? loadOnce() : undefined));
  command.on('beforeHelp', loadOnce);
}
