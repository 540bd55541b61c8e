import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setupSchemaText } from './file-schema';

/** Where the JSON Schema of the set-up file is committed, so that a change of the format is a diff. */
export const SETUP_SCHEMA_FILE = join(__dirname, '../../schema/setup.schema.json');

if (require.main === module) writeFileSync(SETUP_SCHEMA_FILE, setupSchemaText());
