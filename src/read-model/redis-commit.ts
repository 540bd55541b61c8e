import { assertDense, type Batch, type Write } from './read-model';
import { indexText, type RedisKeys } from './redis-keys';
import { packed, REVISION_BYTES, TIME_BYTES } from './redis-log';

/**
 * Applies a batch if the project is where it should be, and answers 1, or 0 and does nothing. Where a key that it adds to is not as it was left, it
 * does nothing and answers the end of that key's name.
 *
 * KEYS: the checkpoint, the times, the labels, the lists of the log that are added to, then documents, index and order of the collection of each group.
 * ARGV: expected revision, the checkpoint's three fields, what to add to the times, how many entries to add to each list, and all of these in a
 * row; then for each group of documents how long each one's id, text and index are, in bytes, and all of these in a row. In a row, because a
 * client and a server spend more on each argument than it takes to cut one up.
 */
export const COMMIT = String.raw`
local state = redis.call('HMGET', KEYS[1], 'revision', 'counted', 'labels')
if (state[1] or '-1') ~= ARGV[1] then return 0 end

local function name(key) return string.sub(key, #KEYS[1] - 9) end
local counts = cjson.decode(ARGV[6])
local counted = ARGV[1] == '-1' or state[2] == state[1]
if redis.call('STRLEN', KEYS[2]) ~= ${TIME_BYTES} * (tonumber(ARGV[1]) + 1) then return 'times' end
if counted then
  if redis.call('SCARD', KEYS[3]) ~= tonumber(state[3] or 0) then return 'labels' end
  for n = 4, 3 + #counts do
    if (redis.call('STRLEN', KEYS[n]) > 0) ~= (redis.call('SISMEMBER', KEYS[3], name(KEYS[n])) == 1) then return name(KEYS[n]) end
  end
  for n = 4 + #counts, #KEYS, 3 do
    local were = redis.call('HMGET', KEYS[1], name(KEYS[n]), name(KEYS[n + 2]))
    local documents, places = tonumber(were[1] or 0), tonumber(were[2] or 0)
    if redis.call('HLEN', KEYS[n]) ~= documents or redis.call('HLEN', KEYS[n + 1]) ~= documents or redis.call('ZCARD', KEYS[n + 2]) ~= places then
      return name(KEYS[n])
    end
  end
end

redis.call('APPEND', KEYS[2], ARGV[5])
local from = 1
for n, count in ipairs(counts) do
  local upTo = from + ${REVISION_BYTES} * count
  redis.call('APPEND', KEYS[3 + n], string.sub(ARGV[7], from, upTo - 1))
  if counted then redis.call('SADD', KEYS[3], name(KEYS[3 + n])) end
  from = upTo
end

-- unpack() can give some 8,000 values at once.
local AT_ONCE = 4000
local function send(command, key, list)
  for from = 1, #list, AT_ONCE do
    redis.call(command, key, unpack(list, from, math.min(from + AT_ONCE - 1, #list)))
  end
end

local function places(id, text)
  local entry = cjson.decode(text)
  local list = {
    'n' .. entry[1] .. entry[2] .. '\0\0' .. id,
    'c' .. entry[1] .. entry[3] .. '\0\0' .. id,
    'u' .. entry[1] .. entry[4] .. '\0\0' .. id,
  }
  for _, tag in ipairs(entry[7]) do list[#list + 1] = 't' .. tag .. '\0\0' .. id end
  return list
end

local at = 8
for key = 4 + #counts, #KEYS, 3 do
  local lengths, text, place = cjson.decode(ARGV[at]), ARGV[at + 1], 1
  at = at + 2
  local ids, texts, documents, index, gone, come = {}, {}, {}, {}, {}, {}
  local function cut(length)
    place = place + length
    return string.sub(text, place - length, place - 1)
  end
  for n = 1, #lengths, 3 do
    local id, document = cut(lengths[n]), cut(lengths[n + 1])
    ids[#ids + 1], texts[#texts + 1] = id, cut(lengths[n + 2])
    documents[#documents + 1] = id
    documents[#documents + 1] = document
  end
  local before = redis.call('HMGET', KEYS[key + 1], unpack(ids))
  for n, id in ipairs(ids) do
    if before[n] ~= texts[n] then
      index[#index + 1] = id
      index[#index + 1] = texts[n]
      local new, kept = places(id, texts[n]), {}
      if before[n] then
        for _, place in ipairs(places(id, before[n])) do kept[place] = true end
      end
      for _, place in ipairs(new) do
        if kept[place] then
          kept[place] = nil
        else
          come[#come + 1] = 0
          come[#come + 1] = place
        end
      end
      for place in pairs(kept) do gone[#gone + 1] = place end
    end
  end
  send('HSET', KEYS[key], documents)
  send('HSET', KEYS[key + 1], index)
  send('ZREM', KEYS[key + 2], gone)
  send('ZADD', KEYS[key + 2], come)
  if counted then
    redis.call('HSET', KEYS[1], name(KEYS[key]), redis.call('HLEN', KEYS[key]), name(KEYS[key + 2]), redis.call('ZCARD', KEYS[key + 2]))
  end
end
if counted then redis.call('HSET', KEYS[1], 'counted', ARGV[2], 'labels', redis.call('SCARD', KEYS[3])) end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'hash', ARGV[3], 'occurredAt', ARGV[4])
return 1`;

/** A group is no longer than the script can ask for at once, and no larger than a string or an argument may well be. */
const GROUP_DOCUMENTS = 1_000;
const GROUP_BYTES = 16 * 1024 * 1024;

/** What the script is given. Of two writes to one document only the later is sent. */
export function commitArguments(keys: RedisKeys, batch: Batch): [keys: string[], args: (string | Buffer)[]] {
  assertDense(batch);
  const { projectId, expectedRevision, checkpoint, writes, log } = batch;
  const collections = new Map<string, Map<string, Write>>();
  for (const write of writes) {
    const documents = collections.get(write.collection);
    if (documents) documents.set(write.id, write);
    else collections.set(write.collection, new Map([[write.id, write]]));
  }
  const names = [keys.checkpoint(projectId), keys.times(projectId), keys.labels(projectId)];
  for (const label of log.labels.keys()) names.push(keys.label(projectId, label));
  const lists = [...log.labels.values()];
  const args: (string | Buffer)[] = [`${expectedRevision}`, `${checkpoint.revision}`, checkpoint.hash, `${checkpoint.occurredAt}`];
  args.push(packed(log.times, TIME_BYTES), JSON.stringify(lists.map(({ length }) => length)), packed(lists.flat(), REVISION_BYTES));
  for (const [collection, documents] of collections) {
    for (const { lengths, row } of groupsOf(documents.values())) {
      names.push(...keys.collection(projectId, collection));
      args.push(JSON.stringify(lengths), row);
    }
  }
  return [names, args];
}

/** Documents, each an id, a text and an index, in a row, and how many bytes each part takes. */
interface Group {
  readonly lengths: readonly number[];
  readonly row: Buffer;
}

function* groupsOf(writes: Iterable<Write>): Generator<Group> {
  let parts: string[] = [];
  let lengths: number[] = [];
  let bytes = 0;
  for (const { id, document, index } of writes) {
    for (const part of [id, JSON.stringify(document), indexText(index)]) {
      const length = Buffer.byteLength(part);
      parts.push(part);
      lengths.push(length);
      bytes += length;
    }
    if (parts.length < 3 * GROUP_DOCUMENTS && bytes < GROUP_BYTES) continue;
    yield { lengths, row: inRow(parts, bytes) };
    [parts, lengths, bytes] = [[], [], 0];
  }
  if (parts.length > 0) yield { lengths, row: inRow(parts, bytes) };
}

/** Not by way of one long string, which would be made only to be copied. */
function inRow(parts: readonly string[], bytes: number): Buffer {
  const row = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const part of parts) at += row.write(part, at);
  return row;
}
