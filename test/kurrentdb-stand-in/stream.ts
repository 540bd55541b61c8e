/** What an operator, or a client, has said of a stream in its metadata. */
export interface StreamMetadata {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  /** The first revision that a read gives; `SOFT_DELETED` hides all that there are. */
  readonly truncateBefore?: number | typeof SOFT_DELETED;
}

/** The revision of a tombstone, and the value of `$tb` that deletes a stream softly. */
export const LAST_REVISION = 9_223_372_036_854_775_807n;
export const SOFT_DELETED = 'soft-deleted';

/** The metadata of stream `x` are the last event of the stream `$$x`. What is not JSON says nothing. */
export function metadataStreamOf(stream: string): string {
  return `$$${stream}`;
}

export function parseMetadata(data: Buffer): StreamMetadata {
  const text = data.toString();
  try {
    const json = JSON.parse(text) as { readonly $maxCount?: number; readonly $maxAge?: number; readonly $tb?: number };
    // The largest 64-bit integer is not one of JavaScript's numbers, but the only one so large that clients write.
    const truncateBefore = json.$tb !== undefined && json.$tb > Number.MAX_SAFE_INTEGER ? SOFT_DELETED : json.$tb;
    return { maxCount: json.$maxCount, maxAgeSeconds: json.$maxAge, truncateBefore };
  } catch {
    return {};
  }
}

export interface Dated {
  readonly revision: bigint;
  readonly created: number;
}

/** A stream's records, oldest first, with its last revision, which goes on counting also when all of them are gone. */
export class Stream<Record extends Dated> {
  readonly records: Record[] = [];
  last = -1;
  metadata: StreamMetadata = {};
  tombstoned = false;

  get softDeleted(): boolean {
    return this.metadata.truncateBefore === SOFT_DELETED;
  }

  /** Whether a read gives the record. */
  shows({ revision, created }: Dated, now: number): boolean {
    const { maxCount, maxAgeSeconds, truncateBefore = 0 } = this.metadata;
    if (this.tombstoned || truncateBefore === SOFT_DELETED || revision < truncateBefore) return false;
    if (maxCount !== undefined && Number(revision) <= this.last - maxCount) return false;
    return maxAgeSeconds === undefined || created > now - maxAgeSeconds * 1_000;
  }
}
