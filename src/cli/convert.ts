import { Option, type Command } from 'commander';
import { converters } from '../setup/convert';
import { SCHEMA_PATH, writeSetup, type SetupFormat } from '../setup/write';
import { formatOf } from './export';
import { errorLines, readText } from './setup-file';
import { CommandFailed, type Terminal } from './verb';
import { writeOut } from './sink';

interface Options {
  readonly from: string;
  readonly environment?: string;
  readonly output?: string;
  readonly format?: SetupFormat;
  readonly schema: string;
}

/** Makes a set-up file of another product's export, and says what it could not carry. It needs no server. */
export function convertVerb(command: Command, terminal: Terminal): void {
  command
    .addOption(
      new Option('--from <format>', `whose: ${converters.map(({ name, product }) => `${name} (${product})`).join(', ')}`)
        .choices(converters.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .option('--environment <name>', 'which environment of the export, if it has more than one')
    .option('-o, --output <file>', 'write it there instead')
    .addOption(new Option('--format <format>', 'otherwise by the name of the output, or YAML').choices(['yaml', 'json']))
    .option('--schema <url>', 'where editors find the JSON Schema, as it is written into the file', SCHEMA_PATH)
    .addHelpText('after', '\nExample:\n  experience-ledger convert --from flagd flags.json -o shop.yaml')
    .action(async (filename: string, options: Options) => {
      const converter = converters.find(({ name }) => name === options.from);
      if (converter === undefined) throw new CommandFailed(`There is no format "${options.from}"`);
      const { environment } = options;
      const converted = converter.convert(await readText(filename), { filename, ...(environment === undefined ? {} : { environment }) });
      if ('errors' in converted) throw new CommandFailed(errorLines(filename, converted.errors));
      for (const { path, message } of converted.notes) terminal.err(`${filename}: ${path === '' ? '' : `${path}: `}${message}\n`);
      await writeOut(terminal, options.output, writeSetup(converted.file, formatOf(options), options.schema));
    });
}
