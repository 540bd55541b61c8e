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
      'parameters.snow.conditionalValues.Nobody: is for a condition that the template does not have',
      'parameters.snow: has shares of users: who is in which is drawn anew here',
      'parameters.snow: is the flag "snow" as a draft, which serves nothing: complete it, then publish it',
      'parameterGroups.Home page: groups have no counterpart: its parameters are carried, its name is not',
      ': device.country is geo.country here; a user property or custom signal has the name that it has in Firebase',
    ]);
  });
});

test.each([
  ["device.os == 'ios'", property('device.os', 'EQUALS', 'ios'), 1],
  ['device.country in [\'US\', "CA"]', { property: { name: 'geo.country', operator: 'IN', values: ['US', 'CA'] } }, 1],
  ["device.language in ['en-US']", property('device.language', 'EQUALS', 'en-US'), 1],
  [
    "app.version.<(['1.2', '2.0'])",
    { any: [property('app.version', 'VERSION_LESS', '1.2'), property('app.version', 'VERSION_LESS', '2.0')] },
    1,
  ],
  ["app.build.==(['42'])", property('app.build', 'VERSION_EQUALS', '42'), 1],
  ["app.version.contains(['dev && test'])", property('app.version', 'CONTAINS', 'dev && test'), 1],
  ["app.userProperty['a'].matches(['^x'])", property('a', 'MATCHES', '^x'), 1],
  ["app.userProperty['a'] != 2.5", { all: [property('a', 'EXISTS'), { not: property('a', 'EQUALS', 2.5) }] }, 1],
  ["app.firstOpenTimestamp <= ('2026-01-01T09:00:00', 'UTC')", property('app.firstOpenTimestamp', 'AT_MOST', '2026-01-01T09:00:00Z'), 1],
  ['true', true, 1],
  ['percent <= 10', true, 0.1],
  ["percent('seed') > 25", true, 0.75],
  ["percent('seed') between 0.5 and 20", true, 0.195],
  ["percent <= 40 && device.os == 'web'", property('device.os', 'EQUALS', 'web'), 0.4],
])('%s is a condition', (expression, condition, part) => {
  expect(parseExpression(expression)).toEqual({ condition, part });
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

test('two draws in one condition are not guessed at', () => {
  expect(parseExpression("percent('a') <= 10 && percent('b') <= 10")).toEqual({ unknown: "percent('b') <= 10" });
});

test.each([
  ['BOOLEAN', 'maybe'],
  ['NUMBER', 'ten'],
  ['JSON', '{a'],
])('a %s that is written %j makes a draft with a neutral default', (valueType, value) => {
  const { notes, flag } = converting(firebase, { parameters: { p: { defaultValue: { value }, valueType } } });
  expect(notes).toContain(`parameters.p.defaultValue: ${value} is no ${valueType}`);
  expect(flag('p')?.status).toBe('DRAFT');
});
