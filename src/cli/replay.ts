import type { Command } from 'commander';
import { NotWhole } from '../audit/copy';
import { entryOf } from '../audit/entry';
import { NoSuchPlace } from '../audit/place';
import { retell, type Retelling } from '../audit/retell';
import type { Envelope } from '../domain/event';
import { UpgradeRequired } from '../event-store/upcast';
import { compareWithLive } from './compare';
import { understand } from './known';
import { ownLedger, withLedger } from './ledger';
import { changeLines, eventLine, stateLines, stateOf } from './retelling';
import { withServer, type ServerOptions } from './server';
import { CommandFailed, WrongUse, type Terminal } from './verb';

export interface ReplayOptions extends ServerOptions {
  readonly project: string;
  readonly to?: string;
  readonly step?: true;
  readonly compare?: true;
  readonly json?: true;
}

/** Tells a project's history as it happened, and what it comes to; or holds that against what queries show. */
export function replayVerb(program: Command, terminal: Terminal): void {
  withServer(program.command('replay'))
    .description('Tell the history of a project as it happened, each event verified, and what was set up at the end.')
    .requiredOption('--project <id>', 'the project')
    .option('--to <revision|time>', 'end there: a revision, or a time such as 2026-02-01 or 2026-02-01T09:30:00Z')
    .option('--step', 'show what each event changed, and wait for Enter before the next')
    .option(
      '--compare',
      'say nothing of it: project it anew, and compare with the read model that queries are answered from, byte for byte',
    )
    .option('--json', 'print JSON: a line for each event, and one for the documents at the end')
    .addHelpText(
      'after',
      '\nIt reads EVENT_STORE, also beside a running server. --compare reads READ_MODEL too, if that is Redis, and asks the server if not.\nExit code of --compare: 0 if they are the same, 3 if not.\n\nExample:\n  experience-ledger replay --project shop --to 2026-02-01',
    )
    .action(async (options: ReplayOptions) => {
      if (options.compare) return compareWithLive(terminal, options);
      try {
        await tell(terminal, options);
      } catch (error) {
        const told = error instanceof NotWhole || error instanceof NoSuchPlace || error instanceof UpgradeRequired;
        throw told ? new CommandFailed(error.message, { cause: error }) : error;
      }
    });
}

async function tell(terminal: Terminal, { project, to, step, json }: ReplayOptions): Promise<void> {
  const next = terminal.next;
  if (step && (next === undefined || json))
    throw new WrongUse('--step waits for somebody to press Enter: it needs a terminal, and no --json.');
  const place = to === undefined ? undefined : placeOf(to);
  await withLedger(ownLedger(terminal.environment), 'read', async (store) => {
    let last: Envelope | undefined;
    async function* told(): AsyncIterable<Envelope> {
      for await (const event of retell({ store, projectId: project, ...(place === undefined ? {} : { to: place }) })) {
        if (step && last !== undefined && (await next?.()) === false) return;
        const entry = entryOf(understand(event));
        terminal.out(json ? `${JSON.stringify({ event, sentence: entry.sentence, changes: entry.changes })}\n` : `${eventLine(entry)}\n`);
        if (step) for (const line of changeLines(entry)) terminal.out(`${line}\n`);
        await terminal.drained?.();
        last = event;
        yield event;
      }
    }
    const state = await stateOf(told(), project);
    if (last === undefined) throw new CommandFailed(`There is no project "${project}".`);
    const { revision, hash, occurredAt } = last;
    const time = new Date(occurredAt).toISOString();
    if (json) terminal.out(`${JSON.stringify({ state: { projectId: project, revision, hash, time, documents: state } })}\n`);
    else terminal.out(`\nAs of revision ${revision} (${time}):\n${stateLines(state).join('\n')}\n`);
  });
}

function placeOf(text: string): NonNullable<Retelling['to']> {
  if (/^\d{1,15}$/.test(text)) return { kind: 'revision', revision: Number(text) };
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return { kind: 'time', time };
  throw new WrongUse(`--to "${text}" is neither a revision, such as 41, nor a time, such as 2026-02-01 (UTC) or 2026-02-01T09:30:00Z.`);
}
