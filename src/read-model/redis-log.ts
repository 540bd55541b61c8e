import type { LogPage, LogQuery } from './read-model';
import { DAMAGED } from './redis-resume';
import type { RedisKeys } from './redis-keys';

export const TIME_BYTES = 6;
export const REVISION_BYTES = 4;

/** How many places one call looks at: at most some milliseconds of Redis's time, during which it does nothing else. */
const STEPS = 1_000;

/** Whole numbers, big-endian, so many bytes each. A time before 1970 or after the year 10,000, of a clock that is wrong, is the nearest that fits. */
export function packed(numbers: readonly number[], bytes: number): Buffer {
  const most = 2 ** (8 * bytes) - 1;
  const buffer = Buffer.allocUnsafe(numbers.length * bytes);
  for (let at = 0; at < numbers.length; at++) buffer.writeUIntBE(Math.min(Math.max(Math.trunc(numbers[at]!), 0), most), at * bytes, bytes);
  return buffer;
}

/**
 * The revisions that have labels, and the checkpoint of the same instant.
 *
 * It goes from one list to the next, each time to the first place that could still be in all of them. Lists are searched by halves, in blocks
 * of 512 entries: what it costs grows with the page, and with the history only by its logarithm.
 *
 * KEYS: checkpoint, times, labels, then the lists. ARGV: 1, 2 the revisions after and before which; 3, 4 the times from which on and before which, each
 * nothing if not said; 5 whether newest first, as 1 or 0; 6 limit; 7 steps; then how many of the lists belong together, for each such group.
 * Answers {}: no such project; {DAMAGED}: a key is gone; else revision, hash, occurredAt, whether there may be more, where it stopped or -1, how many there are or -1, and
 * the revisions.
 */
export const LOG = String.raw`
local state = redis.call('HMGET', KEYS[1], 'revision', 'hash', 'occurredAt', 'counted', 'labels')
if not state[1] then return {} end
if state[4] == state[1] then
  local well = redis.call('STRLEN', KEYS[2]) == ${TIME_BYTES} * (tonumber(state[1]) + 1) and redis.call('SCARD', KEYS[3]) == tonumber(state[5])
  for n = 4, #KEYS do
    local listed = redis.call('SISMEMBER', KEYS[3], string.sub(KEYS[n], #KEYS[1] - 9)) == 1
    well = well and (redis.call('STRLEN', KEYS[n]) > 0) == listed
  end
  if not well then return {'${DAMAGED}'} end
end

local BLOCK = 512

-- A list of numbers of so many bytes, read in blocks: the number at a place from 0 on, and how many are less than a limit.
local function list_of(key, bytes)
  local size = redis.call('STRLEN', key) / bytes
  local block, first, last = '', 0, 0
  local list = {size = size}
  function list.at(place)
    if place < first or place >= last then
      first = place - place % BLOCK
      last = math.min(size, first + BLOCK)
      block = redis.call('GETRANGE', key, first * bytes, last * bytes - 1)
    end
    local value, from = 0, (place - first) * bytes
    for n = 1, bytes do value = value * 256 + string.byte(block, from + n) end
    return value
  end
  function list.below(limit)
    local low, high = 0, size
    if last > first then
      if list.at(first) >= limit then high = first else low = first + 1 end
      if last > low and low > first then
        if list.at(last - 1) < limit then low = last else high = last - 1 end
      end
    end
    while low < high do
      local middle = math.floor((low + high) / 2)
      if list.at(middle) < limit then low = middle + 1 else high = middle end
    end
    return low
  end
  return list
end

local times = list_of(KEYS[2], 6)
local from = ARGV[3] == '' and 0 or times.below(tonumber(ARGV[3]))
local to = ARGV[4] == '' and times.size or math.max(from, times.below(tonumber(ARGV[4])))
local low = math.max(from, (ARGV[1] == '' and -1 or tonumber(ARGV[1])) + 1)
local high = math.min(to, ARGV[2] == '' and to or tonumber(ARGV[2])) - 1
local newest, limit, most = ARGV[5] == '1', tonumber(ARGV[6]) + 1, tonumber(ARGV[7])

local groups, key = {}, 4
for n = 8, #ARGV do
  local group = {}
  for _ = 1, tonumber(ARGV[n]) do
    group[#group + 1] = list_of(KEYS[key], 4)
    key = key + 1
  end
  groups[#groups + 1] = group
end
if #groups < 2 then most = math.huge end

local total = -1
if #groups == 0 then
  total = to - from
elseif #groups == 1 then
  total = 0
  for _, list in ipairs(groups[1]) do total = total + list.below(to) - list.below(from) end
end

-- The nearest revision from the place on, in the order asked for, that is in one of the lists.
local function seek(group, place)
  local best
  for _, list in ipairs(group) do
    local count = list.below(newest and place + 1 or place)
    if newest and count > 0 then
      local value = list.at(count - 1)
      if not best or value > best then best = value end
    elseif not newest and count < list.size then
      local value = list.at(count)
      if not best or value < best then best = value end
    end
  end
  return best
end

local way = newest and -1 or 1
local place, last = newest and high or low, newest and low or high
local function beyond() return (last - place) * way < 0 end

local steps = 0
local function advance()
  local agreeing = 0
  while agreeing < #groups and steps <= most do
    steps = steps + 1
    local found = seek(groups[agreeing + 1], place)
    if not found then return false end
    agreeing = found == place and agreeing + 1 or 0
    place = found
    if beyond() then return false end
  end
  return not beyond()
end

local found, stopped = {}, -1
if #groups == 1 and #groups[1] == 1 and not beyond() then
  -- One list alone, which is what is asked for most: its entries in a row.
  local list = groups[1][1]
  local at = newest and list.below(place + 1) - 1 or list.below(place)
  while #found < limit and at >= 0 and at < list.size do
    place = list.at(at)
    if beyond() then break end
    found[#found + 1] = place
    at = at + way
  end
else
  while #found < limit and advance() do
    if steps > most then
      stopped = place - way
      break
    end
    found[#found + 1] = place
    place = place + way
  end
end

local more = #found == limit or stopped >= 0
if #found == limit then found[limit] = nil end
local answer = {state[1], state[2], state[3], more and 1 or 0, stopped, total}
for _, revision in ipairs(found) do answer[#answer + 1] = revision end
return answer`;

/** What the script is given. */
export function logArguments(keys: RedisKeys, projectId: string, query: LogQuery): [keys: string[], args: string[]] {
  const { having, after, before, since, until, newestFirst, limit } = query;
  const bounds = [after, before, since, until].map((bound) => (bound === undefined ? '' : `${bound}`));
  return [
    [
      keys.checkpoint(projectId),
      keys.times(projectId),
      keys.labels(projectId),
      ...having.flat().map((label) => keys.label(projectId, label)),
    ],
    [...bounds, newestFirst ? '1' : '0', `${limit}`, `${STEPS}`, ...having.map((labels) => `${labels.length}`)],
  ];
}

export type LogAnswer = readonly (string | number)[];

export function logPageIn(answer: LogAnswer, { having }: LogQuery): LogPage {
  if (answer.length === 0) return { revisions: [], more: false, ...(having.length > 1 ? {} : { total: 0 }), checkpoint: undefined };
  const [revision, hash, occurredAt, more, stoppedAt, total, ...revisions] = answer as (number & string)[];
  return {
    revisions,
    more: more === 1,
    ...(stoppedAt! < 0 ? {} : { stoppedAt }),
    ...(total! < 0 ? {} : { total }),
    checkpoint: Object.freeze({ revision: Number(revision), hash: hash!, occurredAt: Number(occurredAt) }),
  };
}
