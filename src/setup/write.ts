import { Document, isScalar, visit, type ScalarTag } from 'yaml';
import type { JsonObject } from '../domain/json';
import { setupContent } from './canonical-file';
import type { SetupFile } from './file';

export type SetupFormat = 'yaml' | 'json';

/** Where the schema is, seen from a checkout's root. */
export const SCHEMA_PATH = './schema/setup.schema.json';

/**
 * The one text for a set-up: the same content gives the same bytes, whatever order it came in. Reading it gives the content again.
 * `schema` is written for editors: a URL, or a path seen from where the file will be.
 */
export function writeSetup(file: SetupFile, format: SetupFormat, schema: string = SCHEMA_PATH): string {
  return writeContent(setupContent(file), format, schema);
}

/** A number with an exponent. To YAML 1.1 `1e-7` is a text, and `1.0e-7` a number. It is for writing only: reading knows such numbers. */
const exponential: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^\b$/,
  identify: (value) => typeof value === 'number' && String(value).includes('e'),
  resolve: (text) => Number(text),
  stringify: ({ value }) => String(value).replace(/^(-?\d)e/, '$1.0e'),
};

/** The text of a content that is in its one order already. */
export function writeContent(content: JsonObject, format: SetupFormat, schema: string = SCHEMA_PATH): string {
  if (format === 'json') return `${JSON.stringify({ $schema: schema, ...content }, null, 2)}\n`;
  const document = new Document(content, {
    version: '1.2',
    schema: 'core',
    // What a reader of YAML 1.1 would take for something else is quoted: `no`, `on`, dates, `1:30`, `<<`.
    compat: 'yaml-1.1',
    customTags: (tags) => [exponential, ...tags],
    aliasDuplicateObjects: false,
  });
  document.commentBefore = ` yaml-language-server: $schema=${schema}`;
  // A condition reads as one line, unless it has a list.
  visit(document, {
    Scalar: (_, scalar) => {
      // To YAML 1.1 it is a type of its own.
      if (scalar.value === '=') scalar.type = 'QUOTE_DOUBLE';
    },
    Map: (_, map) => {
      if (map.has('operator') && map.items.every(({ value }) => isScalar(value))) map.flow = true;
    },
  });
  // Nothing is folded: a change of one word is then a diff of one line.
  return document.toString({ lineWidth: 0 });
}
