import { Option, type Command } from 'commander';
import { actorIdOf } from '../application/caller';
import { ask } from './ask';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, type Terminal } from './verb';

interface Options extends ServerOptions {
  readonly kind: 'user' | 'service';
}

interface Answer {
  readonly result: { readonly wasKnown?: boolean; readonly message?: string };
}

/** Erases the display name of an actor. */
export function forgetActorVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .addOption(new Option('--kind <kind>', 'a person or a program').choices(['user', 'service']).default('user'))
    .addHelpText('after', '\nExample:\n  experience-ledger forget-actor u-81')
    .action((subject: string, options: Options) => forget(terminal, subject, options));
}

async function forget(terminal: Terminal, subject: string, options: Options): Promise<void> {
  const { result } = await ask<Answer>(
    await serverOf(terminal.environment, options),
    'mutation ($actor: ID!) { result: forgetActor(input: { actor: $actor }) { ... on ForgottenActor { wasKnown } ... on Refusal { message } } }',
    { actor: actorIdOf({ kind: options.kind, id: subject }) },
  );
  if (result.message !== undefined) throw new CommandFailed(result.message);
  terminal.out(`${result.wasKnown ? 'Its name is erased' : 'No name was known of it'}. What it did stays in the history, under its id.\n`);
}
