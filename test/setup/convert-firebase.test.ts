import { firebase } from '../../src/setup/convert/firebase';
import { parseExpression } from '../../src/setup/convert/firebase-condition';
import { converting, fixture } from './converting';

const property = (name: string, operator: string, value?: unknown) => ({
  property: { name, operator, ...(value === undefined ? {} : { value }) },
});

describe('the fixture', () => {
  const { file, notes, rows, rule } = converting(firebase, fixture('firebase'));

  test('gives each parameter a key of its type', () => {
    expect(file.keys?.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['api_host', 'STRING', 'https://api.example.com'],
      ['max_items', 'NUMBER', 10],
      ['offer', 'JSON', null],
      ['show_news', 'BOOLEAN', true],
      ['snow', 'BOOLEAN', false],
      ['welcome_message', 'STRING', 'Hello'],
    ]);
  });

  test("gives each condition a segment, and each value a row in the order of the template's conditions", () => {
    expect(rows('welcome_message')).toEqual(['iOS 2.1+ 100 % "Hello iPhone"', 'Nordic half 50 % "Hei"']);
    expect(rows('max_items')).toEqual(['Gold 100 % 50', 'everyone 20 % 20']);
    expect(rule('iOS 2.1+')).toEqual({
      all: [property('device.os', 'EQUALS', 'ios'), property('app.version', 'VERSION_AT_LEAST', '2.1.0')],
    });
  });

  test('gives a parameter that is the same for everyone no flag', () => {
    expect(file.flags?.map(({ name, status }) => [name, status])).toEqual([
      ['max_items', 'LIVE'],
      ['offer', 'DRAFT'],
      ['snow', 'DRAFT'],
      ['welcome_message', 'LIVE'],
    ]);
  });

  test('lists what has no counterpart', () => {
    expect(notes).toEqual([
      'conditions.1: "Nordic half" draws 50 % of users: the rows for it do so, each anew',
      'conditions.3: "Ten to thirty" draws 20 % of users: the rows for it do so, each anew',
      `conditions.4: "Buyers" has no counterpart: app.audiences.inAtLeastOne(['buyers'])`,
      `conditions.6: "Later" has no counterpart: dateTime >= dateTime('2026-05-01T09:00:00')`,
      'parameters.welcome_message: has shares of users: who is in which is drawn anew here',
      'parameters.max_items: has shares of users: who is in which is drawn anew here',
      "parameters.offer.defaultValue: is not a fixed value: the key's default is null",
      'parameters.offer.conditionalValues.Buyers: depends on "Buyers", which has no counterpart',
      'parameters.offer: is the flag "offer" as a draft, which serves nothing: complete it, then publish it',
      "parameters.snow.conditionalValues.Gold: gives what the app's code says, which has no counterpart",
      'parameters.snow.conditionalValues.No one: is for a condition that the template does not have',
      'parameters.snow: has shares of users: who is in which is drawn anew here',
      'parameters.snow: is the flag "snow" as a draft, which serves nothing: complete it, then publish it',
      'parameterGroups.Home page: groups have no counterpart: its parameters are carried, its name is not',
      ': device.country is geo.country here; a user property or custom signal has the name that it has in Firebase',
      ': evaluates otherwise: a text of digits is compared as a number there; here the property must be a number (segments "Gold")',
    ]);
  });
});

test.each([
  ["device.os == 'ios'", property('device.os', 'EQUALS', 'ios'), {}],
  ['device.country in [\'US\', "CA"]', { property: { name: 'geo.country', operator: 'IN', values: ['US', 'CA'] } }, {}],
  ["device.language in ['en-US']", property('device.language', 'EQUALS', 'en-US'), {}],
  [
    "app.version.<(['1.2', '2.0'])",
    { any: [property('app.version', 'VERSION_LESS', '1.2'), property('app.version', 'VERSION_LESS', '2.0')] },
    {},
  ],
  ["app.build.==(['42'])", property('app.build', 'VERSION_EQUALS', '42'), {}],
  ["app.version.contains(['dev && test'])", property('app.version', 'CONTAINS', 'dev && test'), {}],
  ["app.userProperty['a'].matches(['^x'])", property('a', 'MATCHES', '^x'), {}],
  ["app.userProperty['a'] != 2.5", { all: [property('a', 'EXISTS'), { not: property('a', 'EQUALS', 2.5) }] }, {}],
  ["app.firstOpenTimestamp <= ('2026-01-01T09:00:00', 'UTC')", property('app.firstOpenTimestamp', 'AT_MOST', '2026-01-01T09:00:00Z'), {}],
  ['true', true, {}],
  ['percent <= 10', true, { percent: [0, 0.1] }],
  ["percent('seed') > 25", true, { 'percent seed': [0.25, 1] }],
  ["percent('seed') between 0.5 and 20", true, { 'percent seed': [0.005, 0.2] }],
  ["percent <= 40 && device.os == 'web'", property('device.os', 'EQUALS', 'web'), { percent: [0, 0.4] }],
  ["percent('a') <= 10 && percent('b') > 90", true, { 'percent a': [0, 0.1], 'percent b': [0.9, 1] }],
  ['percent > 10 && percent <= 30', true, { percent: [0.1, 0.3] }],
])('%s is a condition', (expression, condition, bands) => {
  const draw = new Map(Object.entries(bands).map(([seed, band]) => [seed, [band]]));
  expect(parseExpression(expression)).toEqual({ condition, draw });
});

test.each([
  "device.os == 'ios' || device.os == 'web'",
  "!(device.os == 'ios')",
  "inExperiment('a')",
  "app.version >= '1.0'",
  "app.version.>=(['1.0-beta'])",
  "app.firstOpenTimestamp <= ('2026-01-01T09:00:00', 'Europe/Oslo')",
  "app.userProperty['a'].near(['x'])",
  "device.os == 'ios",
  '',
])('%j has no counterpart', (expression) => {
  expect(parseExpression(expression)).toEqual({ unknown: expression });
});

/** Parameter `p`, which gives each condition its name. */
const conditional = (...expressions: string[]) =>
  converting(firebase, {
    conditions: expressions.map((expression, index) => ({ name: `c${index}`, expression })),
    parameters: {
      p: {
        defaultValue: { value: 'none' },
        conditionalValues: Object.fromEntries(expressions.map((_, index) => [`c${index}`, { value: `c${index}` }])),
      },
    },
  });

describe('conditions that draw by one seed', () => {
  test('share everyone out between them', () => {
    const { rows, flag } = conditional('percent between 0 and 50', 'percent between 50 and 100');
    expect(rows('p')).toEqual(['everyone 50 % "c0"', 'everyone 100 % "c1"']);
    expect(flag('p')?.status).toBe('LIVE');
  });

  test('take no user twice', () => {
    expect(conditional('percent <= 20', 'percent <= 60', 'percent <= 50').rows('p')).toEqual(['everyone 20 % "c0"', 'everyone 50 % "c1"']);
  });

  test('are independent where their seeds are', () => {
    expect(conditional("percent('a') <= 50", "percent('b') <= 50").rows('p')).toEqual(['everyone 50 % "c0"', 'everyone 50 % "c1"']);
  });

  test('are split by the users whom an earlier one was open to', () => {
    const { rows } = conditional("app.userProperty['a'] == 'x' && percent <= 50", "app.userProperty['b'] == 'y' && percent <= 75");
    expect(rows('p')).toEqual(['c0 50 % "c0"', 'b is y and a is x 50 % "c1"', 'b is y and not (a is x) 75 % "c1"']);
  });

  test('need no rows of their own for users who cannot be both', () => {
    const { rows } = conditional("device.os == 'ios' && percent <= 50", "device.os == 'android' && percent <= 75");
    expect(rows('p')).toEqual(['c0 50 % "c0"', 'c1 75 % "c1"']);
  });

  test('make a draft where rows cannot say it', () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (letter, index) => `app.userProperty['${letter}'] == 'x' && percent <= ${index * 10 + 10}`,
    );
    const { flag, notes } = conditional(...letters);
    expect(flag('p')?.status).toBe('DRAFT');
    expect(notes).toContain(
      'parameters.p.conditionalValues.c5: is left out: it draws by the same numbers as branches before it, in more ways than rows can say',
    );
  });
});

test('a share that no row can give makes a draft', () => {
  const { flag, notes } = conditional('percent <= 0.001');
  expect(flag('p')).toMatchObject({ status: 'DRAFT', rows: [] });
  expect(notes).toContain(
    'parameters.p.conditionalValues.c0: has a share of less than half a basis point (0.005 %), which no row can give',
  );
});

test.each([{ personalizationValue: { personalizationId: 'p1' } }, { value: 'x', rolloutValue: { value: 'y', percent: 5 } }])(
  'a default of %j makes a draft',
  (defaultValue) => {
    expect(converting(firebase, { parameters: { p: { defaultValue } } }).flag('p')?.status).toBe('DRAFT');
  },
);

test.each([
  ['BOOLEAN', 'maybe'],
  ['NUMBER', 'ten'],
  ['JSON', '{a'],
])('a %s that is written %j makes a draft with a neutral default', (valueType, value) => {
  const { notes, flag } = converting(firebase, { parameters: { p: { defaultValue: { value }, valueType } } });
  expect(notes).toContain(`parameters.p.defaultValue: ${value} is no ${valueType}`);
  expect(flag('p')?.status).toBe('DRAFT');
});
