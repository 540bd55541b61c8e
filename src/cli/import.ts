import type { Command } from 'commander';
import { NotWhole } from '../audit/copy';
import type { LeftOut } from '../audit/cloud-event';
import { exportedEvents, BrokenFile } from '../audit/exported';
import { importEvents, type ImportProgress } from '../audit/import';
import { HistoryMismatch } from '../audit/bulk-append';
import { ownLedger, placeOf, withLedger } from './ledger';
import { linesIn } from './lines';
import { countOf, number, Progress } from './progress';
import { CommandFailed, type Terminal } from './verb';

interface Options {
  readonly events: string;
  readonly json?: true;
}

/** Restores what `export --events` has written. The server that writes the ledger, if it is SQLite, must not run. */
export function importVerb(command: Command, terminal: Terminal): void {
  command
    .requiredOption('--events <file>', 'what "export --events" has written, as NDJSON')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', '\nExample:\n  experience-ledger import --events ledger.ndjson')
    .action((options: Options) => imported(terminal, options));
}

async function imported(terminal: Terminal, { events: file, json }: Options): Promise<void> {
  const setting = ownLedger(terminal.environment);
  const progress = new Progress(terminal);
  let leftOut: readonly LeftOut[] = [];
  try {
    const { events, projects, appended } = await withLedger(setting, 'write', (target) =>
      importEvents({
        events: () => exportedEvents(linesIn(file), (said) => (leftOut = said)),
        target,
        onEvent: (state) => progress.tell(() => importText(state)),
      }),
    );
    progress.end();
    for (const { projectId, from } of leftOut)
      terminal.err(`The file says that it lacks project "${projectId}" from revision ${from} on: it was damaged where it was exported.\n`);
    if (json) return terminal.out(`${JSON.stringify({ events, projects, appended })}\n`);
    const before = events - appended;
    const there = before === 0 ? '' : ` (${countOf(before, 'event')} of them ${before === 1 ? 'was' : 'were'} there already)`;
    terminal.out(
      `Imported ${countOf(events, 'event')} of ${countOf(projects, 'project')} into ${placeOf(setting)}${there}: every chain is whole.\n`,
    );
  } catch (error) {
    progress.end();
    if (error instanceof BrokenFile) throw new CommandFailed(`${file}:${error.line}: ${error.why}. Nothing was written.`, { cause: error });
    if (error instanceof HistoryMismatch) throw new CommandFailed(`Nothing more was written: ${error.message}.`, { cause: error });
    if (error instanceof NotWhole) throw new CommandFailed(error.message, { cause: error });
    throw error;
  }
}

/** How far it is, in words. */
export function importText({ phase, events, total, appended }: ImportProgress): string {
  if (phase === 'checking') return `checking the file: ${countOf(events, 'event')} read`;
  if (phase === 'writing') return `importing: ${number(events)} of ${countOf(total, 'event')} read again, ${number(appended)} written`;
  return `verifying the whole ledger: ${countOf(events, 'event')} read back`;
}
