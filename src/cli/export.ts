import { Option, type Command } from 'commander';
import type { JsonObject } from '../domain/json';
import { SCHEMA_PATH, writeContent, type SetupFormat } from '../setup/write';
import { ask } from './ask';
import { noProject } from './planning';
import { serverOf, withServer, type ServerOptions } from './server';
import { writeOut } from './write-out';
import type { Terminal } from './verb';

interface Options extends ServerOptions {
  readonly project: string;
  readonly output?: string;
  readonly format?: SetupFormat;
  readonly schema: string;
}

/** Prints a project as a set-up file. The same set-up gives the same bytes. */
export function exportVerb(program: Command, terminal: Terminal): void {
  withServer(program.command('export').description('Print a project as a set-up file: the same set-up gives the same bytes.'))
    .requiredOption('--project <id>', 'the project')
    .option('-o, --output <file>', 'write it there instead')
    .addOption(new Option('--format <format>', 'otherwise by the name of the output, or YAML').choices(['yaml', 'json']))
    .option('--schema <url>', 'where editors find the JSON Schema, as it is written into the file', SCHEMA_PATH)
    .addHelpText('after', '\nExample:\n  experience-ledger export --project shop -o shop.yaml')
    .action(async (options: Options) => {
      const server = await serverOf(terminal.environment, options);
      const { setup } = await ask<{ setup: JsonObject | null }>(server, 'query Export($projectId: ID!) { setup(projectId: $projectId) }', {
        projectId: options.project,
      });
      if (setup === null) throw noProject(options.project);
      await writeOut(terminal, options.output, writeContent(setup, formatOf(options), options.schema));
    });
}

/** As it was asked for, or else as the file's name says. */
export function formatOf({ format, output }: Pick<Options, 'format' | 'output'>): SetupFormat {
  return format ?? (output?.toLowerCase().endsWith('.json') ? 'json' : 'yaml');
}
