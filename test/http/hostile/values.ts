import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import type { Random } from './random';
import { WORLD } from './world';

/** Texts that have broken something somewhere. */
const ODD = [
  '',
  ' ',
  '\u0000',
  'a\nb',
  '\u202e',
  '\u2800',
  '\ufeff',
  '🛒'.repeat(50),
  'x'.repeat(2_001),
  '__proto__',
  'constructor',
  '=1+1',
  '\ud800',
  '%s',
  '(a{1,50}){1,19}',
  '((((((a*)*)*)*)*)*)*b',
  '$' + '{x}',
];
const NUMBERS = [0, 1, 2, 50, 100, 101, 1_000, 10_000, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, -0];

/** What an argument or a field of an input may be given: mostly what fits and is there, sometimes what is not. */
export function valueOf(type: GraphQLInputType, name: string, random: Random, depth = 0): unknown {
  if (!isNonNullType(type) && random.chance(depth > 3 ? 0.8 : 0.3)) return random.chance(0.5) ? null : undefined;
  const inner = getNullableType(type);
  if (isListType(inner))
    return random.times(0, depth > 3 ? 1 : 3, () => valueOf(inner.ofType as GraphQLInputType, name, random, depth + 1));
  if (isEnumType(inner)) return random.pick(inner.getValues()).name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields());
    const given = inner.isOneOf
      ? [random.pick(depth > 4 ? fields.filter(({ name: of }) => of === 'property' || of === 'revision') : fields)]
      : fields;
    return Object.fromEntries(
      given
        .filter((field) => field !== undefined)
        .map((field) => {
          const value = valueOf(field.type, field.name, random, depth + 1);
          return [field.name, inner.isOneOf ? (value ?? {}) : value];
        })
        .filter(([, value]) => value !== undefined),
    );
  }
  return scalarOf(inner.name, name, random);
}

function scalarOf(type: string, name: string, random: Random): unknown {
  if (random.chance(0.04)) return random.pick<unknown>([...ODD, ...NUMBERS, true, [], {}]);
  switch (type) {
    case 'Boolean':
      return random.chance(0.5);
    case 'Int':
      return random.pick(['first', 'last'].includes(name) ? [1, 5, 20, 100] : NUMBERS);
    case 'Float':
    case 'Percent':
      return random.pick(NUMBERS);
    case 'Cursor':
      return random.pick(WORLD.cursors);
    case 'DateTime':
      return random.pick(['2020-01-01T00:00:00.000Z', new Date().toISOString(), '2099-01-01T00:00:00.000Z', 'yesterday']);
    case 'JSON':
      return random.chance(0.1)
        ? random.pick(ODD)
        : random.pick<unknown>([true, 'text', 1, { a: [1, { b: null }] }, 'x'.repeat(random.int(1, 5_000))]);
    default:
      return textOf(name, random);
  }
}

function textOf(name: string, random: Random): string {
  if (name === 'projectId' || name === 'project') return random.chance(0.9) ? 'shop' : random.pick(['other', 'nope', ...ODD]);
  if (random.chance(0.15)) return random.pick(ODD);
  if (name === 'commandId') return `c${random.int(1, 1_000)}`;
  if (name === 'reason' || name === 'search' || name === 'description') return random.pick(['k', 'because', 'x'.repeat(190)]);
  return random.pick(WORLD.names);
}

/** The same as a literal of a document. */
export function literalOf(value: unknown, type: GraphQLInputType): string {
  const inner = getNullableType(type);
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value))
    return `[${value.map((item) => literalOf(item, isListType(inner) ? (inner.ofType as GraphQLInputType) : inner)).join(' ')}]`;
  if (typeof value === 'object') {
    const fields = isInputObjectType(inner) ? inner.getFields() : {};
    const members = Object.entries(value).filter(([member]) => /^[_A-Za-z]\w*$/.test(member));
    return `{${members.map(([member, of]) => `${member}: ${literalOf(of, fields[member]?.type ?? inner)}`).join(' ')}}`;
  }
  if (typeof value === 'string' && isEnumType(inner)) return value;
  return JSON.stringify(value);
}
