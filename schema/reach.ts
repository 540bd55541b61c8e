import type { Cursor } from '../src/domain/cursor';
import type { Context } from './context';
import { RequestError } from './error';

/** Waits until the read model shows what the cursor points behind (`atLeast`), so that a client reads what it wrote, here or elsewhere. */
export async function reach({ progress }: Context, projectId: string, cursor: Cursor | null | undefined): Promise<void> {
  if (cursor === null || cursor === undefined) return;
  if (cursor.projectId !== projectId) {
    throw new RequestError('BAD_REQUEST', `\`atLeast\` is a cursor of the project "${cursor.projectId}", not of "${projectId}".`);
  }
  const shown = await progress.reached(projectId, cursor.revision);
  if (shown === 'reached') return;
  const why = shown === 'parked' ? 'it stands still at an event that it could not take, see /health/ready' : 'it is behind';
  throw new RequestError(
    'READ_MODEL_UNAVAILABLE',
    `The read model does not show revision ${cursor.revision} of "${projectId}": ${why}. Try again later, or without \`atLeast\`.`,
  );
}
