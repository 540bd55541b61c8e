import { cursorOf, encodeCursor, type Cursor } from '../domain/cursor';
import type { Envelope } from '../domain/event';

/** That the documents of a project are parked before an event, and why. The server's log has the error itself. */
export interface ParkedNotice {
  readonly projectId: string;
  /** The event before which they are parked. */
  readonly revision: number;
  readonly type: string;
  readonly reason: string;
  /** UTC milliseconds. */
  readonly since: number;
}

/** Why a subscription was ended by the server, in the codes that clients know. Each but `BAD_REQUEST` may be taken up again at once, or soon. */
export type EndCode = 'SLOW_CONSUMER' | 'UNAUTHENTICATED' | 'GOING_AWAY' | 'EVENT_STORE_UNAVAILABLE' | 'BAD_REQUEST';

export interface Ended {
  readonly kind: 'ended';
  readonly code: EndCode;
  readonly message: string;
  /** Where to go on from; undefined if it ended before the first event. */
  readonly cursor: string | undefined;
}

/**
 * What a subscriber is given. Each cursor is opaque text, and covers all that came before: going on after it misses nothing, also of
 * what a filter left out.
 */
export type FeedItem =
  | { readonly kind: 'change'; readonly cursor: string; readonly event: Envelope }
  /** All that queries show has been given: what follows is new. Comes again after the subscriber had fallen far behind. */
  | { readonly kind: 'caught-up'; readonly cursor: string }
  /** Nothing has happened for a while, or nothing that the filter lets through. */
  | { readonly kind: 'heartbeat'; readonly cursor: string }
  | { readonly kind: 'parked'; readonly cursor: string; readonly parked: ParkedNotice }
  /** The last item, unless it was the subscriber who left. */
  | Ended;

const texts = new WeakMap<Envelope, string>();

/** The cursor behind an event, as clients get it. Made once for each event, since many subscribers receive it. */
export function cursorTextOf(event: Envelope): string {
  let text = texts.get(event);
  if (text === undefined) texts.set(event, (text = encodeCursor(cursorOf(event))));
  return text;
}

/** The same of a place whose event is not at hand. `hash` may be the start of it. */
export function cursorText(projectId: string, revision: number, hash: string): string {
  return encodeCursor(cursorOf({ projectId, revision, hash }) satisfies Cursor);
}
