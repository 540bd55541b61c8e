import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { Context } from './context';

/** The scalars whose values can be long. What all others take is bounded by the cost of their fields, and by how many items lists have. */
const LONG: readonly string[] = ['JSON', 'String'];
/** Texts up to this length are counted by their characters, not by their bytes as JSON: the cost of the query bounds how many there are. */
const SHORT_CHARACTERS = 100;
/** What an item of a list takes beside such values, in bytes. The cost of a query bounds pages, but no list that is as long as what it is about. */
const ITEM_BYTES = 100;

/** Counts what can be long while an answer is made, so that one that grows too large is not made to its end. */
export function countAnswers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (LONG.includes(named.name)) field.resolve = counting(field.resolve ?? defaultFieldResolver, counted);
      else if (isCompositeType(named) && isListType(getNullableType(field.type))) {
        field.resolve = counting(field.resolve ?? defaultFieldResolver, countedItems);
      }
    }
  }
  return schema;
}

type Resolve = GraphQLFieldResolver<unknown, Context>;

function counting(resolve: Resolve, count: (value: unknown, context: Context) => unknown): Resolve {
  return (source, args, context, info) => {
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise ? value.then((awaited) => count(awaited, context)) : count(value, context);
  };
}

function countedItems(value: unknown, { answer }: Context): unknown {
  return Array.isArray(value) ? (answer.take(ITEM_BYTES * value.length) ?? value) : value;
}

function counted(value: unknown, { answer }: Context): unknown {
  if (typeof value === 'string') return answer.take(value.length <= SHORT_CHARACTERS ? value.length : bytesOf(value)) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  return answer.take(sizeOf(value)) ?? value;
}

/** The sizes of objects that are answered again and again, such as documents in memory. */
const sizes = new WeakMap<object, number>();

function sizeOf(value: object): number {
  let size = sizes.get(value);
  if (size === undefined) sizes.set(value, (size = bytesOf(value)));
  return size;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
