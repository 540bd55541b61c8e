import { defaultFieldResolver, getNamedType, isCompositeType, isObjectType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { Context } from './context';

/** Under this name an object carries the context in which everything below it is answered, where that is not the request's own. */
const BELOW = Symbol('the context below');

type Carrier = { readonly [BELOW]?: Context };

/**
 * The object, below which this context answers: an object of a project as it was, below which nothing may answer as it is now. A copy, since
 * documents are shared by all who read them, also by those who read them in other contexts.
 */
export function within<T extends object>(context: Context, value: T): T {
  return { ...value, [BELOW]: context };
}

/**
 * Hands the context that an object carries to the resolvers of its fields, and on to the objects that they answer with. So it holds however deep
 * a document goes and whatever resolver is added, and one document may hold several.
 */
export function carryContexts(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || roots.includes(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const composite = isCompositeType(getNamedType(field.type));
      if (field.resolve || composite) field.resolve = carrying(composite, field.resolve ?? defaultFieldResolver);
    }
  }
  return schema;
}

function carrying(composite: boolean, resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<Carrier, Context> {
  return (source, args, context, info) => {
    const carried = source[BELOW];
    if (carried === undefined) return resolve(source, args, context, info);
    const value: unknown = resolve(source, args, carried, info);
    return composite ? handOn(carried, value) : value;
  };
}

function handOn(context: Context, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Promise) return value.then((awaited) => handOn(context, awaited));
  if (Array.isArray(value)) return value.map((item) => handOn(context, item));
  return within(context, value);
}
