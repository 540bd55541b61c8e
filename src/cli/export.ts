import { Option, type Command } from 'commander';
import type { JsonObject } from '../domain/json';
import type { Problem } from '../domain/refusal';
import { interpretSetup } from '../setup/interpret';
import { NOTHING_KNOWN } from '../setup/names';
import { SCHEMA_PATH, writeContent, type SetupFormat } from '../setup/write';
import { ask, ifThere } from './ask';
import { noProject } from './planning';
import { serverOf, withServer, type ServerOptions } from './server';
import { writeOut } from './sink';
import { pointOf } from './time';
import { WrongUse, type Terminal } from './verb';

interface Options extends ServerOptions {
  readonly project?: string;
  readonly asOf?: string;
  readonly events?: true;
  readonly output?: string;
  readonly format?: SetupFormat | 'ndjson' | 'csv';
  readonly schema: string;
}

const EXPORT = 'query Export($projectId: ID!, $asOf: AsOfInput) { setup(projectId: $projectId, asOf: $asOf) }';

/** Prints a project as a set-up file, as it is or was, or the ledger as its events. The same set-up, and the same events, give the same bytes. */
export function exportVerb(command: Command, terminal: Terminal): void {
  withServer(command)
    .option('--project <id>', 'the project; with --events, all if it is left out')
    .option('--as-of <point>', 'the set-up as it was at a date, an instant or a revision')
    .option('--events', 'the events instead, straight from EVENT_STORE: as CloudEvents to be imported, or as CSV for a spreadsheet')
    .option('-o, --output <file>', 'write it there instead')
    .addOption(
      new Option('--format <format>', 'otherwise by the name of the output, or YAML; events: NDJSON').choices([
        'yaml',
        'json',
        'ndjson',
        'csv',
      ]),
    )
    .option('--schema <url>', 'where editors find the JSON Schema, as it is written into the file', SCHEMA_PATH)
    .addHelpText(
      'after',
      '\nExamples:\n  experience-ledger export --project shop -o shop.yaml\n  experience-ledger export --events -o ledger.ndjson\n\nExit code: 4 if a project is not whole: what of it follows from its beginning was exported, as was all else.',
    )
    .action(async (options: Options) => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- not above: --help needs none of what describes an event
      if (options.events) return (require('./export-events') as typeof import('./export-events')).exportLedger(terminal, options);
      const { project, format, asOf } = options;
      if (project === undefined) throw new WrongUse('Say which project with --project <id>, or --events.');
      if (format === 'ndjson' || format === 'csv') throw new WrongUse(`--format ${format} is for events: give --events.`);
      const server = await serverOf(terminal.environment, options);
      const answer = await ifThere(
        ask<{ setup: JsonObject }>(server, EXPORT, { projectId: project, asOf: asOf === undefined ? undefined : pointOf('--as-of', asOf) }),
      );
      if (answer === undefined) throw noProject(project);
      const { setup } = answer;
      // It says what is there all the same: what is stored stays as it is.
      for (const { path, message } of flawsIn(setup))
        terminal.err(`Warning: ${path}: ${message}. It stays as it is, but would be refused if it were new.\n`);
      await writeOut(terminal, options.output, writeContent(setup, formatOf({ ...options, format }), options.schema));
    });
}

/** What of a set-up would be refused today, had it to be made anew. */
function flawsIn(setup: JsonObject): readonly Problem[] {
  const interpreted = interpretSetup(setup, NOTHING_KNOWN);
  return 'problems' in interpreted ? interpreted.problems : [];
}

/** The format that was asked for, or else the one that the file's name says. */
export function formatOf({ format, output }: { readonly format?: SetupFormat | undefined; readonly output?: string }): SetupFormat {
  return format ?? (output?.toLowerCase().endsWith('.json') ? 'json' : 'yaml');
}
