import { lexicographicSortSchema, printSchema } from 'graphql';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setupSchemaText } from '../src/setup/file-schema';
import { buildExperienceSchema } from './build';

/* Both are committed, so that a change of the API, or of the format of the set-up file, is a diff. */

export const SCHEMA_FILE = join(__dirname, 'schema.graphql');
export const SETUP_SCHEMA_FILE = join(__dirname, 'setup.schema.json');

/** The GraphQL schema as text. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildExperienceSchema()))}\n`;
}

if (require.main === module) {
  writeFileSync(SCHEMA_FILE, schemaText());
  writeFileSync(SETUP_SCHEMA_FILE, setupSchemaText());
}
