import { pointsBehind, type Cursor } from '../src/domain/cursor';
import type { Context } from './context';
import { RequestError } from './error';

/** Waits until the read model shows what the cursor points behind (`atLeast`), so that a client reads what it wrote, here or elsewhere. */
export async function reach({ progress, reader }: Context, projectId: string, cursor: Cursor | null | undefined): Promise<void> {
  if (cursor === null || cursor === undefined) return;
  refuseForeign('atLeast', cursor, projectId);
  const shown = await progress.reached(projectId, cursor.revision);
  if (shown === 'reached') return refuseForeign('atLeast', cursor, projectId, await reader.checkpoint(projectId));
  const why = shown === 'parked' ? 'it stands still at an event that it could not take, see /health/ready' : 'it is behind';
  throw new RequestError(
    'READ_MODEL_UNAVAILABLE',
    `The read model does not show revision ${cursor.revision} of "${projectId}": ${why}. Try again later, or without \`atLeast\`.`,
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
