import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, carryOut } from './ask';
import { CommandFailed, Ended, EXIT, type Terminal } from './verb';
import { serverOf, withServer, type Server, type ServerOptions } from './server';

interface Options extends ServerOptions {
  readonly rollback?: true;
  readonly discard?: true;
  readonly wait: boolean;
  readonly json?: true;
}

interface ReadModels {
  readonly serving: string | null;
  readonly buildFailure: string | null;
  readonly parked: readonly { readonly projectId: string; readonly reason: string; readonly message: string }[];
  readonly generations: readonly {
    readonly id: string;
    readonly state: 'BUILDING' | 'LIVE' | 'KEPT';
    readonly done: number | null;
    readonly total: number | null;
  }[];
}

const LOOK_MS = 500;
const LOOK = 'query { readModels { serving buildFailure parked { projectId reason message } generations { id state done total } } }';

/** Builds the read models anew beside the live ones, goes back to those before, or deletes these. */
export function rebuildVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .option('--rollback', 'go back to the read models that were live before')
    .option('--discard', 'delete the read models that were live before')
    .option('--no-wait', 'do not wait until it is done')
    .option('--json', 'print {"generation"} when it is done, instead of words')
    .addHelpText(
      'after',
      '\nExample:\n  experience-ledger rebuild && experience-ledger rebuild --discard\n\nExit code: 4 if it is done, and a project is parked since its history is broken.',
    )
    .action(async (options: Options) => {
      const server = await serverOf(terminal.environment, options);
      if (options.discard) return discard(terminal, server, options);
      const mutation = options.rollback ? 'rollBackReadModels' : 'rebuildReadModels';
      const { generation } = await carryOut<{ generation: string }>(server, mutation, '... on ReadModelsUnderWay { generation }');
      const parked = options.wait ? await follow(terminal, server, generation, options.rollback === true) : [];
      if (options.json) terminal.out(`${JSON.stringify({ generation })}\n`);
      else if (options.wait)
        terminal.out(`The read models are those of generation ${generation} now. Those before are kept: --rollback goes back to them.\n`);
      else terminal.out(`Generation ${generation} is on its way.\n`);
      const broken = parked.filter(({ reason }) => reason === 'HISTORY_BROKEN');
      for (const { projectId, message } of broken)
        terminal.err(`Project "${projectId}" is parked, since its history is broken: ${message}\n`);
      if (broken.length > 0) throw new Ended(EXIT.incomplete);
    });
}

async function discard(terminal: Terminal, server: Server, { json }: Options): Promise<void> {
  const query = 'mutation { result: discardReadModels { ... on DiscardedReadModels { generations } } }';
  const { generations: ids } = (await ask<{ result: { generations: string[] } }>(server, query, {})).result;
  if (json) terminal.out(`${JSON.stringify({ deleted: ids })}\n`);
  else terminal.out(ids.length === 0 ? 'There was nothing to delete.\n' : `Deleted: ${ids.join(', ')}.\n`);
}

/** Until it is live, and the instance that answers reads it if it was rolled back to; answers what is parked then. Says how far it is, on standard error. */
async function follow(terminal: Terminal, server: Server, generation: string, rollback: boolean): Promise<ReadModels['parked']> {
  let lastLine = '';
  for (;;) {
    const { readModels } = await ask<{ readModels: ReadModels }>(server, LOOK, {});
    const built = readModels.generations.find(({ id }) => id === generation);
    if (built?.state === 'LIVE' && (!rollback || readModels.serving === generation)) return readModels.parked;
    if (readModels.buildFailure !== null) throw new CommandFailed(`It could not be built: ${readModels.buildFailure}`);
    if (built === undefined || built.state === 'KEPT')
      throw new CommandFailed(
        `Generation ${generation} was given up. The log of the instance that built it says why; the read models before go on.`,
      );
    const { done, total } = built;
    const line = done === null || total === null ? 'beginning' : `${done} of ${total} events`;
    if (line !== lastLine && !rollback) terminal.err(`${line}\n`);
    lastLine = line;
    await sleep(LOOK_MS);
  }
}
