import { Argument, type Command } from 'commander';
import { ask, carryOut } from './ask';
import { countOf } from './progress';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, type Terminal } from './verb';

type Action = 'state' | 'rebuild' | 'accept-loss';

interface Options extends ServerOptions {
  readonly json?: true;
}

interface State {
  readonly isLost: boolean;
  readonly losses: readonly string[];
}

const STATE = '{ isLost losses }';

/** What an operator does where the store of users was emptied or replaced. */
export function userStoreVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .addArgument(new Argument('[action]').choices(['state', 'rebuild', 'accept-loss'] satisfies Action[]).default('state'))
    .option('--json', 'print the state as JSON')
    .addHelpText(
      'after',
      '\nrebuild assigns users again to the variants that they were exposed to; accept-loss goes on without. With several instances, rebuild at one and accept-loss at each of the others.\n\nExample:\n  experience-ledger user-store rebuild',
    )
    .action((action: Action, options: Options) => act(terminal, action, options));
}

async function act(terminal: Terminal, action: Action, options: Options): Promise<void> {
  const server = await serverOf(terminal.environment, options);
  if (action === 'accept-loss') await carryOut(server, 'acceptUserStoreLoss', `... on UserStoreState ${STATE}`);
  if (action === 'rebuild') {
    const query = 'mutation { result: rebuildUserStore { ... on RebuiltUserStore { assigned } } }';
    const { result } = await ask<{ result: { assigned: number } }>(server, query, {});
    if (!options.json) terminal.out(`${countOf(result.assigned, 'assignment')} made again from exposures.\n`);
  }
  const { state } = await ask<{ state: State }>(server, `{ state: userStore ${STATE} }`, {});
  if (options.json) terminal.out(`${JSON.stringify(state)}\n`);
  else if (!state.isLost) terminal.out(`The store of users is the known one.${losses(state)}\n`);
  if (state.isLost)
    throw new CommandFailed(
      'The store of users was emptied or replaced: nothing is assigned. Bring it back, or run "user-store rebuild" or "user-store accept-loss".',
    );
}

function losses({ losses: at }: State): string {
  return at.length === 0 ? '' : ` Losses were accepted at ${at.join(', ')}.`;
}
