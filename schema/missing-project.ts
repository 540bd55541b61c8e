import { isNonNullType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import type { Context } from './context';
import { unknownProject } from './reach';

/**
 * Has every query about a project as a whole answer one that is not there with NOT_FOUND: its resolver answers with nothing. What asks for one thing
 * by its id is null without an error, whatever of it is not there.
 */
export function refuseMissingProjects(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const names = field.args.map(({ name }) => name);
    // What is never nothing does not depend on what is in the project.
    if (!names.includes('projectId') || names.includes('id') || isNonNullType(field.type)) continue;
    const resolve = field.resolve as GraphQLFieldResolver<unknown, Context>;
    field.resolve = async (source, args: { readonly projectId: string }, context: Context, info) => {
      const answer: unknown = await resolve(source, args, context, info);
      if (answer === null || answer === undefined) throw unknownProject(args.projectId);
      return answer;
    };
  }
  return schema;
}
