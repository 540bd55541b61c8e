import { buildSchema, getNamedType, getNullableType, isInputObjectType, isNonNullType, isUnionType } from 'graphql';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_FILE, schemaText } from '../../schema/emit';
import { typeOfRefusal } from '../../schema/outcome';
import { COMMAND_TYPES, refusalsOf } from '../../src/application/refusals';

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

test('every mutation takes one input, or nothing, and answers with what it did or a refusal, and never with nothing', () => {
  const mutations = Object.values(buildSchema(readFileSync(SCHEMA_FILE, 'utf8')).getMutationType()!.getFields());
  for (const { name, args, type } of mutations) {
    const [input, ...more] = args;
    if (input !== undefined)
      expect([name, input.name, isNonNullType(input.type), isInputObjectType(getNamedType(input.type))]).toEqual([
        name,
        'input',
        true,
        true,
      ]);
    const result = isNonNullType(type) ? getNullableType(type) : undefined;
    if (!isUnionType(result)) throw new Error(`${name} answers with ${String(type)}`);
    expect(result.name).toBe(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result`);
    const things = result.getTypes().filter((member) => !member.getInterfaces().some((one) => one.name === 'Refusal'));
    const done = things.filter((member) => !['Accepted', 'Preview'].includes(member.name));
    expect([name, more, done.length]).toEqual([name, [], 1]);
  }
});

test('the mutation of each command answers with its thing, what is accepted or previewed, and exactly the refusals of that command', () => {
  const mutations = buildSchema(readFileSync(SCHEMA_FILE, 'utf8')).getMutationType()!.getFields();
  for (const command of COMMAND_TYPES) {
    const result = getNamedType(mutations[command.charAt(0).toLowerCase() + command.slice(1)]?.type);
    if (!isUnionType(result)) throw new Error(`no mutation of ${command} answers with a union`);
    expect(result.name).toBe(`${command}Result`);
    const expected = ['Accepted', 'Preview', ...refusalsOf(command).map((code) => typeOfRefusal({ code }))];
    const members = result.getTypes();
    const [thing, ...more] = members.filter(({ name }) => !expected.includes(name));
    expect(members.map(({ name }) => name)).toEqual([...expected, thing?.name].sort());
    expect([thing?.getInterfaces().map(({ name }) => name), more]).toEqual([expect.not.arrayContaining(['Refusal']), []]);
  }
});
