import type { Checkpoint, ListQuery } from './read-model';
import { DAMAGED } from './redis-resume';
import { placeText, sortable, type RedisKeys } from './redis-keys';

/**
 * One page of a collection, and the checkpoint of the same instant.
 *
 * Without filters (archived or not is none) it counts and fetches along the sorted set: what it costs grows with the page, and with the
 * collection only by its logarithm. A text or a status makes it look at every index entry of the collection, some 3 ms for 1,000 documents,
 * during which Redis does nothing else; a tag, at those that have it.
 *
 * KEYS: checkpoint, documents, index, order.
 * ARGV: 1 the checkpoint at which the caller has the page already; 2 n, c or u: sorted by what; 3 which partitions, of 0 and 1: archived or
 * not; 4, 5 the places after and before which; 6 limit; 7, 8 whether descending, and from the end, as 1 or 0; 9 the filters as JSON, or nothing.
 * Answers {}: no such project; {DAMAGED}: a key is gone; {revision}: nothing has changed; else revision, hash, occurredAt, total, start, end, and place and text of each row.
 */
const PAGE = String.raw`
local function name(key) return string.sub(key, #KEYS[1] - 9) end
local state = redis.call('HMGET', KEYS[1], 'revision', 'hash', 'occurredAt', 'counted', name(KEYS[2]), name(KEYS[4]))
if not state[1] then return {} end
if state[1] .. ':' .. state[2] == ARGV[1] then return {state[1]} end
if state[4] == state[1] then
  local documents, places = tonumber(state[5] or 0), tonumber(state[6] or 0)
  if redis.call('HLEN', KEYS[2]) ~= documents or redis.call('HLEN', KEYS[3]) ~= documents or redis.call('ZCARD', KEYS[4]) ~= places then
    return {'${DAMAGED}'}
  end
end

local order, by, after, before, limit = KEYS[4], ARGV[2], ARGV[4], ARGV[5], tonumber(ARGV[6])
local descending, from_end = ARGV[7] == '1', ARGV[8] == '1'
local partitions = {}
for archived in string.gmatch(ARGV[3], '.') do
  partitions[#partitions + 1] = {start = by .. archived, stop = '(' .. by .. (archived + 1)}
end

-- Not a < b: Lua compares by the locale of the Redis process. Places order by their bytes.
local function less(a, b)
  for at = 1, math.min(#a, #b) do
    local x, y = string.byte(a, at), string.byte(b, at)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function greater(a, b) return less(b, a) end

local function merged(a, b, first)
  if not b or #b == 0 then return a end
  local list, i, j = {}, 1, 1
  while a[i] or b[j] do
    if not b[j] or (a[i] and first(a[i], b[j])) then
      list[#list + 1] = a[i]
      i = i + 1
    else
      list[#list + 1] = b[j]
      j = j + 1
    end
  end
  return list
end

local function reversed(list)
  local size = #list
  for at = 1, math.floor(size / 2) do list[at], list[size - at + 1] = list[size - at + 1], list[at] end
  return list
end

local function id_in(place)
  local _, stop = string.find(place, '\0\0', 1, true)
  return string.sub(place, stop + 1)
end

-- unpack() can give some 8,000 values at once.
local function fetched(key, ids)
  local values = {}
  for at = 1, #ids, 4000 do
    for _, value in ipairs(redis.call('HMGET', key, unpack(ids, at, math.min(at + 3999, #ids)))) do values[#values + 1] = value end
  end
  return values
end

local function without_prefix(members)
  for at = 1, #members do members[at] = string.sub(members[at], 3) end
  return members
end

-- Which of the rows from 0 on are the page, if so many come up to "after" (with it), and so many up to "before" (without it).
local function page(total, first, last)
  last = math.max(first, last)
  if from_end then return math.max(first, last - limit), last end
  return first, math.min(last, first + limit)
end

local function plain()
  local total, first, last = 0, 0, 0
  local function count(partition, place, with_it)
    local border = (with_it and '[' or '(') .. partition.start .. place
    if descending then return redis.call('ZLEXCOUNT', order, border, partition.stop) end
    return redis.call('ZLEXCOUNT', order, '[' .. partition.start, border)
  end
  for _, partition in ipairs(partitions) do
    local size = redis.call('ZLEXCOUNT', order, '[' .. partition.start, partition.stop)
    total = total + size
    if after ~= '' then first = first + count(partition, after, true) end
    last = last + (before ~= '' and count(partition, before, false) or size)
  end
  local start, stop = page(total, first, last)
  if start == stop then return total, start, stop, {} end

  -- From the end that the page is at, and of each partition as much as the page could need.
  local place = from_end and before or after
  local ascending = descending == from_end
  local lists = {}
  for at, partition in ipairs(partitions) do
    local begin = '(' .. partition.start .. place
    if ascending then
      if place == '' then begin = '[' .. partition.start end
      lists[at] = redis.call('ZRANGEBYLEX', order, begin, partition.stop, 'LIMIT', 0, stop - start)
    else
      if place == '' then begin = partition.stop end
      lists[at] = redis.call('ZREVRANGEBYLEX', order, begin, '[' .. partition.start, 'LIMIT', 0, stop - start)
    end
    without_prefix(lists[at])
  end
  local places = merged(lists[1], lists[2], ascending and less or greater)
  for at = #places, stop - start + 1, -1 do places[at] = nil end
  if from_end then reversed(places) end
  return total, start, stop, places
end

local function filtered(filter)
  local statuses
  if filter.statuses then
    statuses = {}
    for _, status in ipairs(filter.statuses) do statuses[status] = true end
  end
  local wanted = {['0'] = string.find(ARGV[3], '0', 1, true), ['1'] = string.find(ARGV[3], '1', 1, true)}
  local field = by == 'n' and 2 or by == 'c' and 3 or 4
  local function matching(ids)
    local list = {}
    for at, text in ipairs(fetched(KEYS[3], ids)) do
      -- A search that is nowhere in the entry's JSON is not in its text: that spares the decoding of most.
      if not filter.text or string.find(text, filter.json, 1, true) then
        local entry = cjson.decode(text)
        if wanted[entry[1]] and (not statuses or statuses[entry[5]]) and (not filter.text or string.find(entry[6], filter.text, 1, true)) then
          list[#list + 1] = entry[field] .. '\0\0' .. ids[at]
        end
      end
    end
    return list
  end
  local function ids_of(members)
    for at = 1, #members do members[at] = id_in(members[at]) end
    return members
  end

  local rows
  if filter.tag then
    rows = matching(ids_of(redis.call('ZRANGEBYLEX', order, '[t' .. filter.tag .. '\0\0', '(t' .. filter.tag .. '\0\1')))
    table.sort(rows, less)
  else
    local lists = {}
    for at, partition in ipairs(partitions) do
      lists[at] = matching(ids_of(redis.call('ZRANGEBYLEX', order, '[' .. partition.start, partition.stop)))
    end
    rows = merged(lists[1], lists[2], less)
  end
  if descending then reversed(rows) end
  local precedes = descending and greater or less
  local first, last = 0, #rows
  if after ~= '' then
    while rows[first + 1] and not precedes(after, rows[first + 1]) do first = first + 1 end
  end
  if before ~= '' then
    while last > 0 and not precedes(rows[last], before) do last = last - 1 end
  end
  local start, stop = page(#rows, first, last)
  local places = {}
  for at = start + 1, stop do places[#places + 1] = rows[at] end
  return #rows, start, stop, places
end

local total, start, stop, places
if ARGV[9] == '' then
  total, start, stop, places = plain()
else
  total, start, stop, places = filtered(cjson.decode(ARGV[9]))
end
local answer = {state[1], state[2], state[3], total, start, stop}
local ids = {}
for at, place in ipairs(places) do ids[at] = id_in(place) end
local documents = fetched(KEYS[2], ids)
for at, place in ipairs(places) do
  answer[#answer + 1] = place
  answer[#answer + 1] = documents[at]
end
return answer`;

/**
 * Pages of one project, each as `PAGE` answers it.
 *
 * KEYS and ARGV: those of each page, one after the other.
 */
export const LISTS = String.raw`
local function page_of(KEYS, ARGV) ${PAGE}
end
local answers = {}
for page = 1, #KEYS / 4 do
  local keys, arguments = {}, {}
  for at = 1, 4 do keys[at] = KEYS[(page - 1) * 4 + at] end
  for at = 1, 9 do arguments[at] = ARGV[(page - 1) * 9 + at] end
  answers[page] = page_of(keys, arguments)
end
return answers`;

/** What the script is given for one page. `known`: the checkpoint of the page that the caller has of the same query. */
export function listArguments(
  keys: RedisKeys,
  projectId: string,
  query: ListQuery,
  known: Checkpoint | undefined,
): [keys: string[], args: string[]] {
  const { collection, archived, sort, after, before, limit, from } = query;
  return [
    [keys.checkpoint(projectId), ...keys.collection(projectId, collection)],
    [
      known ? `${known.revision}:${known.hash}` : '',
      sort.by.charAt(0),
      archived === undefined ? '01' : archived ? '1' : '0',
      after ? placeText(after) : '',
      before ? placeText(before) : '',
      `${limit}`,
      sort.descending ? '1' : '0',
      from === 'end' ? '1' : '0',
      filters(query),
    ],
  ];
}

function filters({ statuses, text, tag }: ListQuery): string {
  const search = text === undefined || text === '' ? {} : { text, json: JSON.stringify(text).slice(1, -1) };
  if (statuses === undefined && tag === undefined && !('text' in search)) return '';
  return JSON.stringify({ ...search, statuses, ...(tag === undefined ? {} : { tag: sortable(tag) }) });
}
