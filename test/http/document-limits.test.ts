import type { GraphQLError } from 'graphql';
import { Documents } from '../../src/http/documents';
import { schema } from '../fixtures/stack';

const LIMITS = { depth: 20, tokens: 4_000, aliases: 100, cost: 20_000 };
const times = (count: number, part: (at: number) => string): string => Array.from({ length: count }, (_, at) => part(at)).join(' ');
const START = '{ key(projectId: "a", name: "b") { ...f0 } }';

const chain = (count: number) =>
  `${START} ${times(count, (at) => `fragment f${at} on Key { name ${at + 1 < count ? `...f${at + 1}` : ''} }`)}`;
const mutual = (count: number, spreads: number) =>
  `${START} ${times(count, (at) => `fragment f${at} on Key { name ${times(spreads, (to) => `...f${(at + to + 1) % count}`)} }`)}`;

const errorsOf = (text: string) => {
  const document = new Documents(schema, LIMITS).get(text);
  return Array.isArray(document)
    ? (document as GraphQLError[]).map(({ message, extensions }) => ({ message, code: extensions['code'] }))
    : [];
};

test.each([
  ['a long chain of fragments', chain(440), /lead to one another more than 5000 times/],
  ['fragments that spread each other', mutual(150, 8), /lead to one another more than 5000 times/],
  [
    'many operations with the same fragments',
    `${times(350, (at) => `query q${at} { ...f0 }`)} ${chain(20).slice(START.length).replaceAll('Key { name', 'Query { __typename')}`,
    /lead to one another/,
  ],
  ['the same field again and again', `{ ${'__schema { __typename } '.repeat(600)} }`, /more than 10000 pairs/],
  [
    'fields that contradict one another',
    `{ ${times(300, (at) => `a: key(projectId: "a", name: "b${at}") { name }`)} }`.replaceAll('a: key', 'key'),
    /more than 10000 pairs/,
  ],
  [
    'the same fields below the same fields',
    `{ ${times(60, () => `key(projectId: "a", name: "b") { ${'name '.repeat(20)} }`)} }`,
    /more than 10000 pairs/,
  ],
  [
    'the same fields through fragments',
    `{ ${times(2, () => 'key(projectId: "a", name: "b") { ...f0 }')} } ${times(75, (at) => `fragment f${at} on Key { name name ${at < 74 ? `...f${at + 1}` : ''} }`)}`,
    /more than 10000 pairs/,
  ],
  ['a long alias', `{ ${'a'.repeat(101)}: __typename }`, /An alias has at most 100 characters: "aaaaaaaaaaaaaaaaaaaa\.\.\." has 101/],
])('%s is refused before the rules of validation see it', (_what, text, message) => {
  const errors = errorsOf(text);
  expect(errors).toEqual([{ message: expect.stringMatching(message), code: 'LIMIT_EXCEEDED' }]);
});

test.each([
  ['60 fragments, each in the one before', chain(60)],
  [
    '130 fragments of a tree',
    `{ key(projectId: "a", name: "b") { ...f0 ...f1 } } ${times(130, (at) => `fragment f${at} on Key { name ${2 * at + 3 < 130 ? `...f${2 * at + 2} ...f${2 * at + 3}` : ''} }`)}`,
  ],
  [
    'the same field in 40 fragments',
    `{ key(projectId: "a", name: "b") { ${times(40, (at) => `...f${at}`)} } } ${times(40, (at) => `fragment f${at} on Key { name version }`)}`,
  ],
])('what clients really send passes: %s', (_what, text) => {
  expect(errorsOf(text)).toEqual([]);
});

test('just below the limit, validation neither takes long nor ends the stack', () => {
  for (const text of [chain(98), mutual(69, 22), `{ ${'__schema { __typename } '.repeat(100)} }`]) {
    const began = process.cpuUsage();
    for (const { code } of errorsOf(text)) expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(250);
  }
});
