import type { Actor } from '../domain/event';
import type { RedisAddress } from '../redis/address';
import { RedisConnection } from '../redis/connection';
import { actorKey, ActorNamesUnavailable, MOST_NAMES, type ActorNameStore, type KeepOutcome } from './actor-names';

/** KEYS: names, when each was said, who was forgotten when. ARGV: the actor, the name, when it was said, the most names. */
const KEEP = String.raw`
local said = tonumber(ARGV[3])
local known = redis.call('HGET', KEYS[2], ARGV[1])
local forgotten = redis.call('HGET', KEYS[3], ARGV[1])
if (forgotten and said <= tonumber(forgotten)) or (known and tonumber(known) > said) then return 'outdated' end
if not known and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
return 'kept'`;

/** KEYS: the same. ARGV: the actor, when it is forgotten. Answers how many names there were. */
const FORGET = String.raw`
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** Names in a Redis that instances share, as hashes under one tag. */
export class RedisActorNames implements ActorNameStore {
  private readonly connection: RedisConnection;

  /** `ledgerId` tells the names of one ledger from those of others in the same Redis. */
  private constructor(
    private readonly address: RedisAddress,
    private readonly ledgerId: () => Promise<string>,
    private readonly most: number,
  ) {
    this.connection = new RedisConnection(address, { actorNameKeep: KEEP, actorNameForget: FORGET }, ActorNamesUnavailable);
  }

  /** Resolves also while Redis is away: then calls are refused until it is there. */
  static async open(address: RedisAddress, ledgerId: () => Promise<string>, most = MOST_NAMES): Promise<RedisActorNames> {
    const names = new RedisActorNames(address, ledgerId, most);
    await names.connection.settle();
    return names;
  }

  async names(actors: readonly Actor[]): Promise<readonly (string | undefined)[]> {
    if (actors.length === 0) return [];
    const [names] = await this.keys();
    const found = await this.connection.read((client) => client.hmget(names, ...actors.map(actorKey)));
    return found.map((name) => name ?? undefined);
  }

  async keep(actor: Actor, name: string, saidAt: number): Promise<KeepOutcome> {
    const args = [actorKey(actor), name, `${saidAt}`, `${this.most}`];
    return (await this.connection.runRepeatable('actorNameKeep', await this.keys(), args)) as KeepOutcome;
  }

  async forget(actor: Actor, forgottenAt: number): Promise<boolean> {
    return (await this.connection.run('actorNameForget', await this.keys(), [actorKey(actor), `${forgottenAt}`])) === 1;
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private async keys(): Promise<readonly [names: string, saidAt: string, forgotten: string]> {
    const start = `{${this.address.prefix}:actors:${await this.ledgerId()}}:`;
    return [`${start}names`, `${start}said`, `${start}forgotten`];
  }
}
