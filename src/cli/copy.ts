import type { Command } from 'commander';
import { copy, NotWhole, type Copied, type CopyProgress } from '../audit/copy';
import { HistoryMismatch } from '../audit/bulk-append';
import type { EventStore } from '../event-store/event-store';
import { ledgerAt, placeOf, withLedger, type StoredSetting } from './ledger';
import { CommandFailed, Ended, EXIT, type Terminal, WrongUse } from './verb';
import { countOf, number, Pace, Progress } from './progress';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly json?: true;
}

/** Moves a whole ledger to another store. It can be ended at any moment and typed again. */
export function copyVerb(command: Command, terminal: Terminal): void {
  command
    .requiredOption('--from <url>', 'the ledger, as EVENT_STORE names it: sqlite:DIRECTORY or kurrentdb://…; it is only read')
    .requiredOption('--to <url>', 'where it is to be: empty, or a part of this ledger already')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      '\nEach can also be env:NAME, the environment variable that holds it, or file:PATH, a file: a password on the command line is shown to every user of the machine.\n\nExample:\n  experience-ledger copy --from sqlite:./data --to env:NEW_EVENT_STORE\n\nExit code: 4 if a project is not whole: what of it follows from its beginning was copied, as was all else.',
    )
    .action((options: Options) => copied(terminal, options));
}

async function copied(terminal: Terminal, options: Options): Promise<void> {
  const { json } = options;
  const from = ledgerAt(terminal, '--from', options.from);
  const to = ledgerAt(terminal, '--to', options.to);
  if (placeOf(from) === placeOf(to)) throw new WrongUse('--from and --to are the same ledger.');
  const result = await withLedger(from, 'read', (source) => withLedger(to, 'write', (target) => run(terminal, source, target)));
  if (json) terminal.out(`${JSON.stringify(result)}\n`);
  else report(terminal, to, result);
  if (result.flaws !== undefined) throw new Ended(EXIT.incomplete);
}

function report(terminal: Terminal, to: StoredSetting, { events, projects, appended, movedOn, complete, flaws = [] }: Copied): void {
  const there = events - appended;
  terminal.out(
    `Copied ${countOf(appended, 'event')} to ${placeOf(to)}${there > 0 ? `, where ${countOf(there, 'event')} ${there === 1 ? 'was' : 'were'} already` : ''}.\n` +
      `It holds ${countOf(events, 'event')} of ${countOf(projects, 'project')}, read back and verified: every chain is whole, and every head is the source's.\n`,
  );
  if (movedOn || !complete) {
    const far = complete ? 'What came was copied too.' : 'It is written faster than it can be caught up with.';
    terminal.out(`The source was written meanwhile. ${far} Before you switch over, stop its writer and type this once more.\n`);
  }
  for (const { code, message, projectId, held } of flaws)
    terminal.err(
      `The source is not whole, ${code}: ${message}. Of project "${projectId}" the target holds ${held === 0 ? 'nothing' : `the first ${countOf(held, 'event')}`}.\n`,
    );
}

async function run(terminal: Terminal, source: EventStore, target: EventStore): Promise<Copied> {
  const progress = new Progress(terminal);
  const pace = new Pace();
  try {
    return await copy({
      source,
      target,
      onEvent: (state) => progress.tell(() => `${copyText(state)}${state.phase === 'copying' ? `, ${pace.of(state.events)}` : ''}`),
    });
  } catch (error) {
    if (error instanceof NotWhole) throw new CommandFailed(error.message, { cause: error });
    if (error instanceof HistoryMismatch) throw new CommandFailed(`Nothing more was written: ${error.message}.`, { cause: error });
    throw error;
  } finally {
    progress.end();
  }
}

/** How far it is, in words. */
export function copyText({ phase, events, projects, appended, total = events }: CopyProgress): string {
  return phase === 'copying'
    ? `copying: ${countOf(events, 'event')} of ${countOf(projects, 'project')} read from the source, ${number(appended)} written`
    : `verifying the copy: ${number(events)} of ${countOf(total, 'event')} read back`;
}
