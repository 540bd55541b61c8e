import { extendSchema, parse } from 'graphql';
import pino from 'pino';
import { buildExperienceSchema } from '../schema/build';
import { start } from '../src/main';
import { readSettings } from '../src/settings';

/**
 * The product's server, with two more operations that do no work: same input and output as `editKey` and `keys`, from a constant. They
 * tell what HTTP and GraphQL cost alone, on the same server in the same run. Prints one line of JSON when it is ready.
 */
const AT = Date.UTC(2026, 0, 1);
const ACTOR = { id: 'bench', kind: 'user' };
const stamp = {
  projectId: 'bench',
  version: 1,
  createdAt: AT,
  createdBy: ACTOR,
  updatedAt: AT,
  updatedBy: ACTOR,
  cursor: 'YmVuY2g6MDowMTIzNDU2Nzg5YWJjZGVm',
};
const constantKey = (index: number) => ({
  ...stamp,
  name: `key_${index}`,
  type: 'STRING',
  defaultValue: 'constant',
  description: '',
  archived: false,
});
const nodes = Array.from({ length: 50 }, (_, index) => constantKey(index));
const CONNECTION = {
  edges: nodes.map((node) => ({ node, cursor: node.name })),
  nodes,
  pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'key_0', endCursor: 'key_49' },
  totalCount: 500,
  cursor: stamp.cursor,
};

function schemaWithConstants() {
  const schema = extendSchema(
    buildExperienceSchema(),
    parse(`
      extend type Query { constantKeys(projectId: ID!, first: Int): KeyConnection! }
      extend type Mutation { constantEditKey(input: EditKeyInput!): EditKeyResult! }
    `),
  );
  const queries = schema.getQueryType()?.getFields() ?? {};
  const mutations = schema.getMutationType()?.getFields() ?? {};
  queries['constantKeys']!.resolve = async () => CONNECTION;
  mutations['constantEditKey']!.resolve = async () => nodes[0];
  return schema;
}

async function main(): Promise<void> {
  const { url, ready, firstToken, stop } = await start(readSettings(process.env), {
    logger: pino({ level: 'silent' }),
    schema: schemaWithConstants(),
  });
  await ready;
  process.stdout.write(`${JSON.stringify({ url, token: firstToken })}\n`);
  process.once('SIGTERM', () => void stop());
}

void main();
