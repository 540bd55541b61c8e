import { entryOf } from '../audit/entry';
import type { Envelope } from '../domain/event';
import { textOf } from '../event-store/event-store';
import { cursorTextOf, type FeedItem } from '../feed/item';

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

  frame(format: FeedFormat, item: FeedItem): Buffer {
    if (item.kind !== 'change') return Buffer.from(format === 'sse' ? noticeEvent(item) : `${JSON.stringify(noticeLine(item))}\n`);
    const frames = this.made[format];
    let frame = frames.get(item.event);
    if (frame === undefined) {
      const json = this.cloudEvent(item.event);
      frames.set(item.event, (frame = Buffer.from(format === 'sse' ? `id: ${item.cursor}\ndata: ${json}\n\n` : `${json}\n`)));
    }
    return frame;
  }

  /** CloudEvents 1.0, JSON, structured mode: `id` is the event's own, `data` the event as it is stored. */
  private cloudEvent(event: Envelope): string {
    const attributes = {
      specversion: '1.0',
      id: event.id,
      source: `/projects/${event.projectId}`,
      type: event.type,
      subject: `${event.entity.kind}/${event.entity.id}`,
      time: new Date(event.occurredAt).toISOString(),
      datacontenttype: 'application/json',
      // Extension attributes: their names may have lower-case letters and digits only.
      revision: event.revision,
      cursor: cursorTextOf(event),
      sentence: entryOf(this.understand(event)).sentence,
    };
    return `${JSON.stringify(attributes).slice(0, -1)},"data":${textOf(event)}}`;
  }
}

type Notice = Exclude<FeedItem, { kind: 'change' }>;

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
