import { InvalidArgumentError, type Command } from 'commander';
import { ask } from './ask';
import { serverOf, withServer, type ServerOptions } from './server';
import { CommandFailed, type Terminal } from './verb';

interface Options extends ServerOptions {
  readonly project: string[];
  readonly all?: true;
  readonly json?: true;
}

interface Parked {
  readonly projectId: string;
  readonly revision: number;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly since: string;
}

interface Tried {
  readonly parked?: Parked;
  readonly refused?: string;
}

const UNPARK = 'mutation ($input: UnparkProjectInput!) { result: unparkProject(input: $input)';
const FIELDS = '{ projectId revision type reason message since }';

/** Tries parked projects again; without a project it lists them. */
export function unparkVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .option('--project <id...>', 'which', projects, [])
    .option('--all', 'all of them')
    .option('--json', 'print those that are still parked as JSON')
    .addHelpText('after', '\nExample:\n  experience-ledger unpark --project shop')
    .action((options: Options) => unpark(terminal, options));
}

async function unpark(terminal: Terminal, options: Options): Promise<void> {
  const server = await serverOf(terminal.environment, options);
  const { readModels } = await ask<{ readModels: { parked: readonly Parked[] } }>(server, `{ readModels { parked ${FIELDS} } }`, {});
  const wanted = options.all ? readModels.parked.map(({ projectId }) => projectId) : options.project;
  const still: Parked[] = [];
  for (const projectId of wanted) {
    const query = `${UNPARK} { ... on Refusal { refused: message } ... on StillParked { parked ${FIELDS} } } }`;
    const { parked, refused } = (await ask<{ result: Tried }>(server, query, { input: { projectId } })).result;
    if (parked !== undefined) still.push(parked);
    else if (refused !== undefined) throw new CommandFailed(refused);
    else if (!options.json) terminal.out(`${projectId} goes on.\n`);
  }
  const listed = wanted.length === 0 ? readModels.parked : still;
  if (options.json) terminal.out(`${JSON.stringify(listed)}\n`);
  else if (wanted.length === 0) terminal.out(listed.length === 0 ? 'No project is parked.\n' : listed.map(line).join(''));
  if (still.length > 0) throw new CommandFailed(`Still parked:\n${still.map(line).join('')}`);
}

function line({ projectId, revision, type, reason, message, since }: Parked): string {
  return `${projectId}: before revision ${revision} (${type}) since ${since}, ${reason}: ${message}\n`;
}

function projects(id: string, before: string[] = []): string[] {
  if (/^[a-z][a-z0-9-]{1,62}$/.test(id)) return [...before, id];
  throw new InvalidArgumentError('A project id is 2 to 63 of a-z, 0-9 and "-", the first a letter.');
}
