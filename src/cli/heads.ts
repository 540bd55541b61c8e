import type { Command } from 'commander';
import type { ChainProblem } from '../audit/chain';
import { HeadLog } from '../audit/head-log';
import { HeadSigner, HistoryBroken } from '../audit/head-signer';
import { lineOf, type SignedHead } from '../audit/signed-head';
import { NoSuchKey, openSigningKey, publicPem } from '../audit/signing-key';
import { readSettings } from '../settings';
import { CommandFailed, Ended, EXIT, type Terminal } from './verb';
import { ownLedger, withLedger } from './ledger';

interface Options {
  readonly project?: string;
  readonly publicKey?: true;
}

/** Signs the heads of the ledger as they are now, adds them to the log in DATA_DIR, and prints them to be kept elsewhere. */
export function headsVerb(command: Command, terminal: Terminal): void {
  command
    .option('--project <id>', 'one project alone')
    .option('--public-key', 'print the public key instead, as PEM: to be kept elsewhere once')
    .addHelpText(
      'after',
      '\nExample:\n  experience-ledger heads > heads-$(date +%F).log\n  experience-ledger heads --public-key > heads.pem\n\nExit code: 4 if a project is not whole, and its head was not signed; the others are.',
    )
    .action(async ({ project, publicKey }: Options) => {
      const { dataDir } = readSettings(terminal.environment);
      try {
        if (publicKey) return terminal.out(publicPem(await openSigningKey(dataDir)));
        await withLedger(ownLedger(terminal.environment), 'read', async (store) => {
          const signer = new HeadSigner({ store, log: HeadLog.in(dataDir), dataDir, clock: Date.now });
          if (project === undefined) return all(signer, terminal);
          terminal.out(`${lineOf(await one(signer, project))}\n`);
        });
      } catch (error) {
        if (error instanceof NoSuchKey) throw new CommandFailed(error.message, { cause: error });
        throw error;
      }
    });
}

async function all(signer: HeadSigner, terminal: Terminal): Promise<void> {
  const broken: string[] = [];
  const heads = await signer.signMoved((_, { message }: ChainProblem) => void broken.push(message));
  for (const head of heads) terminal.out(`${lineOf(head)}\n`);
  if (broken.length === 0) return;
  terminal.err(`${broken.map((message) => `Not signed: ${message}.`).join('\n')}\nAsk "experience-ledger verify" for more.\n`);
  throw new Ended(EXIT.incomplete);
}

async function one(signer: HeadSigner, project: string): Promise<SignedHead> {
  try {
    const head = await signer.sign(project);
    if (head !== undefined) return head;
  } catch (error) {
    if (error instanceof HistoryBroken) throw new CommandFailed(`Not signed: ${error.message}.`, { cause: error });
    throw error;
  }
  throw new CommandFailed(`There is no project "${project}".`);
}
