import { randomUUID } from 'node:crypto';
import type { Lease } from './generations';
import type { RedisConnection } from './redis-connection';

/** How long a lease is held without being renewed. With a look a second and what is left to catch up with, another has taken over within 5 s. */
const TTL_MS = 3_000;

/**
 * KEYS: the lease. ARGV: who asks, for how many milliseconds, and whether it knows all events, as 1 or 0. Answers 1 if he holds it now.
 */
export const HOLD = String.raw`
local holder = redis.call('HGET', KEYS[1], 'holder')
if holder and holder ~= ARGV[1] and not (ARGV[3] == '1' and redis.call('HGET', KEYS[1], 'able') == '0') then return 0 end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'able', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** KEYS: the lease. ARGV: who lets go of it. */
export const RELEASE = String.raw`
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;

/** A lease on a key that expires by Redis's own clock: no instance's clock is compared with another's. */
export class RedisLease implements Lease {
  private readonly holder = randomUUID();

  /** The connection knows the scripts as `ledgerHold` and `ledgerRelease`. */
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
  ) {}

  async hold(able: boolean): Promise<boolean> {
    return (await this.connection.run('ledgerHold', [this.key], [this.holder, `${TTL_MS}`, able ? '1' : '0'])) === 1;
  }

  async release(): Promise<void> {
    await this.connection.run('ledgerRelease', [this.key], [this.holder]);
  }
}
