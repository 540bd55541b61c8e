import { GraphQLError, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { RequestErrorCode } from '../src/application/error-codes';
import { invalid, type Problem, type Refusal } from '../src/domain/refusal';
import type { Context } from './context';

/**
 * An error that is shown to the client as it is: its message says what to do, and holds nothing the client may not see.
 * Every other error that a resolver throws is masked.
 */
export class RequestError extends GraphQLError {
  /** `cursor`: where a subscription can be taken up again. */
  constructor(code: RequestErrorCode, message: string, cause?: unknown, cursor?: string) {
    super(message, {
      extensions: { code, ...(cursor === undefined ? {} : { cursor }) },
      ...(cause instanceof Error ? { originalError: cause } : {}),
    });
    this.name = 'RequestError';
  }
}

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

/** An id in the input that cannot be meant. */
export class WrongId extends WrongInput {}

/** A place in an input as the API writes all places: `rows[2].percentage`, where the domain says `rows.2.percentage`. */
export function apiPath(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** What is said of a place, as a sentence by itself. One that is a sentence already stays as it is. */
function sentenceOf(message: string): string {
  const begun = /^(?:must|is)\b/.test(message) ? `It ${message}` : message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** A problem as the API shows it. */
export function shownProblem<Placed extends { readonly path: string; readonly message: string }>(problem: Placed): Placed {
  return { ...problem, path: apiPath(problem.path), message: sentenceOf(problem.message) };
}

/** The place alone. */
export function atApiPath<Placed extends { readonly path: string }>(placed: Placed): Placed {
  return { ...placed, path: apiPath(placed.path) };
}
