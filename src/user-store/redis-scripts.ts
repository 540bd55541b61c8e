/**
 * A user is one hash, so that one command reads all of it:
 *
 * - `facts`, `assigned`: the versions; `compacted`: the day of the last compaction;
 * - `p:<name>`: the JSON of a property;
 * - `a:<experiment>`, `o:<experiment>`: the JSON of an assignment or override;
 * - `c:<number>:<cell>`: how often a counter counted in a cell; `l:<number>`: it was filled for this user.
 *
 * Every script first compares the bucket's marker, and answers LOST where it is not the one that was there when the store was opened.
 */
export const LOST = 'LOST';

/** KEYS[1]: the marker. ARGV[1]: what it must be. */
const GUARD = String.raw`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return '${LOST}' end`;

/** KEYS[2], KEYS[3]: the user, and the users of the project in the bucket. ARGV[2], ARGV[3]: now, and the user's key. */
const WRITE = String.raw`${GUARD}
local function raise(field)
  local version = math.max(tonumber(redis.call('HGET', KEYS[2], field) or 0) + 1, tonumber(ARGV[2]))
  local text = string.format('%.0f', version)
  redis.call('HSET', KEYS[2], field, text)
  return text
end
local function count(experiment, assignment, by) redis.call('HINCRBY', KEYS[6], experiment .. ':' .. cjson.decode(assignment).variant, by) end
local function seen() redis.call('ZADD', KEYS[3], ARGV[2], ARGV[3]) end`;

/** KEYS[5]: the erasures of the bucket. ARGV[4]: how many these were. */
const ERASABLE = String.raw`${WRITE}
local erasures = redis.call('GET', KEYS[5]) or '0'
if erasures ~= ARGV[4] then return erasures end`;

const LOAD = String.raw`${GUARD}
return redis.call('HGETALL', KEYS[2])`;

/** KEYS[6]: who is assigned. ARGV[4]: the version that was read, then experiments, each with its assignment. Answers the new version, or the user as it is. */
const ASSIGN = String.raw`${WRITE}
if (redis.call('HGET', KEYS[2], 'assigned') or '0') ~= ARGV[4] then return redis.call('HGETALL', KEYS[2]) end
for at = 5, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[2], 'a:' .. ARGV[at], ARGV[at + 1]) == 1 then count(ARGV[at], ARGV[at + 1], 1) end
end
seen()
return raise('assigned')`;

/**
 * KEYS[4], KEYS[5]: the ids, and the erasures of the bucket. ARGV[4]: how many these were; ARGV[5], ARGV[6]: up to when ids have expired, and for how long
 * an id is kept that is now counted, at most; ARGV[7]: the day. Then events, each as its id, when that expires, the number of its cells, and these.
 * Answers 1 or 0 for each: counted or not; and 1 if a compaction is due; or the erasures, if there were others since.
 */
const RECORD = String.raw`${ERASABLE}
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[5])
local answers, counted, at = {}, false, 8
while at <= #ARGV do
  local cells = tonumber(ARGV[at + 2])
  local new = redis.call('ZADD', KEYS[4], 'NX', ARGV[at + 1], ARGV[at])
  if new == 1 then
    for cell = at + 3, at + 2 + cells do
      redis.call('HINCRBY', KEYS[2], ARGV[cell], 1)
      counted = true
    end
  end
  answers[#answers + 1] = new
  at = at + 3 + cells
end
redis.call('PEXPIRE', KEYS[4], ARGV[6])
seen()
if counted then raise('facts') else redis.call('HSETNX', KEYS[2], 'facts', '0') end
local new = redis.call('HSETNX', KEYS[2], 'compacted', ARGV[7]) == 1
answers[#answers + 1] = not new and tonumber(redis.call('HGET', KEYS[2], 'compacted')) < tonumber(ARGV[7]) and 1 or 0
return answers`;

/**
 * KEYS[5]: the erasures of the bucket. ARGV[4], ARGV[5]: how many these were, and the counter's number, then cells, each with its count. Answers 0 if it
 * was filled before; the erasures, if there were others since.
 */
const FILL = String.raw`${ERASABLE}
if redis.call('HSETNX', KEYS[2], 'l:' .. ARGV[5], '1') == 0 then return 0 end
for at = 6, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], 'c:' .. ARGV[5] .. ':' .. ARGV[at], ARGV[at + 1]) end
seen()
raise('facts')
return 1`;

/** ARGV[4]: the version to raise, then fields, each with its text; empty: it is removed. Answers the new version. */
const CHANGE = String.raw`${WRITE}
for at = 5, #ARGV, 2 do
  if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[at]) else redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
end
seen()
return raise(ARGV[4])`;

/** KEYS[4], KEYS[5], KEYS[6]: the ids, the erasures of the bucket, and who is assigned. Answers 1 if something was known. */
const FORGET = String.raw`${WRITE}
local fields = redis.call('HGETALL', KEYS[2])
for at = 1, #fields, 2 do
  if string.sub(fields[at], 1, 2) == 'a:' then count(string.sub(fields[at], 3), fields[at + 1], -1) end
end
redis.call('INCR', KEYS[5])
redis.call('ZREM', KEYS[3], ARGV[3])
redis.call('DEL', KEYS[4])
return redis.call('DEL', KEYS[2])`;

/** KEYS[4], KEYS[5]: the ids, and the erasures of the bucket. Answers 1 if nothing is counted of the user. */
const END_FORGET = String.raw`${GUARD}
redis.call('INCR', KEYS[5])
if redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
  local kind = string.sub(field, 1, 2)
  if kind == 'c:' or kind == 'l:' then return 0 end
end
return 1`;

/** ARGV[2]: the day, then fields to remove. */
const COMPACT = String.raw`${GUARD}
if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
for at = 3, #ARGV do redis.call('HDEL', KEYS[2], ARGV[at]) end
redis.call('HSET', KEYS[2], 'compacted', ARGV[2])
return 1`;

/**
 * The counters of a project are one hash: `lastNo`, and of each counter by its id `k:` (window and since when, as JSON), `n:` its number, `t:` if it
 * is filled, `u:` up to whom.
 *
 * ARGV: marker, id, JSON. Answers the hash.
 */
const KEEP = String.raw`${GUARD}
if redis.call('HSETNX', KEYS[2], 'k:' .. ARGV[2], ARGV[3]) == 1 then
  redis.call('HSET', KEYS[2], 'n:' .. ARGV[2], redis.call('HINCRBY', KEYS[2], 'lastNo', 1))
end
return redis.call('HGETALL', KEYS[2])`;

/** ARGV: marker, id, field (`t` or `u`), text. */
const NOTE = String.raw`${GUARD}
if redis.call('HEXISTS', KEYS[2], 'k:' .. ARGV[2]) == 1 then redis.call('HSET', KEYS[2], ARGV[3] .. ':' .. ARGV[2], ARGV[4]) end
return 1`;

/** ARGV: marker, id. */
const DROP = String.raw`${GUARD}
for _, field in ipairs({'k:', 'n:', 't:', 'u:'}) do redis.call('HDEL', KEYS[2], field .. ARGV[2]) end
return 1`;

export const USER_STORE_SCRIPTS = {
  usersLoad: LOAD,
  usersAssign: ASSIGN,
  usersRecord: RECORD,
  usersFill: FILL,
  usersChange: CHANGE,
  usersForget: FORGET,
  usersEndForget: END_FORGET,
  usersCompact: COMPACT,
  usersKeepCounter: KEEP,
  usersNoteCounter: NOTE,
  usersDropCounter: DROP,
};
