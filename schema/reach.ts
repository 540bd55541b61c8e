import { isNonNullType, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { pointsBehind, type Cursor } from '../src/domain/cursor';
import type { Context } from './context';
import { RequestError } from './error';

/** Waits until the read model shows what the cursor points behind (`atLeast`), so that a client reads what it wrote, here or elsewhere. */
export async function reach({ progress, reader, history }: Context, projectId: string, cursor: Cursor | null | undefined): Promise<void> {
  if (cursor === null || cursor === undefined) return;
  refuseForeign('atLeast', cursor, projectId);
  const shown = await progress.reached(projectId, cursor.revision);
  if (shown === 'reached') {
    const head = await reader.checkpoint(projectId);
    refuseForeign('atLeast', cursor, projectId, head);
    // The read model keeps the hash of its newest event alone.
    if (head !== undefined && cursor.revision < head.revision) await refuseRewritten('atLeast', cursor, history);
    return;
  }
  const why = shown === 'parked' ? 'it is parked at an event that it could not take, see /health/ready' : 'it is behind';
  throw new RequestError(
    'READ_MODEL_UNAVAILABLE',
    `The read model does not show revision ${cursor.revision} of "${projectId}": ${why}. Try again later, or without \`atLeast\`.`,
  );
}

/** What is said of a project that is not there, where an empty answer would say that it has nothing. */
export function unknownProject(projectId: string): RequestError {
  return new RequestError('NOT_FOUND', `There is no project "${projectId}". Create it with createProject.`);
}

/** Refuses a place at which the history has another event than the cursor was given for: it was restored or rewritten since. */
export async function refuseRewritten(name: string, cursor: Cursor, history: Pick<Context['history'], 'event'>): Promise<void> {
  const { projectId, revision } = cursor;
  const event = await history.event(projectId, revision);
  if (event !== undefined && pointsBehind(cursor, event)) return;
  throw new RequestError(
    'BAD_REQUEST',
    `\`${name}\` is a place that the history of "${projectId}" does not have: it was rewritten or restored since.`,
  );
}

/**
 * Refuses a cursor of another project, or of a history that this one is not: what it was given for cannot be meant. `head` is the end of
 * what is known of the project's history. Of an earlier place only the number can be compared without reading the history.
 */
export function refuseForeign(
  name: string,
  cursor: Cursor | null | undefined,
  projectId: string,
  head?: { readonly revision: number; readonly hash: string },
): void {
  if (cursor === null || cursor === undefined) return;
  if (cursor.projectId !== projectId) {
    throw new RequestError('BAD_REQUEST', `\`${name}\` is a cursor of the project "${cursor.projectId}", not of "${projectId}".`);
  }
  if (head === undefined || cursor.revision < head.revision || pointsBehind(cursor, head)) return;
  throw new RequestError('BAD_REQUEST', `\`${name}\` is a place that the history of "${projectId}" does not have.`);
}

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
