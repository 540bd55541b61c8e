import { LRUCache } from 'lru-cache';
import type { RequestContext } from './context';

/** Of the longest body that is remembered; one that is longer is read each time. */
const MAX_BODY_BYTES = 4 * 1024;
/** Of all contexts that are known: each as a body, its text, and the properties in it. */
const KNOWN_BYTES = 16 * 2 ** 20;
const bytesOf = (bytes: number): number => 3 * bytes + 1_000;

/** What a body says of whom a request asks for. It is shared by requests, so nothing of it may be changed. */
export interface SentContext {
  /** undefined: the body has no context. */
  readonly context: RequestContext | undefined;
  readonly text: string;
}

/**
 * Contexts by the bytes that they were sent as: an app asks for one key after another with the same context, which was checked and flattened the first time.
 */
export class KnownContexts {
  private readonly known = new LRUCache<string, SentContext>({ maxSize: KNOWN_BYTES });

  /** What the body says; `read` says it of a body that is not known, or throws. */
  of(body: Buffer, read: () => SentContext): SentContext {
    if (body.length > MAX_BODY_BYTES) return read();
    // One character for each byte, whatever they mean.
    const id = body.toString('latin1');
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const sent = read();
    this.known.set(id, sent, { size: bytesOf(body.length) });
    return sent;
  }

  /** Nothing is remembered any more, as where a user is forgotten. */
  clear(): void {
    this.known.clear();
  }
}

/** Of all that is kept, in bytes. */
const KEPT_BYTES = 32 * 2 ** 20;
/** What an entry takes beside its text: tag and place in the cache. */
const ENTRY_BYTES = 300;
const SEEN_ONCE = Buffer.alloc(0);

/**
 * The values of all keys as they were answered, by ETag, which covers all that they depend on (V5). A server that renders pages asks for the same user again
 * and again, without a tag. What is answered is kept from the second time on: most users of a large app ask once, and send the tag afterwards.
 */
export class KeptAnswers {
  private readonly answers = new LRUCache<string, Buffer>({ maxSize: KEPT_BYTES, sizeCalculation: ({ length }) => length + ENTRY_BYTES });

  get(projectId: string, tag: string): Buffer | undefined {
    const answer = this.answers.get(projectId + tag);
    return answer === SEEN_ONCE ? undefined : answer;
  }

  answered(projectId: string, tag: string, text: string): void {
    const id = projectId + tag;
    this.answers.set(id, this.answers.has(id) ? Buffer.from(text) : SEEN_ONCE);
  }
}
