import fc from 'fast-check';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';
import { applyDifferences } from './apply-differences';
import { differences } from '../../src/audit/difference';
import { canonical, type Json } from '../../src/domain/json';
import type { Rule } from '../../src/domain/rule';
import { arbitraryRule } from '../domain/arbitrary-rule';
import { freeze } from '../fixtures/freeze';

const paths = (before: Json | undefined, after: Json | undefined) => differences(before, after).map(({ path }) => path);
const city = (value: string): Rule => ({ property: { name: 'geo.city', operator: 'EQUALS', value } });
const model: Rule = { property: { name: 'device.model', operator: 'STARTS_WITH', value: 'iPhone' } };
const bought: Rule = { did: { event: 'Purchase', count: { atLeast: 3 }, window: { lastDays: 30 } } };
const json = (rule: Rule): Json => rule as unknown as Json;

describe('what differs is named field by field', () => {
  test('of an edit, what was and what is; of an addition and a removal, the one that there is', () => {
    expect(differences({ name: 'a', description: 'x', old: 1 }, { name: 'b', description: 'x', new: null })).toEqual([
      { path: 'name', before: 'a', after: 'b' },
      { path: 'old', before: 1 },
      { path: 'new', after: null },
    ]);
  });

  test('of a creation each field, and nothing is before; of what is gone the whole', () => {
    expect(differences(undefined, { name: 'a', rows: [] })).toEqual([
      { path: 'name', after: 'a' },
      { path: 'rows', after: [] },
    ]);
    expect(differences({ name: 'a' }, undefined)).toEqual([{ path: '', before: { name: 'a' } }]);
    expect(differences(undefined, undefined)).toEqual([]);
  });

  test('the order of members and a member that is undefined are no difference', () => {
    expect(differences({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1, e: undefined } as never)).toEqual([]);
  });

  test('a name that is no plain word is quoted', () => {
    expect(paths({ v: { 'é t': 1, 'a"]': 1, '': 1, $x: 1 } }, { v: { 'é t': 2, 'a"]': 2, '': 2, $x: 2 } })).toEqual([
      'v["é t"]',
      'v["a\\"]"]',
      'v[""]',
      'v.$x',
    ]);
  });
});

describe('of a segment rule, which leaf changed', () => {
  const rule = (...any: Rule[]): Json => json({ all: [model, { any }, bought] });

  test('the value of a condition in a nested group', () => {
    expect(differences(rule(city('New York')), rule(city('Miami')))).toEqual([
      { path: 'all[1].any[0].property.value', before: 'New York', after: 'Miami' },
    ]);
  });

  test('a condition that is put in front moves no other', () => {
    expect(differences(json({ all: [model, bought] }), json({ all: [city('Miami'), model, bought] }))).toEqual([
      { path: 'all[0]', after: city('Miami') },
    ]);
  });

  test('a condition that is taken out, while the one after it changes', () => {
    const fewer: Rule = { did: { event: 'Purchase', count: { atLeast: 2 }, window: { lastDays: 30 } } };
    expect(differences(json({ all: [city('Miami'), model, bought] }), json({ all: [model, fewer] }))).toEqual([
      { path: 'all[2].did.count.atLeast', before: 3, after: 2 },
      { path: 'all[0]', before: city('Miami') },
    ]);
  });

  test('a condition that another takes the place of is shown whole, and so is a group for a condition', () => {
    expect(differences(json({ all: [model, bought] }), json({ all: [city('Miami'), bought] }))).toEqual([
      { path: 'all[0]', before: model, after: city('Miami') },
    ]);
    expect(differences(json({ not: model }), json({ not: { any: [model, bought] } }))).toEqual([
      { path: 'not', before: model, after: { any: [model, bought] } },
    ]);
  });

  test('a value that is added to a list of values', () => {
    const region = (...values: string[]): Json => json({ property: { name: 'geo.region', operator: 'IN', values } });
    expect(differences(region('NY', 'NJ'), region('NY', 'CT', 'NJ'))).toEqual([{ path: 'property.values[1]', after: 'CT' }]);
  });
});

describe('things with ids are distinguished by their ids', () => {
  const row = (id: string, percentage: number) => ({ id, segment: null, percentage, value: true });

  test('rows: one changed, one added, one removed', () => {
    expect(differences({ rows: [row('r1', 1), row('r2', 2)] }, { rows: [row('r1', 5), row('r3', 3)] })).toEqual([
      { path: 'rows[r1].percentage', before: 1, after: 5 },
      { path: 'rows[r2]', before: row('r2', 2) },
      { path: 'rows[r3]', after: row('r3', 3) },
    ]);
  });

  test('an order that changed is a difference of its own', () => {
    expect(differences({ rows: [row('r1', 1), row('r2', 2)] }, { rows: [row('r2', 2), row('r1', 9)] })).toEqual([
      { path: 'rows[r1].percentage', before: 1, after: 9 },
      { path: 'rows.order', before: ['r1', 'r2'], after: ['r2', 'r1'] },
    ]);
    expect(paths({ rows: [row('r1', 1)] }, { rows: [row('r2', 2), row('r1', 1)] })).toEqual(['rows[r2]', 'rows.order']);
  });

  test('values by the key that they are for', () => {
    const values = (title: string) => ({ values: [{ key: 'checkout.layout', value: title }] });
    expect(paths(values('a'), values('b'))).toEqual(['values[checkout.layout].value']);
  });

  test('ids that are doubled, or that could be taken for places, tell nothing apart', () => {
    expect(paths([{ id: 'a', v: 1 }, { id: 'a', v: 2 }], [{ id: 'a', v: 1 }])).toEqual(['[1]']); // prettier-ignore
    expect(paths([{ id: '7', v: 1 }], [{ id: '7', v: 2 }])).toEqual(['[0].v']);
  });
});

describe('it is bounded', () => {
  test('where more than 200 things differ inside one, that one differs as a whole', () => {
    const many = (value: number) => ({ v: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`m${at}`, value])) });
    expect(paths(many(1), many(2))).toEqual(['v']);
  });

  test('long lists without anything in common take no time to speak of', () => {
    const list = (from: number) => Array.from({ length: 8_000 }, (_, at) => from + at);
    const start = mainThreadCpuMs();
    expect(paths({ v: list(0) }, { v: list(10_000) })).toEqual(['v']);
    expect(mainThreadCpuMs() - start).toBeLessThan(2_000);
  });

  test('what is nested without end is compared to a depth', () => {
    const deep = (leaf: number): Json => Array.from({ length: 500 }).reduce((inner: Json) => [inner], leaf);
    expect(differences(deep(1), deep(1))).toEqual([]);
    expect(paths(deep(1), deep(2))).toEqual(['[0]'.repeat(64)]);
  });
});

describe('applied to what was, they give what is', () => {
  const member = fc.constantFrom('name', 'rows', 'rule', 'é t', '', 'a.b', 'a"]', 'order', '0', 'constructor', 'key', 'id');
  const id = fc.constantFrom('r1', 'r2', 'r3', 'checkout.layout', '7', '', 'é');
  const { value } = fc.letrec<{ value: Json; row: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.constantFrom(null, true, '', 'x', 'NY', 0, 1.5), fc.integer()),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(member, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      fc.array(tie('row'), { maxLength: 5 }),
    ),
    row: fc.oneof(
      fc.record({ id, value: tie('value'), percentage: fc.nat(3) }),
      fc.record({ key: id, value: tie('value') }),
      fc.record({ id, key: id, value: fc.nat(2) }),
    ) as fc.Arbitrary<Json>,
  }));
  const applied = (before: Json | undefined, after: Json | undefined) =>
    applyDifferences(freeze(before), differences(before, freeze(after)));
  const same = (before: Json | undefined, after: Json | undefined) => canonical(applied(before, after)) === canonical(after);

  test('any JSON', () => {
    fc.assert(
      fc.property(value, value, (before, after) => same(before, after)),
      { numRuns: 2_000 },
    );
  });

  test('objects that have much in common', () => {
    const edits = fc.array(fc.tuple(member, fc.option(value, { nil: undefined })), { maxLength: 4 });
    fc.assert(
      fc.property(fc.dictionary(member, value, { noNullPrototype: true }), edits, (before, changes) => {
        const after = Object.fromEntries(Object.entries({ ...before, ...Object.fromEntries(changes) }).filter(([, v]) => v !== undefined));
        return same(before, after as Json) && same(after as Json, before);
      }),
      { numRuns: 500 },
    );
  });

  test('lists with insertions, removals and moves', () => {
    const items = fc.array(value, { maxLength: 8 });
    const moves = fc.array(fc.tuple(fc.nat(8), fc.nat(8), fc.option(value, { nil: undefined })), { maxLength: 4 });
    fc.assert(
      fc.property(items, moves, (before, steps) => {
        const after = [...before];
        for (const [from, to, added] of steps) after.splice(to, 0, ...(added === undefined ? after.splice(from, 1) : [added]));
        return same(before, after) && same({ list: before }, { list: after });
      }),
      { numRuns: 1_000 },
    );
  });

  test('rules', () => {
    fc.assert(
      fc.property(arbitraryRule, arbitraryRule, (before, after) => same(json(before), json(after))),
      { numRuns: 300 },
    );
  });

  test('creations and what is gone', () => {
    fc.assert(fc.property(value, (whole) => same(undefined, whole) && applied(whole, undefined) === undefined));
    expect(applied(undefined, undefined)).toBeUndefined();
  });

  test('equal values differ in nothing, and others in something', () => {
    fc.assert(fc.property(value, value, (a, b) => differences(a, structuredClone(a)).length === 0 && (differences(a, b).length > 0) === (canonical(a) !== canonical(b)))); // prettier-ignore
  });

  test('to another value, they throw', () => {
    expect(() => applyDifferences({ a: 'text' }, differences({ a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }))).toThrow('another value');
    expect(() => applyDifferences([], [{ path: '[3]', before: 1, after: 2 }])).toThrow('another value');
    expect(() => applyDifferences({}, [{ path: 'a..b', after: 2 }])).toThrow('no path');
  });
});
