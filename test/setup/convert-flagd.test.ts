import { flagd } from '../../src/setup/convert/flagd';
import { converting, fixture, type Conversion } from './converting';

const property = (name: string, operator: string, value?: unknown) => ({
  property: { name, operator, ...(value === undefined ? {} : { value }) },
});

/** A boolean flag, on for those of whom the condition is true. */
function targeting(condition: unknown, evaluators = {}): Conversion {
  const flag = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', targeting: { if: [condition, 'on'] } };
  return converting(flagd, { flags: { f: flag }, $evaluators: evaluators });
}

describe('the fixture', () => {
  const { file, notes, flag, rows } = converting(flagd, fixture('flagd'));

  test('gives each flag a key of the type of its variants, with the default variant for a default', () => {
    expect(file.keys?.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['beta', 'BOOLEAN', false],
      ['header_color_v2', 'STRING', '#f00'],
      ['limits', 'JSON', null],
      ['new-welcome', 'BOOLEAN', false],
      ['night', 'NUMBER', 0],
    ]);
  });

  test('gives what is decided first a row before what is decided later', () => {
    expect(rows('new-welcome')).toEqual([
      'email ends with "@example.com" and not (country is US) 100 % true',
      '"version" is 2.1.0 or later 25 % true',
      '"version" is 2.1.0 or later 100 % false',
    ]);
    expect(rows('header color/v2')).toEqual(['everyone 33.33 % "#f00"', 'everyone 50 % "#0f0"', 'everyone 100 % "#00f"']);
    expect(rows('limits')).toEqual(['age > 17 and age < 65 100 % {"max":100}']);
  });

  test('is live where it was enabled, paused where it was disabled, and a draft where something is missing', () => {
    expect(file.flags?.map(({ name, status }) => [name, status])).toEqual([
      ['beta', 'PAUSED'],
      ['header color/v2', 'DRAFT'],
      ['limits', 'LIVE'],
      ['new-welcome', 'LIVE'],
      ['night', 'DRAFT'],
    ]);
    expect(flag('night')?.rows).toHaveLength(1);
  });

  test('lists what has no counterpart', () => {
    expect(notes).toEqual([
      ': has no counterpart for metadata: left out',
      'flags.new-welcome: has shares of users: who is in which is drawn anew here',
      'flags.header color/v2: has no counterpart for metadata: left out',
      'flags.header color/v2.targeting.fractional: draws users by a value of its own: here they are always drawn by their id',
      'flags.header color/v2: is the key "header_color_v2", since a key cannot be named "header color/v2" here',
      'flags.header color/v2.targeting.fractional: has shares that are rounded to basis points',
      'flags.header color/v2: has shares of users: who is in which is drawn anew here',
      'flags.header color/v2: is the flag "header color/v2" as a draft, which serves nothing: complete it, then publish it',
      "flags.limits: has no default variant, so what the app's code says counts: a key always has a default, here null",
      'flags.night.targeting.if.0.>: compares something else than a value of the user',
      'flags.night: is the flag "night" as a draft, which serves nothing: complete it, then publish it',
      ': variants are carried by their values: their names are not',
      ': evaluates otherwise: `<`, `<=`, `>` and `>=` take a text of digits for its number there, and a missing value for 0; here neither passes (segments "age > 17 and age < 65")',
      expect.stringMatching(/^: evaluates otherwise: a version that is not of three numbers fails every comparison there/),
    ]);
  });
});

const user = { var: 'x' };

test.each([
  [{ '==': [user, 'a'] }, property('x', 'EQUALS', 'a')],
  [{ '===': ['a', user] }, property('x', 'EQUALS', 'a')],
  [{ '==': [user, null] }, property('x', 'NOT_EXISTS')],
  // Who lacks the value is not equal to it, in flagd.
  [{ '!=': [user, 'a'] }, { not: property('x', 'EQUALS', 'a') }],
  [{ in: [user, ['a', 'b']] }, { property: { name: 'x', operator: 'IN', values: ['a', 'b'] } }],
  [{ in: ['a', user] }, property('x', 'CONTAINS', 'a')],
  [{ '!': [{ in: ['a', user] }] }, { not: property('x', 'CONTAINS', 'a') }],
  [{ '!!': [user] }, { property: { name: 'x', operator: 'NOT_IN', values: [false, 0, ''] } }],
  [
    { and: [{ '==': [user, 1] }, { or: [{ '<': [user, 2] }, { '>=': [3, user] }] }] },
    {
      all: [property('x', 'EQUALS', 1), { any: [property('x', 'LESS', 2), property('x', 'AT_MOST', 3)] }],
    },
  ],
  [{ '<=': [1, user, 5] }, { all: [property('x', 'AT_LEAST', 1), property('x', 'AT_MOST', 5)] }],
  [{ starts_with: [user, 'a'] }, property('x', 'STARTS_WITH', 'a')],
  [{ ends_with: [user, 'a'] }, property('x', 'ENDS_WITH', 'a')],
  [{ sem_ver: [user, '=', '1.2.3'] }, property('x', 'VERSION_EQUALS', '1.2.3')],
  [{ sem_ver: [user, '!=', '1.2.3'] }, { not: property('x', 'VERSION_EQUALS', '1.2.3') }],
  [{ sem_ver: [user, '<', 'v1.2.3'] }, property('x', 'VERSION_LESS', '1.2.3')],
  [{ sem_ver: [user, '^', '1.2.3'] }, { all: [property('x', 'VERSION_AT_LEAST', '1'), property('x', 'VERSION_LESS', '2')] }],
  [{ sem_ver: [user, '~', '1.2.3'] }, { all: [property('x', 'VERSION_AT_LEAST', '1.2'), property('x', 'VERSION_LESS', '1.3')] }],
  [{ $ref: 'shared' }, property('x', 'EQUALS', 'shared')],
])('%j is a rule', (condition, rule) => {
  const { file, flag } = targeting(condition, { shared: { '==': [user, 'shared'] } });
  expect(file.segments?.map((segment) => segment.rule)).toEqual([rule]);
  expect(flag('f')?.status).toBe('LIVE');
});

test.each([
  [{ missing: ['x'] }, 'the operation "missing" has no counterpart'],
  [{ '>': [{ var: '$flagd.timestamp' }, 1] }, '"$flagd.timestamp" is not known of a user here'],
  [{ '==': [{ var: ['x', 'y'] }, 'a'] }, 'a value for users who lack it has no counterpart'],
  [{ '==': [user, { var: 'y' }] }, 'compares with something that is no constant'],
  [{ sem_ver: [user, '>', '1.2.3-beta'] }, 'the version "1.2.3-beta" is not of numbers and dots alone'],
  [{ $ref: 'missing' }, 'refers to "missing", which is not among $evaluators'],
  [{ in: [user, 'text'] }, 'compares something else than a value of the user'],
  [7, 'is no condition on the user'],
])('%j has no counterpart, so its flag is a draft without it', (condition, message) => {
  const { file, flag, notes } = targeting(condition);
  expect(notes.some((note) => note.endsWith(`: ${message}`))).toBe(true);
  expect(file.segments).toEqual([]);
  expect(flag('f')).toMatchObject({ status: 'DRAFT', rows: [] });
});

test('a condition alone gives the variants true and false', () => {
  const { rows } = converting(flagd, { flags: { f: { state: 'ENABLED', defaultVariant: 'false', targeting: { '==': [user, 1] } } } });
  expect(rows('f')).toEqual(['x is 1 100 % true']);
});

test('a variant that is not there makes a draft', () => {
  const { notes, flag } = converting(flagd, { flags: { f: { variants: { a: 1 }, defaultVariant: 'b', targeting: { if: [true, 'c'] } } } });
  expect(notes).toContain('flags.f.defaultVariant: "b" is not a variant');
  expect(notes).toContain('flags.f.targeting.if.1: gives "c", which is not a variant');
  expect(flag('f')?.status).toBe('DRAFT');
});

test('shared conditions that refer to themselves, or stand for a billion, are left at a limit', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, level) => [`e${level + 1}`, { and: [{ $ref: `e${level}` }, { $ref: `e${level}` }] }]),
  );
  for (const evaluators of [{ e40: { '!': [{ $ref: 'e40' }] } }, { ...doubling, e0: { '==': [user, 1] } }]) {
    const { notes, flag } = targeting({ $ref: 'e40' }, evaluators);
    expect(notes.filter((note) => note.includes('is read up to 2000 nodes'))).toHaveLength(1);
    expect(flag('f')?.status).toBe('DRAFT');
  }
});

test.each([
  [[{ var: 'targetingKey' }], 'LIVE'],
  [[{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }], 'LIVE'],
  [[{ cat: ['salt', { var: 'targetingKey' }] }], 'LIVE'],
  [[{ var: 'company' }], 'DRAFT'],
  [[{ cat: [{ var: 'company' }, { var: 'targetingKey' }] }], 'DRAFT'],
])('users drawn by %j: %s', (by, status) => {
  const { flag } = converting(flagd, {
    flags: { f: { variants: { a: 1, b: 2 }, defaultVariant: 'a', targeting: { fractional: [...by, ['a', 1], ['b', 1]] } } },
  });
  expect(flag('f')?.status).toBe(status);
});

test('weights that are all 0 give the default, also to users for whom a later branch would have something', () => {
  const targeting = { if: [{ '==': [user, 1] }, { fractional: [['b', 0]] }, 'b'] };
  const { rows } = converting(flagd, { flags: { f: { variants: { a: 1, b: 2 }, defaultVariant: 'a', targeting } } });
  expect(rows('f')).toEqual(['x is 1 100 % 1', 'everyone 100 % 2']);
});

describe('names', () => {
  const flag = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };
  const keysOf = (...names: string[]) => {
    const { file, notes } = converting(flagd, { flags: Object.fromEntries(names.map((name) => [name, flag])) });
    return { keys: Object.fromEntries((file.flags ?? []).map(({ name, key }) => [name, key])), notes };
  };

  test('a name that is allowed keeps its key, whatever comes before it', () => {
    const { keys, notes } = keysOf('x/y', 'x_y', 'x.y');
    expect(keys).toEqual({ 'x/y': 'x_y_2', x_y: 'x_y', 'x.y': 'x.y' });
    expect(notes).toContain('flags.x/y: is the key "x_y_2", since a key cannot be named "x/y" here');
  });

  test('flags whose names are equal here get different names, with a note', () => {
    const { keys, notes } = keysOf('Cart', 'CART', 'cart (2)');
    expect(keys).toEqual({ Cart: 'Cart', 'CART (3)': 'CART', 'cart (2)': 'cart__2_' });
    expect(notes).toContain('flags.CART: is the flag "CART (3)"');
  });
});

test('a loose comparison is noted where values of two types could be equal, and makes no draft', () => {
  const equality = (value: unknown) => targeting({ '==': [{ var: 'plan' }, value] });
  for (const value of [1, true, '1', '']) {
    const { notes, flag } = equality(value);
    expect(notes.filter((note) => note.includes('`==` and `!=` are loose there'))).toHaveLength(1);
    expect(flag('f')?.status).toBe('LIVE');
  }
  expect(equality('pro').notes.filter((note) => note.includes('evaluates otherwise'))).toEqual([]);
});
