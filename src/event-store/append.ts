import type { Envelope } from '../domain/event';
import { AppendTooLarge, textOf } from './event-store';

/**
 * What one append may hold by default: KurrentDB's 1 MiB, less 64 KiB for what a store adds to each event.
 * Every adapter has the same limit, so that a ledger can move from one to another.
 */
export const APPEND_LIMIT = 1024 * 1024 - 64 * 1024;

/** An append that is fit to be written: its events as the text that is kept. */
export interface Append {
  readonly projectId: string;
  readonly expectedRevision: number;
  readonly events: readonly Envelope[];
  readonly texts: readonly string[];
}

/**
 * Refuses an append that no state of the stream could accept. These are mistakes of the caller, not conflicts: trying again cannot
 * help, so they are plain errors. What is too large is `AppendTooLarge`: the limit may have become smaller since the caller asked. Whether the stream is at the expected revision is the store's to say, inside its transaction.
 */
export function prepare(projectId: string, expectedRevision: number, events: readonly Envelope[], limit: number): Append {
  if (!Number.isSafeInteger(expectedRevision) || expectedRevision < -1) {
    throw new Error(`an expected revision is an integer from -1 on, not ${expectedRevision}`);
  }
  if (events.length === 0) throw new Error(`an append to project ${projectId} needs at least one event`);
  events.forEach((event, index) => {
    const revision = expectedRevision + 1 + index;
    if (event.projectId !== projectId) throw new Error(`event ${event.id} is of project ${event.projectId}, not ${projectId}`);
    if (event.revision !== revision) throw new Error(`event ${event.id} has revision ${event.revision} where ${revision} is next`);
  });
  if (new Set(events.map((event) => event.id)).size < events.length) throw new Error(`two events of an append have the same id`);
  const texts = events.map(textOf);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > limit) {
    const help = events.length > 1 ? 'append fewer events at a time' : 'raise MaxAppendSize in KurrentDB';
    throw new AppendTooLarge(limit, undefined, `an append of ${bytes} bytes is above the limit of ${limit}: ${help}`);
  }
  return { projectId, expectedRevision, events, texts };
}
