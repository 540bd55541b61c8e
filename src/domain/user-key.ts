import { createHmac, hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

declare const brand: unique symbol;

/** What a user is stored under (U4): 32 hexadecimal digits, which sort like the bytes they stand for. It is made by a `Pepper` alone. */
export type UserKey = string & { readonly [brand]: 'UserKey' };

/** Users are in one of 256 buckets, by the first byte of their keys: which ones are together says nothing of them. */
export function bucketOf(user: UserKey): string {
  return user.slice(0, 2);
}

/** The number of a user's bucket. */
export function bucketNumber(user: UserKey): number {
  return Number.parseInt(bucketOf(user), 16);
}

/** Hexadecimal digits of a user key: 128 bits. */
const KEY_LENGTH = 32;
const ID_LENGTH = 16;
const SECRET_BYTES = 32;
const CACHED_PROJECTS = 1_000;
/** Users who ask do so again and again, and two hashes for each time are a tenth of what a request costs. Longer ids are rare. */
const CACHED_USERS = 20_000;
const CACHED_ID_LENGTH = 100;

/**
 * The secret that turns the ids of users into keys: HMAC-SHA-256 with a secret of each project, cut to 128 bits. Where it is lost or replaced, no
 * user is found again, so a store keeps the pepper's id and refuses another.
 */
export class Pepper {
  /** Says which pepper it is, and nothing of the secret. */
  readonly id: string;
  private readonly projects = new LRUCache<string, ProjectHmac>({ max: CACHED_PROJECTS });
  private readonly users = new LRUCache<string, UserKey>({ max: CACHED_USERS });

  /** Throws a `RangeError` if the secret is shorter than 32 bytes. */
  constructor(private readonly secret: Uint8Array) {
    if (secret.length < SECRET_BYTES) throw new RangeError(`the pepper must have at least ${SECRET_BYTES} bytes, not ${secret.length}`);
    this.id = this.hmac('id').toString('hex').slice(0, ID_LENGTH);
  }

  /** The same for the same project and user id; the keys of one person in two projects have nothing in common. */
  keyOf(projectId: string, userId: string): UserKey {
    if (userId.length > CACHED_ID_LENGTH) return this.madeKey(projectId, userId);
    // With the length, no two pairs are one text.
    const name = `${projectId.length} ${projectId}${userId}`;
    let key = this.users.get(name);
    if (key === undefined) this.users.set(name, (key = this.madeKey(projectId, userId)));
    return key;
  }

  /** No user id is remembered any more. */
  clear(): void {
    this.users.clear();
  }

  private madeKey(projectId: string, userId: string): UserKey {
    let hmac = this.projects.get(projectId);
    if (hmac === undefined) this.projects.set(projectId, (hmac = new ProjectHmac(this.hmac(`project\n${projectId}`))));
    return hmac.of(userId).slice(0, KEY_LENGTH) as UserKey;
  }

  private hmac(text: string): Buffer {
    return createHmac('sha256', this.secret).update(text, 'utf8').digest();
  }
}

const BLOCK_BYTES = 64;

/** HMAC-SHA-256 of short texts with one secret (RFC 2104), by the hash of a whole text: half the time of a `createHmac`, which makes an object for each. */
class ProjectHmac {
  private readonly inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  private readonly outer = Buffer.alloc(BLOCK_BYTES, 0x5c);

  /** `secret`: at most one block. */
  constructor(secret: Uint8Array) {
    for (const [at, byte] of secret.entries()) {
      this.inner[at]! ^= byte;
      this.outer[at]! ^= byte;
    }
  }

  /** In hexadecimal digits. */
  of(text: string): string {
    const inside = hash('sha256', Buffer.concat([this.inner, Buffer.from(text, 'utf8')]), 'buffer');
    return hash('sha256', Buffer.concat([this.outer, inside]), 'hex');
  }
}
