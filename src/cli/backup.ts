import type { Command } from 'commander';
import { statSync } from 'node:fs';
import { Chain } from '../audit/chain';
import { headsOf } from '../audit/bulk-append';
import { verifyChain } from '../audit/verify-chain';
import { KnownHeads } from '../audit/known-heads';
import { intoPlace } from './into-place';
import { ownLedger, withLedger } from './ledger';
import { countOf, number, Pace, Progress } from './progress';
import { CommandFailed, type Terminal } from './verb';

interface Options {
  readonly force?: true;
  readonly json?: true;
}

interface BackedUp {
  readonly file: string;
  readonly bytes: number;
  readonly events: number;
  readonly projects: number;
}

/** Copies the SQLite ledger into one file, also beside its server, and verifies the copy before it gets its name. */
export function backupVerb(command: Command, terminal: Terminal): void {
  command
    .option('--force', 'replace the file if it is there')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  experience-ledger backup ledger-$(date +%F).db\nTo restore it: put it into an empty DATA_DIR as ledger.db.',
    )
    .action(async (file: string, options: Options) => {
      const setting = ownLedger(terminal.environment);
      if (setting.kind !== 'sqlite') {
        throw new CommandFailed(
          'EVENT_STORE is no SQLite file. Use KurrentDB’s own backup, or "experience-ledger copy --to sqlite:DIRECTORY".',
        );
      }
      let done: Omit<BackedUp, 'file'> | undefined;
      await intoPlace(file, options.force === true, async (staging) => {
        const made = await backedUp(terminal, setting.directory, staging);
        done = made;
        return made.made;
      });
      const { bytes, events, projects } = done!;
      if (options.json) return terminal.out(`${JSON.stringify({ file, bytes, events, projects } satisfies BackedUp)}\n`);
      terminal.out(
        `Backed up ${countOf(events, 'event')} of ${countOf(projects, 'project')} into ${file} (${number(bytes)} bytes): the file is sound, and every chain is whole.\n`,
      );
    });
}

async function backedUp(
  terminal: Terminal,
  directory: string,
  staging: string,
): Promise<Omit<BackedUp, 'file'> & { readonly made: string }> {
  const knownHeads = new KnownHeads('the backup began');
  const heads = await withLedger({ kind: 'sqlite', directory }, 'read', headsOf);
  for (const head of heads) knownHeads.add(head);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not above: no other verb needs it
  const { backUp, unsound } = require('../event-store/sqlite-file') as typeof import('../event-store/sqlite-file');
  const made = await withLedger({ kind: 'sqlite', directory }, 'read', async () => backUp(directory, staging));
  const faults = unsound(made);
  if (faults.length > 0) throw new CommandFailed(`No backup was made: SQLite finds the copy damaged: ${faults.slice(0, 5).join('; ')}.`);
  const progress = new Progress(terminal);
  const pace = new Pace();
  const chain = new Chain();
  const { problem } = await withLedger({ kind: 'sqlite', directory: staging }, 'read', (store) =>
    verifyChain({
      store,
      chain,
      check: (event) => knownHeads.check(event),
      onProgress: () => void progress.tell(() => `verifying the copy: ${countOf(chain.events, 'event')}, ${pace.of(chain.events)}`),
    }),
  ).finally(() => progress.end());
  const [missing] = knownHeads.truncated(chain);
  const found = problem ?? missing;
  if (found !== undefined) throw new CommandFailed(`No backup was made, for the ledger is not whole: ${found.message}.`);
  return { made, bytes: statSync(made).size, events: chain.events, projects: chain.projects };
}
