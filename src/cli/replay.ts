import type { Command } from 'commander';
import { withServer, type ServerOptions } from './server';
import type { Terminal } from './verb';

export interface ReplayOptions extends ServerOptions {
  readonly project: string;
  readonly to?: string;
  readonly step?: true;
  readonly compare?: true;
  readonly json?: true;
}

/** Tells a project's history as it happened, and what it comes to; or holds that against what queries show. */
export function replayVerb(command: Command, terminal: Terminal): void {
  withServer(command)
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
      // Loaded now, not above: no other verb needs the projections, and they take a good part of a start.
      /* eslint-disable @typescript-eslint/no-require-imports */
      if (options.compare) return (require('./compare') as typeof import('./compare')).compareWithLive(terminal, options);
      return (require('./replay-project') as typeof import('./replay-project')).replayProject(terminal, options);
    });
}
