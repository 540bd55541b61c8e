import { launchdarkly } from '../../src/setup/convert/launchdarkly';
import { converting, fixture, only, type Conversion } from './converting';

const property = (name: string, operator: string, value?: unknown) => ({
  property: { name, operator, ...(value === undefined ? {} : { value }) },
});

const flagWith = (environment: object) => ({
  key: 'f',
  variations: [{ value: true }, { value: false }],
  environments: { production: { on: true, offVariation: 1, fallthrough: { variation: 1 }, ...environment } },
});
const clause = (one: object): Conversion =>
  converting(launchdarkly, flagWith({ rules: [{ clauses: [{ attribute: 'x', ...one }], variation: 0 }] }));

describe('the fixture', () => {
  const { file, notes, rows, rule } = converting(launchdarkly, fixture('launchdarkly'));

  test("gives the off variation as the key's default", () => {
    expect(file.keys?.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['banner', 'STRING', 'none'],
      ['new-search', 'BOOLEAN', false],
      ['pricing', 'JSON', null],
    ]);
  });

  test('gives targets, rules and fallthrough as rows, in this order', () => {
    expect(rows('New search')).toEqual([
      'targetingKey is one of ann, bob 100 % true',
      'organization.key is acme 100 % false',
      'country exists and not (country is one of "DE", "AT") and app version is later than 2.0.0 100 % true',
      'Testers 100 % true',
      'everyone 60 % true',
    ]);
    expect(rows('Banner')).toEqual([
      'address.city starts with "New" and joined > 2026-01-01T00:00:00.000Z 100 % "big"',
      'everyone 100 % "small"',
    ]);
  });

  test('gives a segment those included, and those of its rules who are not excluded', () => {
    expect(rule('Testers')).toEqual({
      any: [
        property('targetingKey', 'EQUALS', 'carol'),
        { all: [property('email', 'ENDS_WITH', '@example.com'), { not: property('targetingKey', 'EQUALS', 'dave') }] },
      ],
    });
  });

  test('is live where the environment has it on', () => {
    expect(file.flags?.map(({ name, status }) => [name, status])).toEqual([
      ['Banner', 'PAUSED'],
      ['New search', 'LIVE'],
      ['Pricing', 'DRAFT'],
    ]);
  });

  test('lists what has no counterpart', () => {
    expect(notes).toEqual([
      ': the environment "production" is carried; left out: test. A project here is one environment',
      'items.0: has no counterpart for tags, temporary: left out',
      'items.0: has shares of users: who is in which is drawn anew here',
      'items.2.environments.production.prerequisites: depends on other flags, which has no counterpart',
      "items.2.environments.production: has no variation for off, so what the app's code says counts: a key always has a default",
      'items.2.environments.production.rules.0.clauses.0: is for the segment "gone", which the export does not have',
      'items.2: is the flag "Pricing" as a draft, which serves nothing: complete it, then publish it',
      'items.3: "retired" is archived: left out',
      ': variations are carried by their values: their names are not',
      ": the user's key is targetingKey here; other attributes have the names that they have in LaunchDarkly, behind their context's kind",
      expect.stringMatching(/^: evaluates otherwise: of a property that is a list.* and 2 more\)$/),
      expect.stringMatching(/^: evaluates otherwise: a number is a date there, in milliseconds since 1970/),
    ]);
  });

  test('can be taken from another environment', () => {
    expect(converting(launchdarkly, fixture('launchdarkly'), { environment: 'test' }).flag('New search')?.status).toBe('PAUSED');
    expect(launchdarkly.convert(fixture('launchdarkly'), { environment: 'moon' })).toMatchObject({
      errors: [{ message: 'there is no environment "moon": choose one of production, test' }],
    });
  });
});

test.each([
  [{ op: 'in', values: ['a'] }, property('x', 'EQUALS', 'a')],
  [{ attribute: 'key', op: 'in', values: ['a', 'b'] }, { property: { name: 'targetingKey', operator: 'IN', values: ['a', 'b'] } }],
  // Who lacks the attribute matches no clause in LaunchDarkly, a negated one neither.
  [{ op: 'in', values: ['a'], negate: true }, { all: [property('x', 'EXISTS'), { not: property('x', 'EQUALS', 'a') }] }],
  [{ op: 'contains', values: ['a', 'b'] }, { any: [property('x', 'CONTAINS', 'a'), property('x', 'CONTAINS', 'b')] }],
  [{ op: 'matches', values: ['^a'] }, property('x', 'MATCHES', '^a')],
  [{ op: 'lessThanOrEqual', values: [5] }, property('x', 'AT_MOST', 5)],
  [{ op: 'before', values: ['2026-01-01T00:00:00Z'] }, property('x', 'LESS', '2026-01-01T00:00:00Z')],
  [{ op: 'semVerEqual', values: ['1.2'] }, property('x', 'VERSION_EQUALS', '1.2')],
  [{ contextKind: 'device', op: 'endsWith', values: ['e'] }, property('device.x', 'ENDS_WITH', 'e')],
])('the clause %j is a rule', (one, rule) => expect(only(clause(one))).toEqual(rule));

test.each([
  [{ op: 'in', values: [{ a: 1 }] }, 'compares with something else than texts, numbers, true or false'],
  [{ op: 'greaterThan', values: ['5'] }, 'compares with something that is no number'],
  [{ op: 'semVerLessThan', values: ['1.0.0-rc.1'] }, 'compares with a version that is not of numbers and dots alone'],
  [{ op: 'after', values: ['soon'] }, 'compares with something that is no date'],
  [{ op: 'isNear', values: ['Oslo'] }, 'the operator "isNear" has no counterpart'],
])('the clause %j has no counterpart, so its flag is a draft', (one, message) => {
  const { notes, flag } = clause(one);
  expect(notes).toContain(`environments.production.rules.0.clauses.0: ${message}`);
  expect(flag('f')).toMatchObject({ status: 'DRAFT', rows: [] });
});

test.each([
  [{ fallthrough: { variation: 7 } }, 'environments.production.fallthrough: gives no variation of the flag'],
  [
    { fallthrough: { rollout: { variations: [{ variation: 0, weight: 100_000 }], bucketBy: 'company' } } },
    'environments.production.fallthrough: draws users by company: here they are always drawn by their id',
  ],
  [
    { fallthrough: { rollout: { variations: [{ variation: 0, weight: 100_000 }], experimentAllocation: { type: 'experiment' } } } },
    'environments.production.fallthrough: is an experiment of LaunchDarkly: set it up as an experiment here',
  ],
])('%j is noted', (environment, note) => expect(converting(launchdarkly, flagWith(environment)).notes).toContain(note));

test('what is neither a flag nor a list of flags is refused', () => {
  expect(launchdarkly.convert('{"flags": {}}')).toMatchObject({
    errors: [{ path: 'key', message: 'must be given' }, { path: 'variations' }],
  });
});

describe('in the order in which LaunchDarkly looks', () => {
  const target = (contextKind: string, values: readonly string[], variation: number) => ({ contextKind, values, variation });
  const orderOf = (environment: object) => converting(launchdarkly, flagWith(environment));

  test('contextTargets says where the targets of users come', () => {
    const targets = [target('user', ['ann'], 0)];
    const contextTargets = [target('company', ['acme'], 1), target('user', [], 0)];
    expect(orderOf({ targets, contextTargets }).rows('f')).toEqual(['company.key is acme 100 % false', 'targetingKey is ann 100 % true']);
  });

  test.each([
    [
      { targets: [target('user', ['ann'], 0)], contextTargets: [target('company', ['acme'], 1)] },
      'targets.0: has no place among contextTargets, whose order decides',
    ],
    [{ contextTargets: [target('user', ['ann'], 0)] }, 'contextTargets.0: is for users whom targets does not have'],
  ])('%j leaves the order open, so it is a draft', (environment, note) => {
    const { flag, notes } = orderOf(environment);
    expect(notes).toContain(`environments.production.${note}`);
    expect(flag('f')?.status).toBe('DRAFT');
  });

  test('a fixed variation goes before a rollout, and a rule that is disabled is passed over', () => {
    const rollout = { variations: [{ variation: 0, weight: 100_000 }] };
    const rules = [
      { clauses: [], disabled: true, variation: 0 },
      { clauses: [{ attribute: 'x', op: 'in', values: ['a'] }], variation: 1, rollout },
    ];
    expect(orderOf({ rules, fallthrough: { variation: 0 } }).rows('f')).toEqual(['x is a 100 % false', 'everyone 100 % true']);
  });

  test('weights that sum short are not stretched: the last takes the rest', () => {
    const fallthrough = {
      rollout: {
        variations: [
          { variation: 0, weight: 20_000 },
          { variation: 1, weight: 20_000 },
        ],
      },
    };
    expect(orderOf({ fallthrough }).rows('f')).toEqual(['everyone 20 % true']);
  });

  test('a weight that is less than half a basis point makes a draft', () => {
    const fallthrough = {
      rollout: {
        variations: [
          { variation: 0, weight: 4 },
          { variation: 1, weight: 99_996 },
        ],
      },
    };
    const { flag, notes } = orderOf({ fallthrough });
    expect(flag('f')).toMatchObject({ status: 'DRAFT', rows: [] });
    expect(notes).toContain(
      'environments.production.fallthrough: has a share of less than half a basis point (0.005 %), which no row can give',
    );
  });
});
