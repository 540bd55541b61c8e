import { pointsBehind, type Cursor } from '../domain/cursor';
import type { Envelope } from '../domain/event';
import type { Checkpoint } from '../read-model/read-model';
import { FeedRefused } from './admission';

/** Where a subscriber begins. */
export interface Start {
  readonly next: number;
  /** The hash of the event before `next`, or the start of it; undefined at the beginning of history. */
  readonly hash: string | undefined;
  /** A page of history that holds what comes next was read from here. */
  readonly pageFrom?: number;
}

export interface Wish {
  readonly projectId: string;
  readonly after?: Cursor;
  readonly fromStart?: boolean;
}

/**
 * Where one begins who wishes so: after a cursor, at the beginning of history, or with what queries show now. A cursor is checked against the
 * stream itself, since the read model may be behind it. Rejects with `FeedRefused`.
 */
export async function startOf(
  { projectId, after, fromStart = false }: Wish,
  shown: Checkpoint | undefined,
  eventAt: (revision: number) => Promise<Envelope | undefined>,
): Promise<Start> {
  if (after === undefined) {
    if (shown === undefined) throw noSuchProject(projectId);
    return fromStart ? { next: 0, hash: undefined } : { next: shown.revision + 1, hash: shown.hash };
  }
  if (fromStart) throw new FeedRefused('BAD_REQUEST', 'Give `after` or `fromStart`, not both: where should it begin?');
  if (after.projectId !== projectId) {
    throw new FeedRefused('BAD_REQUEST', `\`after\` is a cursor of the project "${after.projectId}", not of "${projectId}".`);
  }
  const event = await eventAt(after.revision);
  if (event === undefined) {
    if (shown === undefined && (await eventAt(0)) === undefined) throw noSuchProject(projectId);
    const message = `\`after\` is beyond the end of the history of "${projectId}": it is of another, or of one that was restored since.`;
    throw new FeedRefused('BAD_REQUEST', message);
  }
  if (!pointsBehind(after, event)) {
    throw new FeedRefused(
      'BAD_REQUEST',
      `\`after\` is not of this history of "${projectId}": it was rewritten or restored since. Begin anew.`,
    );
  }
  return { next: after.revision + 1, hash: event.hash, pageFrom: after.revision };
}

export function noSuchProject(projectId: string): FeedRefused {
  return new FeedRefused('NOT_FOUND', `There is no project "${projectId.slice(0, 100)}", or none that queries show yet.`);
}
