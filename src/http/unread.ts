import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** How long a client may take to read a large answer, in milliseconds. */
export const READ_WITHIN_MS = 60_000;

/** Closes the connection of a client that does not read its answer in time, and would keep it in memory. */
export function cutOffUnread(response: ServerResponse): void {
  const unread = setTimeout(() => response.destroy(), READ_WITHIN_MS).unref();
  response.once('close', () => clearTimeout(unread));
}

/** Resolves when the client has read enough for more to be written, or is gone. Rejects if the connection fails. */
export async function drained(response: ServerResponse): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return;
  const leaving = new AbortController();
  const options = { signal: leaving.signal };
  try {
    await Promise.race([once(response, 'drain', options), once(response, 'close', options)]);
  } finally {
    leaving.abort();
  }
}
