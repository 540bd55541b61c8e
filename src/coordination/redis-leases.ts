import { randomUUID } from 'node:crypto';
import { LEASE_TTL_MS, type Lease, type Leases } from './lease';

/** Runs a script in Redis, by the name that it was defined under. */
export type RunScript = (script: string, keys: readonly string[], args: readonly string[]) => Promise<unknown>;

/**
 * KEYS: the lease. ARGV: the holder, for how many milliseconds, and whether it can do all of the work, as 1 or 0. Answers 1 if it holds it now.
 */
const HOLD = String.raw`
local holder = redis.call('HGET', KEYS[1], 'holder')
if holder and holder ~= ARGV[1] and not (ARGV[3] == '1' and redis.call('HGET', KEYS[1], 'able') == '0') then return 0 end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'able', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`;

/** KEYS: the lease. ARGV: the holder that releases it. */
const RELEASE = String.raw`
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;

/** What a connection must know for `RedisLeases` to use it. */
export const LEASE_SCRIPTS = { ledgerHold: HOLD, ledgerRelease: RELEASE };

/** Leases on keys that expire by Redis's own clock: no instance's clock is compared with another's. A lease is named by its key. */
export class RedisLeases implements Leases {
  /** `run` is a connection's that knows `LEASE_SCRIPTS`. */
  constructor(private readonly run: RunScript) {}

  lease(name: string): Lease {
    const holder = randomUUID();
    return {
      hold: async (able) => (await this.run('ledgerHold', [name], [holder, `${LEASE_TTL_MS}`, able ? '1' : '0'])) === 1,
      release: async () => void (await this.run('ledgerRelease', [name], [holder])),
    };
  }
}
