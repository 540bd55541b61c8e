import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DocumentNode } from 'graphql';
import { Documents, KEPT_BYTES } from '../../src/http/documents';
import { makeExecutableSchema } from './executable-schema';

const LIMITS = { depth: 20, tokens: 4_000, aliases: 100, cost: 20_000 };
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

test.each([
  ['long comments', 1_000, (at: number) => `{ hello } # ${at} ${'x'.repeat(60_000)}`],
  [
    'many tokens',
    300,
    (at: number) => `{ ${'hello item { name } '.repeat(40)} h${at}: hello(name: ["${at}"]) }`.replace('["', '"').replace('"]', '"'),
  ],
  ['long names of operations', 1_000, (at: number) => `query q${at}${'x'.repeat(60_000)} { hello }`],
])('what is kept of documents is bounded by what it takes: %s', (_what, count, text) => {
  const documents = new Documents(makeExecutableSchema(), LIMITS);
  const before = heapBytes();
  for (let at = 0; at < count; at += 1) {
    const document = documents.get(text(at));
    expect(Array.isArray(document)).toBe(false);
  }
  expect(documents.keptBytes).toBeLessThanOrEqual(KEPT_BYTES);
  expect(heapBytes() - before).toBeLessThan(1.5 * KEPT_BYTES);
});

test('a document that is kept is the same object again, and one that is refused is not kept', () => {
  const documents = new Documents(makeExecutableSchema(), LIMITS);
  const document = documents.get('{ hello }') as DocumentNode;
  const kept = documents.keptBytes;
  expect(documents.get('{ hello }')).toBe(document);
  for (const text of ['{ nothing }', '{', `{ ${'hello '.repeat(5_000)} }`, `{ ${'x'.repeat(101)}: hello }`]) {
    expect(documents.get(text)).toEqual([expect.objectContaining({ message: expect.any(String) })]);
  }
  expect(documents.keptBytes).toBe(kept);
});
