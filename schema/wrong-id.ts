import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { invalid } from '../src/domain/refusal';
import type { Context } from './context';
import { RequestError } from './error';
import { apiPath } from './problem-path';

/** An id in the input that cannot be meant. */
export class WrongId extends RequestError {
  constructor(
    readonly at: string,
    readonly problem: string,
  ) {
    super('BAD_REQUEST', `\`${apiPath(at)}\` ${problem}.`);
  }
}

/** Has every mutation answer an id that cannot be meant as what it is: input that is not allowed. All else answers it as an error. */
export function refuseWrongIds(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    if (field.resolve) field.resolve = refusing(field.resolve as GraphQLFieldResolver<unknown, Context>);
  }
  return schema;
}

function refusing(resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> {
  return async (source, args, context, info) => {
    try {
      return (await resolve(source, args, context, info)) as unknown;
    } catch (error) {
      if (error instanceof WrongId) return invalid({ path: apiPath(error.at), message: error.problem });
      throw error;
    }
  };
}
