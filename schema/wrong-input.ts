import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { invalid, type Problem, type Refusal } from '../src/domain/refusal';
import type { Context } from './context';
import { RequestError } from './error';
import { apiPath, shownProblem } from './problem-path';

/** Something in the input that cannot be meant, whatever is stored. */
export class WrongInput extends RequestError {
  constructor(
    readonly at: string,
    readonly problem: string,
  ) {
    super('BAD_REQUEST', `\`${apiPath(at)}\` ${problem}.`);
  }
}

/** Has every mutation answer it as what it is: input that is not allowed. All else answers it as an error. */
export function refuseWrongInputs(schema: GraphQLSchema): GraphQLSchema {
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
      if (error instanceof WrongInput) return refusalOf({ path: apiPath(error.at), message: error.problem });
      throw error;
    }
  };
}

function refusalOf(problem: Problem): Refusal {
  return { ...invalid(problem), problems: [shownProblem(problem)] };
}
