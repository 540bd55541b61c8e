import { parse } from 'graphql';
import { bytesOf } from '../../src/http/documents';
import { HELD_BYTES, HeldDocuments, subscriptionProblem } from '../../src/http/held-documents';

const long = (name: string) => parse(`subscription ${name} { a } # ${'x'.repeat(1_000_000)}`);

test('documents that are subscribed with are bounded by what they take, each counted once', () => {
  const held = new HeldDocuments();
  const shared = long('Shared');
  const releases = Array.from({ length: 1_000 }, () => held.hold(shared));
  expect(releases).not.toContain(undefined);
  let others = 0;
  let last: (() => void) | undefined = () => {};
  for (; ; others += 1) {
    const release = held.hold(long(`Other${others}`));
    if (release === undefined) break;
    last = release;
  }
  expect(others).toBe(Math.floor(HELD_BYTES / bytesOf(shared)) - 1);
  // A document that is in the cache already takes no further room.
  expect(held.hold(shared)).toBeDefined();
  last?.();
  last?.();
  expect(held.hold(long('Next'))).toBeDefined();
  expect(held.hold(long('AfterNext'))).toBeUndefined();
});

test.each([
  [`subscription { a } # ${'x'.repeat(16_384)}`, /at most 300 tokens and 16384 characters/],
  [`subscription { ${'a '.repeat(300)} }`, /at most 300 tokens/],
  [`subscription { ${'a '.repeat(290)} }`, undefined],
])('%.40s... is held, or refused in words', (text, message) => {
  const problem = subscriptionProblem(parse(text));
  if (message === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(message);
});
