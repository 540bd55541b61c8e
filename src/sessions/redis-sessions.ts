import type { RedisAddress } from '../redis/address';
import { RedisConnection } from '../redis/connection';
import { type OneTimeCode, type Session, SessionsUnavailable, type SessionStore } from './sessions';

/**
 * KEYS: since when the store remembers; the code. ARGV: now, when the code was issued, and for how many milliseconds it must be remembered. Answers
 * 1 if the code was not used, and was issued after the store was begun: an emptied Redis has forgotten which codes were used.
 */
const USE = String.raw`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
if tonumber(redis.call('GET', KEYS[1])) > tonumber(ARGV[2]) then return 0 end
return redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) and 1 or 0`;

/** KEYS: since when the store remembers. ARGV: now. */
const BEGIN = String.raw`return redis.call('SET', KEYS[1], ARGV[1], 'NX') and 1 or 0`;

/** Sessions in a Redis that instances share, as one hash; used codes are keys that expire. */
export class RedisSessions implements SessionStore {
  private readonly connection: RedisConnection;
  private readonly start: string;

  /** `name` tells the sessions of one ledger from those of others in the same Redis. */
  private constructor(
    address: RedisAddress,
    name: string,
    private readonly now: () => number,
  ) {
    this.connection = new RedisConnection(address, { sessionsUse: USE, sessionsBegin: BEGIN }, SessionsUnavailable);
    // In a cluster all of it is in one slot.
    this.start = `{${address.prefix}:sessions:${name}}:`;
  }

  /** Resolves also while Redis is away: then calls are refused until it is there. */
  static async open(address: RedisAddress, name: string, now: () => number = Date.now): Promise<RedisSessions> {
    const sessions = new RedisSessions(address, name, now);
    await sessions.connection.settle();
    // A code that is issued from now on is known to be new; where Redis is away, its first use begins the store.
    await sessions.connection.runRepeatable('sessionsBegin', [sessions.since], [`${now()}`]).catch(unlessAway);
    return sessions;
  }

  async use({ id, issuedAt, expiresAt }: OneTimeCode): Promise<boolean> {
    const now = this.now();
    const args = [`${now}`, `${issuedAt}`, `${Math.max(1, Math.ceil(expiresAt - now))}`];
    return (await this.connection.run('sessionsUse', [this.since, `${this.start}code:${id}`], args)) === 1;
  }

  async add(session: Session): Promise<void> {
    await this.list();
    await this.connection.ask((client) => client.hset(this.sessions, session.id, JSON.stringify(session)));
  }

  async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const found = await this.connection.read((client) => client.hmget(this.sessions, ...ids));
    return new Set(ids.filter((_, at) => typeof found[at] === 'string'));
  }

  async remove(id: string): Promise<boolean> {
    return (await this.connection.ask((client) => client.hdel(this.sessions, id))) === 1;
  }

  async list(): Promise<readonly Session[]> {
    const found = await this.connection.read((client) => client.hvals(this.sessions));
    const all = found.map((text) => JSON.parse(text) as Session);
    const old = all.filter(({ endsAt }) => endsAt <= this.now()).map(({ id }) => id);
    if (old.length > 0) await this.connection.ask((client) => client.hdel(this.sessions, ...old));
    return all.filter(({ id }) => !old.includes(id));
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private get since(): string {
    return `${this.start}since`;
  }

  private get sessions(): string {
    return `${this.start}all`;
  }
}

function unlessAway(error: unknown): void {
  if (!(error instanceof SessionsUnavailable)) throw error;
}
