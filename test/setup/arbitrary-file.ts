import fc from 'fast-check';
import { GOAL_ROLES, USUAL_ANALYSIS } from '../../src/domain/analysis';
import { USUAL_MEASURE } from '../../src/domain/goal';
import type { Measured } from '../../src/setup/measures';
import type { KeyValue } from '../../src/domain/choice';
import type { Json } from '../../src/domain/json';
import { checkName, foldName } from '../../src/domain/text';
import type { ValueType } from '../../src/domain/value';
import type { SetupConfig, SetupExperiment, SetupFile, SetupFlag, SetupKey } from '../../src/setup/file';
import { arbitraryCondition, arbitraryRule } from '../domain/arbitrary-rule';

/** Whole set-up files that are right, with all that YAML and JavaScript find hard to carry: names like `constructor`, `true`, `1e3`, texts like `- a: #b`. */

const odd = [
  'yes',
  'null',
  'true',
  '~',
  '1e3',
  '0x1F',
  '.5',
  '- a',
  'a: b',
  '# no',
  '&a',
  '*a',
  '!a',
  '<<',
  'no',
  'on',
  'OFF',
  'y',
  'n',
  '2026-02-28',
  '2001-12-14t21:59:43.10-05:00',
  '1:30',
  '-190:20:30.15',
  '010',
  '0o17',
  '0b11',
  '1_000',
  '.inf',
  '.NaN',
  '? a',
  '|',
  '>',
  '"',
  "'",
  '{',
  '%a',
  '@',
  '`',
  '---',
  '\\n',
  '=',
  '🛒',
  'ß',
  'İ',
];
const text = fc.oneof(
  fc.constantFrom(...odd, '', ' ', ' a ', 'a\n', '\na', 'a\n\n b\n', '\t', 'a\r\nb', 'a'.repeat(300), '\u2028', '\u0085', '\ufeff'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);
const name = fc
  .oneof(fc.constantFrom(...odd, 'constructor', '__proto__', 'toString'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
  .map((one) => one.normalize('NFC').trim())
  .filter((one) => checkName(one, '').length === 0);
const description = fc.oneof(
  fc.constant(''),
  text.filter((one) => !/(?![\n\r\t])\p{Cc}/u.test(one)),
);
const keyName = fc.oneof(
  fc.constantFrom('constructor', 'toString', 'hasOwnProperty', 'true', 'null', 'y', 'home.title', 'home', 'a-b', '_', 'valueOf'),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,10}$/),
);
const number = fc.oneof(
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((one) => !Number.isInteger(one) || Number.isSafeInteger(one))
    .map((one) => (Object.is(one, -0) ? 0 : one)),
  fc.constantFrom(2 ** 53 - 1, -(2 ** 53) + 1, 1e-7, 0.1, 1.5e15),
);
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/(?<![.\d])\d{16,}(?!\.)|e\+/.test(JSON.stringify(value)))
  .chain((value) =>
    fc.oneof(
      fc.constant(value),
      fc.constantFrom(...odd).map((name) => ({ [name]: value })),
    ),
  )
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"').replaceAll('-0', '0')) as Json);
const members = fc.dictionary(keyName, number, { noNullPrototype: true, maxKeys: 3 });

const VALUES: { readonly [type in ValueType]: fc.Arbitrary<Json> } = {
  BOOLEAN: fc.boolean(),
  STRING: text,
  NUMBER: number,
  JSON: fc.oneof(json, members as fc.Arbitrary<Json>),
};

const key: fc.Arbitrary<SetupKey> = fc
  .tuple(keyName, fc.constantFrom<ValueType[]>('BOOLEAN', 'STRING', 'NUMBER', 'JSON'), description)
  .chain(([keyName, type, words]) =>
    VALUES[type].map((value) => ({ name: keyName, type, default: value, description: words, archived: false })),
  );
const keys = fc.uniqueArray(key, { selector: ({ name }) => name, minLength: 1, maxLength: 8 });
const uniquelyNamed = <E extends { readonly name: string }>(one: fc.Arbitrary<E>, maxLength: number, minLength = 0) =>
  fc.uniqueArray(one, { selector: (named) => foldName(named.name), maxLength, minLength });

const share = fc.integer({ min: 0, max: 10_000 });
const status = fc.constantFrom('DRAFT' as const, 'LIVE' as const, 'PAUSED' as const);

/** Values for some of the keys, in their order. */
const valuesFor = (chosen: readonly SetupKey[]): fc.Arbitrary<readonly KeyValue[]> =>
  fc
    .subarray([...chosen], { minLength: 1 })
    .chain((some) => fc.tuple(...some.map(({ name, type }) => VALUES[type].map((value): KeyValue => ({ key: name, value })))));

const oneOf = (names: readonly string[]): fc.Arbitrary<string | null> => fc.constantFrom(null, ...names);

function flags(all: readonly SetupKey[], segments: readonly string[]): fc.Arbitrary<readonly SetupFlag[]> {
  const flag = fc.constantFrom(...all).chain(({ name: key, type }) =>
    fc.record({
      name,
      description,
      key: fc.constant(key),
      status,
      rows: fc.array(fc.record({ segment: oneOf(segments), percentage: share, value: VALUES[type] }), { maxLength: 3 }),
    }),
  );
  return uniquelyNamed(flag, 3).map((made) => made.filter(({ key }, index) => made.findIndex((other) => other.key === key) === index));
}

function configs(all: readonly SetupKey[], segments: readonly string[]): fc.Arbitrary<readonly SetupConfig[]> {
  const config = fc.shuffledSubarray([...all], { minLength: 1 }).chain((chosen) =>
    fc.record({
      name,
      description,
      keys: fc.constant(chosen.map((one) => one.name)),
      status,
      rows: fc.array(fc.record({ segment: oneOf(segments), values: valuesFor(chosen) }), { maxLength: 3 }),
    }),
  );
  return uniquelyNamed(config, 1);
}

function experiments(
  all: readonly SetupKey[],
  segments: readonly string[],
  goals: readonly string[],
): fc.Arbitrary<readonly SetupExperiment[]> {
  const experiment = fc.shuffledSubarray([...all], { minLength: 1 }).chain((chosen) =>
    fc
      .record({
        names: uniquelyNamed(fc.record({ name }), 4, 2),
        values: fc.array(valuesFor(chosen), { minLength: 4, maxLength: 4 }),
        first: share,
        exclusive: fc.constantFrom(true, false, undefined),
        state: fc.constantFrom('DRAFT' as const, 'RUNNING' as const, 'STOPPED' as const, 'ROLLED_OUT' as const),
        rest: fc.record({
          name,
          description,
          audience: oneOf(segments),
          traffic: share,
          goals: fc.subarray([...goals]),
          margin: fc.integer({ min: 1, max: 10_000 }),
        }),
        roles: fc.array(fc.constantFrom(...GOAL_ROLES), { minLength: 8, maxLength: 8 }),
        analysis: fc.constantFrom(
          USUAL_ANALYSIS,
          { ...USUAL_ANALYSIS, cuped: true, alpha: 0.01 },
          { ...USUAL_ANALYSIS, method: 'FIXED' as const, horizonDays: 28 },
        ),
        sticky: fc.constantFrom(true, false, undefined),
      })
      .map(({ names, values, first, exclusive, state, roles, analysis, sticky, rest: { margin, ...rest } }) => ({
        ...rest,
        goals: rest.goals.map((goal, index) => {
          const role = roles[index] === 'PRIMARY' && index > 2 ? 'SECONDARY' : roles[index]!;
          return { name: goal, role, margin: role === 'GUARDRAIL' ? margin : null };
        }),
        analysis,
        ...(sticky === undefined ? {} : { sticky }),
        ...(exclusive === undefined ? {} : { exclusive }),
        keys: chosen.map((one) => one.name),
        variants: names.map((variant, index) => ({
          name: variant.name,
          control: index === 0,
          weight: index === 0 ? first : index === 1 ? 10_000 - first : 0,
          values: index === 0 ? [] : (values[index] ?? []),
        })),
        status: state,
        ...(state === 'ROLLED_OUT' ? { rolledOut: names[1]?.name ?? '' } : {}),
      })),
  );
  return uniquelyNamed(experiment, 3);
}

const base = fc.record({
  project: fc.option(fc.record({ name, description }, { requiredKeys: [] }), { nil: undefined }),
  exclusivity: fc.constantFrom(true, false, undefined),
  keys,
  retired: fc.boolean(),
  segments: uniquelyNamed(fc.record({ name, description, rule: arbitraryRule }), 3),
  goals: uniquelyNamed(
    fc
      .record({
        name,
        description,
        event: fc.constantFrom('Purchase', '# x', 'yes'),
        filters: fc.array(arbitraryCondition, { maxLength: 3 }),
        measured: fc.constantFrom<Measured>(
          USUAL_MEASURE,
          { ...USUAL_MEASURE, measure: 'COUNT', direction: 'LOWER' },
          { ...USUAL_MEASURE, measure: 'SUM', property: 'amount', cap: 500, windowDays: 30 },
          { ...USUAL_MEASURE, measure: 'SUM', property: 'amount' },
        ),
      })
      .map(({ measured, ...goal }) => ({ ...goal, ...measured })),
    4,
  ),
});

export const arbitraryFile: fc.Arbitrary<SetupFile> = base.chain(({ project, exclusivity, keys, retired, segments, goals }) => {
  const segmentNames = segments.map((one) => one.name);
  const unused: SetupKey = { name: 'retired-key', type: 'BOOLEAN', default: false, description: '', archived: true };
  return fc
    .record({
      flags: flags(keys, segmentNames),
      configs: configs(keys, segmentNames),
      experiments: experiments(
        keys,
        segmentNames,
        goals.map((one) => one.name),
      ),
      left: fc.subarray(['flags', 'configs', 'experiments'] as const),
    })
    .map(({ left, ...experiences }) => ({
      ...(project && { project }),
      ...(exclusivity !== undefined && { exclusivity }),
      keys: retired ? [...keys, unused] : keys,
      segments,
      goals,
      ...Object.fromEntries(left.map((list) => [list, experiences[list]])),
    }));
});

/** The same content in another order. */
export const shuffled = (file: SetupFile): fc.Arbitrary<SetupFile> =>
  fc.record(
    Object.fromEntries(
      Object.entries(file).map(([name, part]: [string, unknown]) => [
        name,
        Array.isArray(part) ? fc.shuffledSubarray(part, { minLength: part.length }) : fc.constant(part),
      ]),
    ),
  ) as fc.Arbitrary<SetupFile>;
