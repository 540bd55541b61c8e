import { getOperationAST, parse, type DocumentNode } from 'graphql';
import { QueryCost } from '../../src/http/query-cost';
import { readSettings } from '../../src/settings';
import { schema } from '../fixtures/stack';
import * as operations from '../generated/operations';

const LIMIT = readSettings({}).query.cost;

const documents = Object.entries(operations as unknown as Readonly<Record<string, DocumentNode>>).filter(([name]) =>
  name.endsWith('Document'),
);

function check(document: DocumentNode, limit: number, variables: Readonly<Record<string, unknown>> = {}): void {
  const operation = getOperationAST(document);
  if (!operation) throw new Error('it holds not one operation');
  new QueryCost(schema, limit).check(document, operation, { ...neededBy(operation), ...variables });
}

/** Cost looks at no other variables than numbers, but they must be there, and fit. */
function neededBy(operation: NonNullable<ReturnType<typeof getOperationAST>>): Record<string, unknown> {
  const ids = (operation.variableDefinitions ?? [])
    .filter(({ type }) => type.kind === 'NonNullType')
    .map(({ variable }) => variable.name.value);
  const needed: Record<string, unknown> = {
    projectId: 'x',
    id: 'x',
    name: 'x',
    from: { revision: 0 },
    to: { revision: 0 },
    input: { projectId: 'x', setup: {} },
  };
  return Object.fromEntries(ids.filter((name) => name in needed).map((name) => [name, needed[name]]));
}

test('everything that a client wants to read is within the cost that is allowed by default, whole pages of 100 included', () => {
  const queries = documents.filter(([, document]) => getOperationAST(document)?.operation === 'query');
  expect(queries.map(([name]) => name)).toEqual(
    expect.arrayContaining(['ProjectsDocument', 'FlagsDocument', 'ConfigsDocument', 'ExperimentsDocument']),
  );
  for (const [, document] of queries) {
    check(document, LIMIT, { first: 100 });
    expect(() => check(document, 1, { first: 100 })).toThrow('at most 1 is allowed');
  }
});

test('a page of 500 keys as a page of keys needs it, and one of things with the end of their histories, are within it', () => {
  const stamp = 'version createdAt createdBy { id } updatedAt updatedBy { id }';
  const keys = `name type defaultValue description archived ${stamp} usedByCount viewerMay { action allowed reason }`;
  const list = (args: string, fields: string) => parse(`{ keys(projectId: "x", ${args}) { nodes { ${fields} } totalCount cursor } }`);
  check(list('first: 500', keys), LIMIT);
  check(list('first: 500, sort: USED_BY, unused: true', keys), LIMIT);
  check(list('first: 500', 'name history(first: 3) { nodes { sentence occurredAt } }'), LIMIT);
  expect(() => check(list('first: 500', `${keys} usedBy { name }`), LIMIT)).toThrow('at most 20000 is allowed');
  // What no index answers is looked at whole, however small the page is.
  expect(() => check(list('first: 1, unused: true', 'name'), 1_000)).toThrow('at most 1000 is allowed');
  expect(() => check(parse('{ keys(projectId: "x", sort: USED_BY) { totalCount } }'), 1_000)).toThrow('at most 1000 is allowed');
});

test('a history costs for each event that is read, and its search for all that are looked at', () => {
  const cost = (selection: string, atLeast: number) =>
    expect(() => check(parse(`{ ${selection} }`), atLeast)).toThrow(`at most ${atLeast} is allowed`);
  cost('history(projectId: "x", first: 200) { nodes { sentence } }', 1_200);
  cost('history(projectId: "x", first: 1, search: "x") { nodes { sentence } }', 2_000);
  cost('keys(projectId: "x", first: 20) { nodes { history(first: 50, search: "x") { totalCount } } }', LIMIT);
  check(parse('{ keys(projectId: "x", first: 100) { nodes { history(first: 5) { nodes { sentence } } } } }'), LIMIT);
});

test('what is inside a row costs for every row, and its lists more than once', () => {
  const lists: [string, number][] = [
    ['flags { nodes { rows { segment { usedBy { id } } } } }', 5_000],
    ['configs { nodes { rows { values { value } } } }', 1_250],
    ['experiments { nodes { variants { values { value } } } }', 450],
    ['experiments { nodes { goalRoles { goal { usedBy { id } } } } }', 3_000],
    ['experiments { nodes { goals { usedBy { id } } } }', 3_000],
  ];
  for (const [selection, atLeast] of lists) {
    const [field, ...rest] = selection.split(' ');
    const document = parse(`{ ${field}(projectId: "x") ${rest.join(' ')} }`);
    expect(() => check(document, atLeast)).toThrow(`at most ${atLeast} is allowed`);
  }
});

test('each look at what was costs, also where a variable says whether it is one', () => {
  const looks = (count: number, asOf: string): DocumentNode =>
    parse(`query ($at: AsOfInput) { ${Array.from({ length: count }, (_, at) => `p${at}: project(id: "x"${asOf}) { name }`).join(' ')} }`);
  for (const asOf of [', asOf: { revision: 1 }', ', asOf: $at']) {
    check(looks(19, asOf), LIMIT);
    expect(() => check(looks(21, asOf), LIMIT)).toThrow(`at most ${LIMIT} is allowed`);
  }
  check(looks(100, ''), 300);
});

test('what reads all of a project costs as much', () => {
  const digests = (count: number): DocumentNode =>
    parse(`{ ${Array.from({ length: count }, (_, at) => `d${at}: readModelDigest(projectId: "x") { cursor }`).join(' ')} }`);
  check(digests(3), LIMIT);
  expect(() => check(digests(4), LIMIT)).toThrow(`at most ${LIMIT} is allowed`);
});
