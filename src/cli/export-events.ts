import type { Chain } from '../audit/chain';
import { cloudEventOf, exportEndOf } from '../audit/cloud-event';
import { entryOf, understand } from '../audit/entry';
import { exportEvents } from '../audit/exporting';
import type { Envelope } from '../domain/event';
import { csvRow } from '../http/csv';
import { CommandFailed, Ended, EXIT, type Terminal, WrongUse } from './verb';
import { ownLedger, withLedger } from './ledger';
import { countOf, Pace, Progress } from './progress';
import { writeAlong } from './sink';

export interface EventsOptions {
  readonly project?: string;
  readonly output?: string;
  readonly format?: string;
}

type Format = 'ndjson' | 'csv';

/** Writes the events of the ledger, or of one project, straight from the store: no server is asked, and one may run. */
export async function exportLedger(terminal: Terminal, { project, output, format }: EventsOptions): Promise<void> {
  const lines = LINES[formatOf(format, output)];
  const progress = new Progress(terminal);
  const pace = new Pace();
  const wrong: string[] = [];
  try {
    await withLedger(ownLedger(terminal.environment), 'read', (store) =>
      writeAlong(terminal, output, async (write) => {
        if (lines.head !== '') await write(lines.head);
        const end = await exportEvents({
          store,
          ...(project === undefined ? {} : { projectId: project }),
          write: (event, chain: Chain) => {
            if (output !== undefined) progress.tell(() => `exported ${countOf(chain.events, 'event')}, ${pace.of(chain.events)}`);
            return write(lines.of(event));
          },
          onProblem: ({ code, message, projectId }, events) =>
            void wrong.push(`Not whole, ${code}: ${message}. Of project "${projectId}" ${kept(events)}.`),
        });
        if (end.events === 0 && wrong.length > 0) throw new CommandFailed(wrong.join('\n'));
        if (project !== undefined && end.events === 0) throw new CommandFailed(`There is no project "${project}".`);
        await write(lines.end(exportEndOf(end)));
      }),
    );
  } finally {
    progress.end();
  }
  if (wrong.length === 0) return;
  terminal.err(`${wrong.join('\n')}\nAll else was exported.\n`);
  throw new Ended(EXIT.incomplete);
}

function kept(events: number): string {
  if (events === 0) return 'nothing was exported';
  return events === 1 ? 'its first event was exported' : `the first ${countOf(events, 'event')} follow each other and were exported`;
}

interface Lines {
  readonly head: string;
  readonly of: (event: Envelope) => string;
  readonly end: (line: string) => string;
}

const LINES: Readonly<Record<Format, Lines>> = {
  ndjson: { head: '', of: (event) => `${cloudEventOf(event, understand(event))}\n`, end: (line) => `${line}\n` },
  csv: {
    head: csvRow([
      'projectId',
      'revision',
      'time',
      'actor',
      'actorKind',
      'sentence',
      'reason',
      'type',
      'kind',
      'id',
      'name',
      'version',
      'data',
      'commandId',
      'correlationId',
      'hash',
    ]),
    of: (event) => {
      const { projectId, revision, occurredAt, actor, reason = '', type, entity, version, data, commandId, correlationId, hash } = event;
      const { sentence } = entryOf(understand(event));
      const time = new Date(occurredAt).toISOString();
      const what = [type, entity.kind, entity.id, entity.name, version, JSON.stringify(data)];
      return csvRow([projectId, revision, time, actor.id, actor.kind, sentence, reason, ...what, commandId, correlationId, hash]);
    },
    end: () => '',
  },
};

function formatOf(format: string | undefined, output: string | undefined): Format {
  if (format === 'yaml' || format === 'json') throw new WrongUse(`--format ${format} is for a set-up file: events are ndjson or csv.`);
  return (format as Format | undefined) ?? (output?.toLowerCase().endsWith('.csv') ? 'csv' : 'ndjson');
}
