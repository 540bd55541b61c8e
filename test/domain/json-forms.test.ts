import fc from 'fast-check';
import { canonical, type JsonObject } from '../../src/domain/json';
import { jsonForms } from '../../src/domain/json-forms';

/** As JSON.parse reads it: integer names come first, the last of two members with one name counts, -0 stays. */
const read = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const names = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('id', 'hash', '__proto__', 'toJSON', '10', '9', 'a', 'a!', '', 'é'),
);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\u2028', '"', '\\', '\u007f', '\u001f')),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  ),
})).value;

test('both forms are those that are made one by one', () => {
  fc.assert(
    fc.property(fc.dictionary(names, values, { maxKeys: 8 }), (drawn) => {
      const object = read(JSON.stringify(drawn));
      const { id: _id, hash: _hash, ...covered } = object;
      expect(jsonForms(object, ['id', 'hash'])).toEqual({ members: JSON.stringify(object).slice(1, -1), canonical: canonical(covered) });
    }),
    { numRuns: 2_000 },
  );
});

test('what is undefined is written as JSON.stringify writes it, and is in no canonical form', () => {
  const withUndefined = fc.dictionary(names, fc.oneof(fc.constant(undefined), values, fc.array(fc.option(values, { nil: undefined }))));
  fc.assert(
    fc.property(withUndefined, withUndefined, (drawn, inside) => {
      const object = { ...drawn, inside };
      expect(jsonForms(object, [])).toEqual({ members: JSON.stringify(object).slice(1, -1), canonical: canonical(object) });
    }),
  );
});

test('the order of one object is not taken for that of another with as many members', () => {
  expect(jsonForms({ b: 1, a: 2 }, []).canonical).toBe('{"a":2,"b":1}');
  expect(jsonForms({ a: 1, b: 2 }, []).canonical).toBe('{"a":1,"b":2}');
  expect(jsonForms({ c: 1, a: { z: 1, y: [{ d: 1, c: 2 }] } }, ['c']).canonical).toBe('{"a":{"y":[{"c":2,"d":1}],"z":1}}');
  expect(jsonForms({}, []).canonical).toBe('{}');
});

test('what has no canonical form is thrown', () => {
  expect(() => jsonForms(read('{"a":[1e999]}'), [])).toThrow('not finite');
  expect(() => jsonForms(read(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), [])).toThrow(RangeError);
});
