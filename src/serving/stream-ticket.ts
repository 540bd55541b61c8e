import { LRUCache } from 'lru-cache';
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a ticket lets its bearer follow. */
export interface Ticket {
  readonly projectId: string;
  /** UTC milliseconds. */
  readonly expiresAt: number;
  /** What the values of the answer are from that the ticket came with. */
  readonly tag: string;
}

const REMEMBERED = 1_000;
const PART = /^([a-z][a-z0-9-]{1,62})\.(\d{1,16})\.(\d{1,15}-[0-9a-f]{1,64})\.([A-Za-z0-9_-]{43})$/;

/**
 * Tickets for the notifications of changes: an `EventSource` sends no headers, so what lets it in stands in its address. A ticket says of one project that
 * something has changed, and nothing else; it is good for as long as the token that it was made for.
 */
export class StreamTickets {
  private readonly key: Buffer;
  /** Most requests have one of a few tokens. */
  private readonly issued = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(secret: Uint8Array) {
    this.key = createHmac('sha256', secret).update('stream tickets').digest();
  }

  issue({ projectId, expiresAt, tag }: Ticket): string {
    const text = `${projectId}.${expiresAt}.${tag}`;
    let ticket = this.issued.get(text);
    if (ticket === undefined) this.issued.set(text, (ticket = `${text}.${this.sign(text).toString('base64url')}`));
    return ticket;
  }

  /** undefined: it is none of ours, or has ended. */
  read(ticket: string, nowMs: number): Ticket | undefined {
    const [, projectId, expiry, tag, signature] = PART.exec(ticket) ?? [];
    if (projectId === undefined || expiry === undefined || tag === undefined || signature === undefined) return undefined;
    const expected = this.sign(`${projectId}.${expiry}.${tag}`);
    if (!timingSafeEqual(expected, Buffer.from(signature, 'base64url'))) return undefined;
    const expiresAt = Number(expiry);
    return expiresAt > nowMs ? { projectId, expiresAt, tag } : undefined;
  }

  private sign(text: string): Buffer {
    return createHmac('sha256', this.key).update(text).digest();
  }
}
