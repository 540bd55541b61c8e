import { getIntrospectionQuery, parse, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { QueryCost } from '../../src/http/query-cost';
import { schema } from '../fixtures/stack';
import { startServer, tokenFor, type Running } from './running-server';

let running: Running;
beforeAll(async () => (running = await startServer({ schema, bodyLimitBytes: 1_048_576 })));
afterAll(() => running.server.stop());

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function ask(query: string): Promise<Answer> {
  const token = await tokenFor({ subject: 'without-roles', roles: {} });
  return (await (await running.ask(query, {}, { authorization: `Bearer ${token}` })).json()) as Answer;
}

const ALL = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};
/** How the document names the fragment or alias is all that differs between these tools: GraphiQL and the compilers of Apollo and Relay take graphql-js' own. */
const TOOLS: readonly [string, string][] = [
  ['graphql-js, all of it', getIntrospectionQuery(ALL)],
  ['graphql-js, as it is by default (Relay, Apollo)', getIntrospectionQuery()],
  [
    'GraphiQL',
    getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true }).replace('IntrospectionQuery', 'GraphiQLQuery'),
  ],
  ['Altair', getIntrospectionQuery({ ...ALL, oneOf: false })],
  ['a type of one tooltip', '{ __type(name: "Key") { name description fields { name description args { name } type { name kind } } } }'],
  ['Apollo, who adds __typename everywhere', withTypenames(getIntrospectionQuery())],
];

function withTypenames(text: string): string {
  return text.replaceAll(/\{/g, '{ __typename ').replace('{ __typename ', '{ ');
}

test.each(TOOLS)('is answered for any token: %s', async (_tool, query) => {
  expect((await ask(query)).errors).toBeUndefined();
});

const aliases = (count: number, selection: string) => `{ ${Array.from({ length: count }, (_, at) => `a${at}: ${selection}`).join(' ')} }`;

describe('introspection costs what it answers', () => {
  test.each([
    ['100 times all types', aliases(100, '__schema { types { name fields { name args { name } } } }')],
    ['twice what tools ask for', twice(getIntrospectionQuery(ALL))],
    ['types of types', aliases(12, '__schema { types { fields { type { ofType { fields { name type { name } } } } } } }')],
    [
      'all types from any one of them',
      aliases(100, '__type(name: "Entity") { possibleTypes { fields { name description type { name } } } }'),
    ],
    [
      'in fragments',
      `{ ${aliases(30, '__schema { ...t }').slice(1)} fragment t on __Schema { types { ...f inputFields { name } } } fragment f on __Type { fields { name description } }`,
    ],
  ])('%s is refused', async (_what, query) => {
    const { data, errors } = await ask(query);
    expect(data).toBeUndefined();
    expect(errors).toEqual([
      { message: expect.stringMatching(/^The query costs .* is allowed \(QUERY_COST\)/), extensions: { code: 'LIMIT_EXCEEDED' } },
    ]);
  });

  test('what a hundred cost is counted up to the limit, all together', () => {
    const document = parse(aliases(100, '__schema { types { name fields { name args { name } } } }'));
    const typesListed = jest.spyOn(schema, 'getTypeMap');
    const cost = new QueryCost(schema, 10_000);
    typesListed.mockClear();
    expect(() => cost.check(document, document.definitions[0] as OperationDefinitionNode)).toThrow('QUERY_COST');
    expect(typesListed.mock.calls.length).toBeLessThan(20);
    typesListed.mockRestore();
  });

  test('a field is a field: what only looks like introspection is not free', async () => {
    expect((await ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});

function twice(query: string): string {
  const document: DocumentNode = parse(query);
  expect(document.definitions.length).toBeGreaterThan(1);
  return query
    .replace('__schema', 'again: __schema { ...Whole } __schema')
    .concat(' fragment Whole on __Schema { types { ...FullType } directives { name args { ...InputValue } } }');
}
