import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO, GraphQLJSON } from 'graphql-scalars';
import { basisPointsOf, percentOf } from '../src/domain/percent';
import { INSTANT_WORDS, instantOf } from '../src/domain/instant';
import { decodeCursor, encodeCursor, type Cursor } from '../src/domain/cursor';

export const JsonScalar = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Any JSON value: a boolean, a string, a finite number, null, a list or an object.',
});

const instantIn = (value: unknown): Date => {
  const timeMs = instantOf(value);
  if (timeMs !== undefined) return new Date(timeMs);
  throw new GraphQLError(`A time is ${INSTANT_WORDS}.`, { extensions: { code: 'BAD_USER_INPUT' } });
};

export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description:
    'An instant in UTC, as ISO 8601 with milliseconds: 2026-02-01T09:30:00.000Z. As an input also with another offset, or a date, which is its first instant in UTC.',
  parseValue: instantIn,
  parseLiteral: (node) => instantIn(node.kind === Kind.STRING ? node.value : undefined),
});

const refuse = (): never => {
  throw new GraphQLError('A cursor is given back exactly as it was received: this one is cut short, changed, or not of this API.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
};

const parse = (value: unknown): Cursor => (typeof value === 'string' ? decodeCursor(value) : undefined) ?? refuse();

export const CursorScalar = new GraphQLScalarType<Cursor, string>({
  name: 'Cursor',
  description:
    'A place in the history of one project. Opaque: store it and give it back as it is. It outlives restarts, restores and a move to another event store.',
  serialize: (value) => (typeof value === 'string' ? value : encodeCursor(value as Cursor)),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

const percentIn = (value: unknown): number => {
  if (typeof value === 'number') return basisPointsOf(value);
  throw new GraphQLError('A percentage is a number from 0 to 100 with at most two decimals, such as 12.5.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
};

/** Inside the server it is basis points. A number that is no percentage becomes NaN, which the domain refuses with its path. */
export const PercentScalar = new GraphQLScalarType<number, number>({
  name: 'Percent',
  description:
    'A share in percent, with at most two decimals: 50 is half, and 0.01 the smallest. Events as they are stored have basis points.',
  serialize: (value) => percentOf(value as number),
  parseValue: percentIn,
  parseLiteral: (node) => percentIn(node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : undefined),
});
