import { lexicographicSortSchema, printSchema } from 'graphql';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExperienceSchema } from './build';

/** The schema as text: what `schema.graphql` holds, so that a change of the API is a diff. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(buildExperienceSchema()))}\n`;
}

export const SCHEMA_FILE = join(__dirname, 'schema.graphql');

if (require.main === module) writeFileSync(SCHEMA_FILE, schemaText());
