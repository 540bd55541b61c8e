import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Submission } from '../../src/application/execute';
import { prepareCommand } from '../../src/application/handle-command';
import { CONCEPTS } from '../../src/domain/decider';
import type { JsonObject } from '../../src/domain/json';
import { inPercent } from '../../src/domain/percent';
import { schema, Stack } from '../fixtures/stack';
import { minimalRequest, type Request } from '../schema/minimal-request';

/**
 * A command's hash is stored with its events and compared when its command id comes again (A1), also years later. So what a mutation makes of
 * its input must not change: no member renamed, and none added for what a client did not name.
 */
interface Example {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly command: string;
  readonly hash: string;
}
const examples = JSON.parse(readFileSync(join(__dirname, 'command-hashes.json'), 'utf8')) as readonly Example[];

let submitted: Submission | undefined;
let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
  jest.spyOn(stack['executor'], 'execute').mockImplementation((submission) => {
    submitted = submission;
    return Promise.resolve({ kind: 'refused', refusal: { code: 'NOT_FOUND', message: 'not carried out' } as never });
  });
});
afterAll(() => stack.stop());

/** Examples have shares in basis points, as commands do: a client says them in percent, and the hash stays that of the command (N2). */
const asSent = ({ input, ...variables }: Request['variables']): Request['variables'] =>
  input === undefined ? variables : { ...variables, input: (['flag', 'experiment', 'holdout'] as const).reduce((fields, kind) => inPercent(kind, fields), input as JsonObject) };

async function made({ document, variables }: Request): Promise<Example | undefined> {
  submitted = undefined;
  await stack.run(document, asSent(variables));
  const submission = submitted as Submission | undefined;
  return submission && { document, variables, command: submission.command.type, hash: String(prepareCommand(submission).commandHash) };
}

test.each(examples.map((example) => [example.command, example] as const))('%s has the hash that it always had', async (_, example) => {
  expect(await made(example)).toEqual(example);
});

test('each mutation that submits a command has an example with the least that it takes', async () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const least = fields.map((field) => minimalRequest('mutation', field, 'shop'));
  const missing: Example[] = [];
  for (const request of least) {
    const example = await made(request);
    if (example && !examples.some(({ hash }) => hash === example.hash)) missing.push(example);
  }
  // Of a new mutation: add it to the file, and another with all that it takes. A line that is there never changes.
  expect(missing).toEqual([]);
});

test('each type of command is among them', () => {
  const types = new Set(examples.map(({ command }) => command));
  const known = [...Object.values(CONCEPTS).flatMap(({ decide }) => Object.keys(decide)), 'ArchiveMany', 'Revert', 'ApplySetup', 'RestoreSetup'];
  expect(known.filter((type) => !types.has(type))).toEqual([]);
});
