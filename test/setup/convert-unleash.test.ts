import { unleash } from '../../src/setup/convert/unleash';
import { converting, fixture, only } from './converting';

const property = (name: string, operator: string, value?: unknown) => ({
  property: { name, operator, ...(value === undefined ? {} : { value }) },
});

const on = (featureName: string) => ({ featureName, environment: 'production', enabled: true });
const features = [{ name: 'f' }];
const strategy = (rest: object) => ({ featureName: 'f', name: 'default', parameters: {}, ...rest });
const constrained = (constraint: object) =>
  converting(unleash, {
    features,
    featureStrategies: [strategy({ constraints: [{ contextName: 'x', ...constraint }] })],
    featureEnvironments: [on('f')],
  });

describe('the fixture', () => {
  const { file, notes, rows, rule } = converting(unleash, fixture('unleash'));

  test('gives each strategy a row, so that a user whom one misses falls to the next', () => {
    expect(rows('checkout')).toEqual([
      'country is one of NO, SE and not (appVersion is later than 2.1.0) 30 % true',
      'targetingKey is one of ann, bob 100 % true',
      'Testers 100 % true',
    ]);
    expect(rows('everybody')).toEqual(['everyone 100 % true']);
    expect(rule('Testers')).toEqual({ any: [property('plan', 'CONTAINS', 'beta'), property('plan', 'CONTAINS', 'alpha')] });
  });

  test('gives a feature with variants the values of getVariant', () => {
    expect(file.keys?.find(({ name }) => name === 'button_color')).toMatchObject({ type: 'JSON', default: { enabled: false } });
    expect(rows('button/color')).toEqual([
      'email matches /(?is)^.*@Example\\.com$/ 16.65 % {"enabled":true,"feature_enabled":true,"name":"red","payload":{"type":"string","value":"#f00"}}',
      'email matches /(?is)^.*@Example\\.com$/ 40.01 % {"enabled":true,"feature_enabled":true,"name":"blue"}',
    ]);
  });

  test('is live where the environment has it enabled', () => {
    expect(file.flags?.map(({ name, status }) => [name, status])).toEqual([
      ['button/color', 'DRAFT'],
      ['checkout', 'LIVE'],
      ['child', 'DRAFT'],
      ['everybody', 'LIVE'],
      ['maintenance', 'PAUSED'],
      ['spring', 'DRAFT'],
    ]);
  });

  test('lists what has no counterpart', () => {
    expect(notes).toEqual([
      ': has no counterpart for featureTags: left out',
      ': the environment "production" is carried; left out: development. A project here is one environment',
      'segments.1: the export does not say who is in "Unknown people"',
      'features: has no counterpart for type, project: left out',
      'featureStrategies: has no counterpart for title: left out',
      'features.0: has shares of users: who is in which is drawn anew here',
      "features.1: has variants, so its key's values are what Unleash's getVariant gives: name, enabled, feature_enabled and payload",
      'featureStrategies.4: draws users by sessionId: here they are always drawn by their id',
      'features.1: is the key "button_color", since a key cannot be named "button/color" here',
      'featureStrategies.4: has shares that are rounded to basis points',
      'features.1: has shares of users: who is in which is drawn anew here',
      'features.1: is the flag "button/color" as a draft, which serves nothing: complete it, then publish it',
      'featureStrategies.6.constraints.0: depends on the time of day or date at which it is asked, which a segment cannot',
      'featureStrategies.7: the strategy "byWeather" has no counterpart',
      'featureStrategies.8: is for segment 8, whose constraints the export does not have',
      'features.4: is the flag "spring" as a draft, which serves nothing: complete it, then publish it',
      'features.5: "old" is archived: left out',
      'features.6: depends on another feature, which has no counterpart',
      'features.6: has shares of users: who is in which is drawn anew here',
      'features.6: is the flag "child" as a draft, which serves nothing: complete it, then publish it',
      ": the user's id, userId, is targetingKey here; other properties have the names that they have in Unleash",
      expect.stringMatching(/^: evaluates otherwise: all properties are texts there/),
      ': evaluates otherwise: a text of digits is compared as a number there; here the property must be a number (segments "age >= 18 and not (targetingKey is eve)")',
      expect.stringMatching(/^: evaluates otherwise: a version that is not of three numbers fails every comparison there/),
    ]);
  });

  test('can be taken from another environment', () => {
    const { flag } = converting(unleash, fixture('unleash'), { environment: 'development' });
    expect(flag('checkout')?.status).toBe('PAUSED');
    expect(unleash.convert(fixture('unleash'), { environment: 'moon' })).toEqual({
      errors: [{ path: '', message: 'there is no environment "moon": choose one of development, production', line: 1, column: 1 }],
    });
  });
});

test.each([
  [{ operator: 'IN', values: ['a'] }, property('x', 'EQUALS', 'a')],
  // Who lacks the value is in no list, in Unleash.
  [{ operator: 'NOT_IN', values: ['a', 'b'] }, { not: { property: { name: 'x', operator: 'IN', values: ['a', 'b'] } } }],
  [{ operator: 'STR_STARTS_WITH', values: ['a'] }, property('x', 'STARTS_WITH', 'a')],
  [{ operator: 'STR_CONTAINS', values: ['a.'], caseInsensitive: true }, property('x', 'MATCHES', '(?is)^.*a\\..*$')],
  [{ operator: 'STR_CONTAINS', values: ['a'], inverted: true }, { not: property('x', 'CONTAINS', 'a') }],
  [{ operator: 'NUM_LT', value: '1.5' }, property('x', 'LESS', 1.5)],
  [{ operator: 'NUM_EQ', value: 0 }, property('x', 'EQUALS', 0)],
  [{ operator: 'DATE_BEFORE', value: '2026-01-01T00:00:00Z' }, property('x', 'LESS', '2026-01-01T00:00:00Z')],
  [{ operator: 'SEMVER_EQ', value: '1.2.0' }, property('x', 'VERSION_EQUALS', '1.2.0')],
  [{ operator: 'REGEX', value: '^a+$' }, property('x', 'MATCHES', '^a+$')],
])('the constraint %j is a rule', (constraint, rule) => {
  expect(only(constrained(constraint))).toEqual(rule);
});

test.each([
  [{ operator: 'NUM_GT', value: '' }, 'compares with something that is no number'],
  [{ operator: 'DATE_AFTER', value: '30 February' }, 'compares with something that is no date'],
  [{ operator: 'SEMVER_GT', value: '1.0.0-rc.1' }, 'compares with a version that is not of numbers and dots alone'],
  [{ operator: 'NEAR', values: ['Oslo'] }, 'the operator "NEAR" has no counterpart'],
  [{ operator: 'REGEX', value: '(?=a)' }, 'is left out: as a rule it must be a regular expression'],
])('the constraint %j has no counterpart, so its feature is a draft', (constraint, message) => {
  const { notes, flag } = constrained(constraint);
  expect(notes.some((note) => note.includes(message))).toBe(true);
  expect(flag('f')).toMatchObject({ status: 'DRAFT', rows: [] });
});

test('strategies that are all disabled turn a feature on for no one', () => {
  const source = { features, featureStrategies: [strategy({ disabled: true })], featureEnvironments: [on('f')] };
  expect(converting(unleash, source).flag('f')).toMatchObject({ status: 'LIVE', rows: [] });
});

test("an environment's variants count where a strategy has none, and overrides have no counterpart", () => {
  const variants = [{ name: 'a', weight: 1000, overrides: [{ contextName: 'x', values: ['1'] }] }];
  const source = { features, featureStrategies: [strategy({})], featureEnvironments: [{ ...on('f'), variants }] };
  const { rows, notes } = converting(unleash, source);
  expect(rows('f')).toEqual(['everyone 100 % {"enabled":true,"feature_enabled":true,"name":"a"}']);
  expect(notes).toContain('featureStrategies.0: has variants with overrides, which have no counterpart');
});

describe('other exports', () => {
  const strategies = [
    { name: 'userWithId', parameters: { userIds: 'ann' } },
    { name: 'gradualRolloutUserId', parameters: { percentage: '20', groupId: 'f' } },
    { name: 'flexibleRollout', parameters: { rollout: 50, groupId: 'f' } },
  ];
  const rows = ['targetingKey is ann 100 % true', 'everyone 20 % true', 'everyone 37.5 % true'];

  test('of the first generation have their strategies inside the features', () => {
    const conversion = converting(unleash, { version: 1, features: [{ name: 'f', enabled: true, strategies }] });
    expect(conversion.rows('f')).toEqual(rows);
    expect(conversion.flag('f')?.status).toBe('LIVE');
  });

  test('of a whole instance name strategies otherwise, and link segments in a list', () => {
    const conversion = converting(unleash, {
      version: 4,
      features,
      featureStrategies: strategies.map(({ name, parameters }, id) => ({ id, featureName: 'f', strategyName: name, parameters })),
      featureStrategySegments: [{ featureStrategyId: 2, segmentId: 7 }],
      segments: [{ id: 7, name: 'Testers', constraints: [{ contextName: 'x', operator: 'IN', values: ['a'] }] }],
      featureEnvironments: [on('f')],
    });
    expect(conversion.rows('f')).toEqual([...rows.slice(0, 2), 'Testers 37.5 % true']);
  });

  test.each([
    [{ features: [{ name: 'f', enabled: true, strategy: 'userWithId', parameters: { userIds: 'ann' } }] }],
    [{ features: [{ name: 'f', environments: [{ name: 'production', enabled: true, strategies }] }] }],
    [{ features: [{ name: 'f' }] }],
    [{ features: [{ name: 'f', enabled: true, strategies: [strategies[0]] }], featureStrategies: [{ featureName: 'f', name: 'default' }] }],
    [{ features: [{ name: 'f', enabled: true }], strategyOverrides: [{ feature: 'f' }] }],
  ])('%j does not say who gets it in a way that is known, so it is a draft', (source) => {
    expect(converting(unleash, source).flag('f')?.status).toBe('DRAFT');
  });
});

test('strategies are asked in the order of sortOrder, those without it last', () => {
  const variants = (name: string) => [{ name, weight: 1000 }];
  const featureStrategies = [
    strategy({ variants: variants('last') }),
    strategy({ sortOrder: 2, variants: variants('second'), constraints: [{ contextName: 'x', operator: 'IN', values: ['a'] }] }),
    strategy({ sortOrder: 1, variants: variants('first'), constraints: [{ contextName: 'x', operator: 'IN', values: ['b'] }] }),
  ];
  const { flag } = converting(unleash, { features, featureStrategies, featureEnvironments: [on('f')] });
  expect(flag('f')?.rows.map(({ value }) => (value as { name: string }).name)).toEqual(['first', 'second', 'last']);
});

test('strategies of one group draw the same users', () => {
  const rollout = (percentage: number, x: string) =>
    strategy({
      name: 'flexibleRollout',
      parameters: { rollout: percentage },
      constraints: [{ contextName: 'x', operator: 'IN', values: [x] }],
    });
  const source = { features, featureStrategies: [rollout(50, 'a'), { ...rollout(75, 'a') }], featureEnvironments: [on('f')] };
  expect(converting(unleash, source).rows('f')).toEqual(['x is a 50 % true', 'x is a 50 % true']);
});

test.each([
  [{ rollout: '12.5' }, 'has a rollout of no whole percentage'],
  [{ rollout: '50', stickiness: 'company' }, 'draws users by company'],
  [{ rollout: '100', stickiness: 'company' }, 'draws users by company'],
])('a rollout of %j makes a draft', (parameters, note) => {
  const { flag, notes } = converting(unleash, {
    features,
    featureStrategies: [strategy({ name: 'flexibleRollout', parameters })],
    featureEnvironments: [on('f')],
  });
  expect(flag('f')?.status).toBe('DRAFT');
  expect(notes.join()).toContain(note);
});
