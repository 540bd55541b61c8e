import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConvertOptions, Converter } from '../../src/setup/convert/converter';
import type { SetupFile, SetupFlag } from '../../src/setup/file';

export const fixture = (name: string): string => readFileSync(join(__dirname, '../fixtures/setup', `${name}.json`), 'utf8');

export interface Conversion {
  readonly file: SetupFile;
  /** `path: message` */
  readonly notes: readonly string[];
  readonly flag: (name: string) => SetupFlag | undefined;
  /** The rows of a flag as a person would say them. */
  readonly rows: (name: string) => readonly string[] | undefined;
  readonly rule: (segment: string) => unknown;
}

/** A conversion that must succeed, in a form that is short to look at. */
export function converting(converter: Converter, source: string | object, options?: ConvertOptions): Conversion {
  const converted = converter.convert(typeof source === 'string' ? source : JSON.stringify(source), options);
  if ('errors' in converted) throw new Error(JSON.stringify(converted.errors));
  const { file, notes } = converted;
  const flag = (name: string) => file.flags?.find((one) => one.name === name);
  return {
    file,
    notes: notes.map(({ path, message }) => `${path}: ${message}`),
    flag,
    rows: (name) => flag(name)?.rows.map((row) => `${row.segment ?? 'everyone'} ${row.percentage / 100} % ${JSON.stringify(row.value)}`),
    rule: (name) => file.segments?.find((one) => one.name === name)?.rule,
  };
}

/** The rule and the notes that one condition of a source becomes, given a source that has it alone. */
export function only(conversion: Conversion): unknown {
  return conversion.file.segments?.[0]?.rule ?? conversion.notes;
}
