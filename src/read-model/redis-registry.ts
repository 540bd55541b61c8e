import type { ParkedRegistry, Parked } from './generations';
import type { RedisConnection } from '../redis/connection';
import type { RedisKeys } from './redis-keys';

/**
 * The scripts on the one key that says which generations there are: a hash with, for each version of the projections, `live:<version>`,
 * `previous:<version>`, `building:<version>` and `seen:<version>`, and for each generation `version:<id>`, `made:<id>`, `built:<id>`, `retired:<id>`,
 * `beat:<id>`, `done:<id>` and `total:<id>`. Times are milliseconds of Redis's own clock.
 */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** ARGV: version, the id that is to be live if none is. Answers the id of the live one. */
export const LIVE = String.raw`${NOW}
redis.call('HSET', KEYS[1], 'seen:' .. ARGV[1], now)
local live = redis.call('HGET', KEYS[1], 'live:' .. ARGV[1])
if live then return live end
redis.call('HSET', KEYS[1], 'live:' .. ARGV[1], ARGV[2], 'version:' .. ARGV[2], ARGV[1], 'made:' .. ARGV[2], now)
return ARGV[2]`;

/** ARGV: version, the new id, how long a build may give no sign of life. Answers the id of the build: another's if one is under way. */
export const BEGIN = String.raw`${NOW}
local building = redis.call('HGET', KEYS[1], 'building:' .. ARGV[1])
if building and now - (redis.call('HGET', KEYS[1], 'beat:' .. building) or 0) < tonumber(ARGV[3]) then return building end
redis.call('HSET', KEYS[1], 'building:' .. ARGV[1], ARGV[2], 'version:' .. ARGV[2], ARGV[1], 'made:' .. ARGV[2], now, 'beat:' .. ARGV[2], now)
return ARGV[2]`;

/** ARGV: id, done, total. Answers 0 if the build was given up meanwhile. */
export const REPORT = String.raw`${NOW}
if redis.call('HEXISTS', KEYS[1], 'version:' .. ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'beat:' .. ARGV[1], now, 'done:' .. ARGV[1], ARGV[2], 'total:' .. ARGV[1], ARGV[3])
return 1`;

/** ARGV: version, the id, or nothing for the one that is kept. Answers the id that is live now, or nothing if none is kept. */
export const PROMOTE = String.raw`${NOW}
local id = ARGV[2]
if id == '' then id = redis.call('HGET', KEYS[1], 'previous:' .. ARGV[1]) end
if not id or redis.call('HEXISTS', KEYS[1], 'version:' .. id) == 0 then return '' end
local live = redis.call('HGET', KEYS[1], 'live:' .. ARGV[1])
if live == id then return id end
redis.call('HSET', KEYS[1], 'live:' .. ARGV[1], id)
redis.call('HDEL', KEYS[1], 'retired:' .. id, 'previous:' .. ARGV[1])
if redis.call('HGET', KEYS[1], 'building:' .. ARGV[1]) == id then redis.call('HDEL', KEYS[1], 'building:' .. ARGV[1]) end
if live then redis.call('HSET', KEYS[1], 'previous:' .. ARGV[1], live, 'retired:' .. live, now) end
return id`;

/** ARGV: id. */
export const ABANDON = String.raw`
local version = redis.call('HGET', KEYS[1], 'version:' .. ARGV[1])
if version and redis.call('HGET', KEYS[1], 'building:' .. version) == ARGV[1] then redis.call('HDEL', KEYS[1], 'building:' .. version) end
return 1`;

/** ARGV: how long something is kept, how long a build may give no sign of life, how long what was live rests. Lets go of what is over, and answers the ids that are no longer needed. */
export const OVERDUE = String.raw`${NOW}
local fields = redis.call('HGETALL', KEYS[1])
local values, needed, unneeded = {}, {}, {}
for at = 1, #fields, 2 do values[fields[at]] = fields[at + 1] end
local function over(time, span) return now - (tonumber(time or '') or 0) >= tonumber(span) end
for name, value in pairs(values) do
  local kind, version = string.match(name, '^(%a+):(.*)$')
  if kind == 'live' and over(values['seen:' .. version], ARGV[1]) then
    redis.call('HDEL', KEYS[1], name, 'seen:' .. version)
  elseif kind == 'previous' and (over(values['retired:' .. value], ARGV[1]) or over(values['seen:' .. version], ARGV[1])) then
    redis.call('HDEL', KEYS[1], name)
  elseif kind == 'building' and over(values['beat:' .. value], ARGV[2]) then
    redis.call('HDEL', KEYS[1], name)
  elseif kind == 'live' or kind == 'previous' or kind == 'building' then
    needed[value] = true
  end
end
for name in pairs(values) do
  local id = string.match(name, '^version:(.*)$')
  if id and not needed[id] and over(values['retired:' .. id], ARGV[3]) then unneeded[#unneeded + 1] = id end
end
return unneeded`;

const FIELDS = ['version', 'made', 'built', 'retired', 'beat', 'done', 'total'] as const;

/** The fields of the registry that are about one generation. */
export function fieldsOf(id: string): string[] {
  return FIELDS.map((field) => `${field}:${id}`);
}

/** Says of a generation whose it is, unless that has been said. Answers whether it is this ledger's now. */
export async function claim(connection: RedisConnection, { marker }: RedisKeys, ledgerId: string): Promise<boolean> {
  if ((await connection.ask((client) => client.set(marker, ledgerId, 'NX'))) === 'OK') return true;
  return (await ownerOf(connection, { marker })) === ledgerId;
}

/** undefined: nothing says whose it is. */
export async function ownerOf(connection: RedisConnection, { marker }: Pick<RedisKeys, 'marker'>): Promise<string | undefined> {
  return (await connection.ask((client) => client.get(marker))) ?? undefined;
}

/** The parked projects of a generation, as a hash: project -> JSON. */
export class RedisParkedRegistry implements ParkedRegistry {
  constructor(
    private readonly connection: RedisConnection,
    private readonly key: string,
  ) {}

  async all(): Promise<readonly Parked[]> {
    const posted = await this.connection.ask((client) => client.hvals(this.key));
    return posted.map((text) => JSON.parse(text) as Parked);
  }

  async put(parked: Parked): Promise<void> {
    await this.connection.ask((client) => client.hset(this.key, parked.projectId, JSON.stringify(parked)));
  }

  async remove(projectId: string): Promise<void> {
    await this.connection.ask((client) => client.hdel(this.key, projectId));
  }
}
