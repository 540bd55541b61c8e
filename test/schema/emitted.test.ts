import { buildSchema, isInputObjectType } from 'graphql';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_FILE, schemaText } from '../../schema/emit';

const ROOT = join(__dirname, '../..');

test('schema.graphql is what the code says', () => {
  const stale = readFileSync(SCHEMA_FILE, 'utf8') === schemaText() ? '' : 'schema/schema.graphql is stale: npm run schema';
  expect(stale).toBe('');
});

test('what is generated for clients is what schema.graphql and their documents say', async () => {
  const codegen = join(ROOT, 'node_modules/.bin/graphql-codegen');
  const failure = await new Promise<string>((resolve) => {
    execFile(codegen, ['--config', 'codegen.yml', '--check'], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve(error === null ? '' : `test/generated is stale: npm run codegen\n${stdout}${stderr}`),
    );
  });
  expect(failure).toBe('');
});

test('inputs of which exactly one member is given say so in the text', () => {
  const types = Object.values(buildSchema(readFileSync(SCHEMA_FILE, 'utf8')).getTypeMap()).filter(isInputObjectType);
  expect(
    types
      .filter(({ isOneOf }) => isOneOf)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['AsOfInput', 'RuleInput', 'WindowInput']);
});
