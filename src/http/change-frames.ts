import { changeEventOf } from '../audit/cloud-event';
import type { Envelope } from '../domain/event';
import type { FeedItem } from '../feed/item';

/** How the plain feed is written: as server-sent events, or as one JSON object a line. */
export type FeedFormat = 'sse' | 'ndjson';

/** An event as this version knows it; one that it does not know as it is. */
export type Understand = (event: Envelope) => Envelope;

/**
 * Writes items of a feed as bytes. What an event comes to is made once, however many subscribers it goes to and whatever their filters are:
 * the bytes are the same for all.
 */
export class ChangeFrames {
  private readonly made: Readonly<Record<FeedFormat, WeakMap<Envelope, Buffer>>> = { sse: new WeakMap(), ndjson: new WeakMap() };

  constructor(private readonly understand: Understand) {}

  /** The last item of a feed that could not be followed. */
  refusal(format: FeedFormat, code: string, message: string): Buffer {
    const said = { code, message };
    return Buffer.from(
      format === 'sse' ? `event: end\ndata: ${JSON.stringify(said)}\n\n` : `${JSON.stringify({ kind: 'end', ...said })}\n`,
    );
  }

  frame(format: FeedFormat, item: FeedItem | HeldHeartbeat): Buffer {
    if (item.kind !== 'change') return Buffer.from(format === 'sse' ? noticeEvent(item) : `${JSON.stringify(noticeLine(item))}\n`);
    const frames = this.made[format];
    let frame = frames.get(item.event);
    if (frame === undefined) {
      const json = changeEventOf(item.event, this.understand(item.event));
      frames.set(item.event, (frame = Buffer.from(format === 'sse' ? `id: ${item.cursor}\ndata: ${json}\n\n` : `${json}\n`)));
    }
    return frame;
  }
}

/** The heartbeat of a feed that has not begun, with the cursor that it was asked for, if any. */
interface HeldHeartbeat {
  readonly kind: 'heartbeat';
  readonly cursor: string | undefined;
}

type Notice = Exclude<FeedItem, { kind: 'change' }> | HeldHeartbeat;

/** A heartbeat is a comment, and moves the place that the client comes back with; the others are events of their own names. */
function noticeEvent(item: Notice): string {
  const id = item.cursor === undefined ? '' : `id: ${item.cursor}\n`;
  if (item.kind === 'heartbeat') return `: heartbeat\n${id}\n`;
  const { kind, ...rest } = noticeLine(item);
  return `event: ${kind}\n${id}data: ${JSON.stringify(rest)}\n\n`;
}

function noticeLine(item: Notice): { readonly kind: string } {
  const { cursor } = item;
  switch (item.kind) {
    case 'caught-up':
      return { kind: 'caughtUp', ...{ cursor } };
    case 'heartbeat':
      return { kind: 'heartbeat', ...{ cursor } };
    case 'parked': {
      const { revision, type, reason, since } = item.parked;
      return { kind: 'parked', ...{ cursor, revision, type, reason, since: new Date(since).toISOString() } };
    }
    case 'ended':
      return { kind: 'end', ...{ code: item.code, message: item.message, cursor } };
  }
}
