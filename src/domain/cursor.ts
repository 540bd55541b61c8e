import type { Envelope } from './event';

/**
 * A place in one project's history: outlives restarts, restores and a move to another store. It carries the start of the hash of
 * the event it points behind, so that a rewritten history is noticed.
 */
export interface Cursor {
  readonly projectId: string;
  readonly revision: number;
  /** The first 16 hex digits of that event's hash. */
  readonly mark: string;
}

const MARK = 16;
const SHAPE = /^([a-z][a-z0-9-]{1,62}):(0|[1-9]\d{0,14}):([0-9a-f]{16})$/;

export function cursorOf({ projectId, revision, hash }: Pick<Envelope, 'projectId' | 'revision' | 'hash'>): Cursor {
  return { projectId, revision, mark: hash.slice(0, MARK) };
}

/** Opaque to clients: they store it and give it back. */
export function encodeCursor({ projectId, revision, mark }: Cursor): string {
  return Buffer.from(`${projectId}:${revision}:${mark}`).toString('base64url');
}

/** undefined: it was not made by `encodeCursor`, or was cut short or changed on its way. */
export function decodeCursor(text: string): Cursor | undefined {
  const match = SHAPE.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!match || Buffer.from(match[0]).toString('base64url') !== text) return undefined;
  const [, projectId = '', revision = '', mark = ''] = match;
  return { projectId, revision: Number(revision), mark };
}

/** Whether the event is the one the cursor points behind. */
export function pointsBehind(cursor: Cursor, event: { readonly revision: number; readonly hash: string }): boolean {
  return event.revision === cursor.revision && event.hash.startsWith(cursor.mark);
}
