import fc from 'fast-check';
import { Chain, type ChainProblem, type FlawCode } from '../../src/audit/chain';
import { GENESIS, headOf, hashOf, eventId, type Envelope } from '../../src/domain/event';
import { history } from '../fixtures/events';

function firstFlaw(events: readonly unknown[], chain = new Chain()): ChainProblem | undefined {
  for (const event of events) {
    const problem = chain.follow(event as Envelope);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** An event that says something else, and is sealed like one that always had. */
function forged(event: Envelope, changes: Partial<Envelope>): Envelope {
  const unsealed = { ...event, ...changes };
  const hash = hashOf(unsealed);
  return { ...unsealed, id: eventId(hash), hash };
}

const events = history('shop', 6);
const at = (revision: number): Envelope => events[revision] as Envelope;
const replaced = (revision: number, event: unknown): unknown[] => events.map((old) => (old.revision === revision ? event : old));

test('histories as the ledger writes them are whole, however they are mixed', () => {
  const others = history('other', 4, { note: 'else' });
  const chain = new Chain();
  expect(firstFlaw([at(0), others[0], others[1], ...events.slice(1), others[2], others[3]], chain)).toBeUndefined();
  expect([chain.events, chain.projects]).toEqual([10, 2]);
  expect(chain.head('shop')).toEqual(headOf(at(5)));
  expect(chain.head('missing')).toEqual(GENESIS);
});

test('it begins where it is asked to', () => {
  const chain = new Chain('shop', 3);
  expect(chain.head('shop').revision).toBe(2);
  expect(firstFlaw(events.slice(3), chain)).toBeUndefined();
  expect(firstFlaw([at(4)], new Chain('shop', 3))).toMatchObject({ code: 'MISSING', revision: 3 });
  expect(firstFlaw([at(3)], new Chain())).toMatchObject({ code: 'MISSING', revision: 0 });
});

const cases: readonly (readonly [what: string, stored: unknown[], code: FlawCode, revision: number, message: RegExp])[] = [
  ['a byte of the content', replaced(3, { ...at(3), data: { ...at(3).data, note: '!' } }), 'ALTERED', 3, /changed after it was written/],
  ['the actor', replaced(3, { ...at(3), actor: { id: 'u2', kind: 'user' } }), 'ALTERED', 3, /not what was sealed/],
  ['a field that is added', replaced(3, { ...at(3), reason: 'because' }), 'ALTERED', 3, /not what was sealed/],
  ['the hash', replaced(3, { ...at(3), hash: 'a'.repeat(64) }), 'ALTERED', 3, /not what was sealed/],
  ['the revision', replaced(3, { ...at(3), revision: 4 }), 'ALTERED', 4, /not what was sealed/],
  ['the id', replaced(3, { ...at(3), id: at(2).id }), 'WRONG_ID', 3, /not the one that its hash makes/],
  ['a missing event', events.filter(({ revision }) => revision !== 3), 'MISSING', 3, /revision 4 comes where revision 3 is missing/],
  ['three missing events', [at(0), at(1), at(5)], 'MISSING', 2, /revision 5 comes where revisions 2 to 4 are missing/],
  ['a missing beginning', events.slice(1), 'MISSING', 0, /revision 1 comes where revision 0 is missing/],
  ['two swapped events', [at(0), at(2), at(1)], 'MISSING', 1, /revision 2 comes where revision 1 is missing/],
  ['an event twice', [at(0), at(1), at(1)], 'OUT_OF_ORDER', 1, /there twice, or out of its place/],
  ['a forged event', replaced(3, forged(at(3), { reason: 'x' })), 'UNLINKED', 4, /the record was rewritten/],
  ['an event of another history', replaced(3, history('shop', 4, { note: 'else' })[3]), 'UNLINKED', 3, /another history/],
  ['a beginning that is none', [forged(at(0), { previousHash: 'b'.repeat(64) })], 'UNLINKED', 0, /the beginning of a history/],
  ['a time before', replaced(3, forged(at(3), { occurredAt: at(2).occurredAt - 1 })), 'BACKDATED', 3, /dated before/],
  ['a list', [[]], 'NOT_AN_EVENT', -1, /no project/],
  ['nothing', [null], 'NOT_AN_EVENT', -1, /no object/],
  ['a text', ['x'], 'NOT_AN_EVENT', -1, /no object/],
  ['half an event', [{ projectId: 'shop', revision: 0, type: 'A', id: 'x' }], 'NOT_AN_EVENT', 0, /no hash/],
];

test.each(cases)('%s is found, with a message', (_, stored, code, revision, message) => {
  const found = firstFlaw(stored);
  expect(found).toMatchObject({ code, revision });
  expect(found?.message).toMatch(message);
});

test('content that is nested so deep that it cannot be hashed is no event, and no crash', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(firstFlaw([{ ...at(0), data: deep }])).toMatchObject({ code: 'NOT_AN_EVENT', revision: 0 });
});

test('where one project is followed, an event of another is foreign', () => {
  expect(firstFlaw([at(0), ...history('other', 1)], new Chain('shop'))).toMatchObject({ code: 'FOREIGN', projectId: 'other' });
});

test('an event that is refused leaves the chain where it was', () => {
  const chain = new Chain();
  expect(firstFlaw([at(0), at(2)], chain)).toBeDefined();
  expect(firstFlaw(events.slice(1), chain)).toBeUndefined();
});

/** Every place in a value that is no object. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, [...path, name]));
}

function withLeaf(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return typeof value === 'number' ? value + 1 : `${String(value)}~`;
  return { ...(value as object), [name]: withLeaf((value as Record<string, unknown>)[name], rest) };
}

test('whatever single leaf of whatever event is changed, it is found at that event or at the gap it makes', () => {
  const leavesOf = leaves(at(0));
  fc.assert(
    fc.property(fc.nat(events.length - 1), fc.nat(leavesOf.length - 1), (revision, leaf) => {
      const found = firstFlaw(replaced(revision, withLeaf(at(revision), leavesOf[leaf] as string[])));
      expect(found).toBeDefined();
      expect(Math.abs((found as ChainProblem).revision - revision)).toBeLessThanOrEqual(1);
    }),
  );
});

test('whatever is left out, repeated or moved, it is found unless only the tail is gone', () => {
  const order = fc.array(fc.nat(events.length - 1), { maxLength: 8 });
  fc.assert(
    fc.property(order, (revisions) => {
      const prefix = revisions.every((revision, place) => revision === place);
      expect(firstFlaw(revisions.map(at)) === undefined).toBe(prefix);
    }),
  );
});
