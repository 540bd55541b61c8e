import type { UserKey } from '../domain/user-key';
import type { RedisConnection } from '../redis/connection';

export interface FoundUser {
  readonly user: UserKey;
  readonly seenAt: number;
}

/**
 * How many users the sorted sets have, and so many of them. Keys are hashes, so the users of any bucket are users at random: as few buckets as are
 * needed are asked, which ones is drawn.
 */
export async function sampleUsers(
  connection: RedisConnection,
  sets: readonly string[],
  count: number,
): Promise<{ readonly users: number; readonly found: readonly FoundUser[] }> {
  const sizes = await connection.read((client) => Promise.all(sets.map((set) => client.zcard(set))));
  const drawn: { readonly set: string; readonly take: number }[] = [];
  let left = count;
  for (const [at, set] of shuffled([...sets.entries()])) {
    const take = Math.min(left, sizes[at]!);
    if (take > 0) drawn.push({ set, take });
    left -= take;
  }
  const answers = await connection.read((client) =>
    Promise.all(drawn.map(({ set, take }) => client.zrandmember(set, take, 'WITHSCORES') as Promise<unknown> as Promise<string[]>)),
  );
  const found = answers.flatMap((members) =>
    members.flatMap((member, at) => (at % 2 === 0 ? [{ user: member as UserKey, seenAt: Number(members[at + 1]) }] : [])),
  );
  return { users: sizes.reduce((sum, size) => sum + size, 0), found };
}

/** How many users are assigned to each variant, by the hashes of all buckets. */
export async function assignedUsers(
  connection: RedisConnection,
  hashes: readonly string[],
  experiment: string,
  variants: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const fields = variants.map((variant) => `${experiment}:${variant}`);
  const counts = await connection.read((client) => Promise.all(hashes.map((hash) => client.hmget(hash, ...fields))));
  return new Map(variants.map((variant, at) => [variant, counts.reduce((sum, ofBucket) => sum + Number(ofBucket[at] ?? 0), 0)]));
}

function shuffled<Item>(items: Item[]): Item[] {
  for (let at = items.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
  return items;
}
