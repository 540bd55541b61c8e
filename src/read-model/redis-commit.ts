import { assertDense } from './log-entries';
import type { Batch, Write } from './read-model';
import { indexText, type RedisKeys } from './redis-keys';
import { packed, REVISION_BYTES, TIME_BYTES } from './redis-log';

/**
 * Applies a batch if the project is where it should be, and answers 1, or 0 and does nothing.
 *
 * KEYS: the checkpoint, the times, the lists of the log that are added to, then documents, index and order of each collection written to.
 * ARGV: expected revision, the checkpoint's three fields, how many lists, what to add to the times and to each list, then for each
 * collection how many documents, and of each its id, text and index.
 */
export const COMMIT = String.raw`
if (redis.call('HGET', KEYS[1], 'revision') or '-1') ~= ARGV[1] then return 0 end

local lists = tonumber(ARGV[5])
if redis.call('STRLEN', KEYS[2]) ~= 6 * (tonumber(ARGV[1]) + 1) then
  return redis.error_reply('LOG of the project is not as long as its checkpoint says: rebuild the read model')
end
for n = 0, lists do redis.call('APPEND', KEYS[2 + n], ARGV[6 + n]) end

-- unpack() can give some 8,000 values at once.
local AT_ONCE = 1000
local function send(command, key, list)
  for from = 1, #list, 4 * AT_ONCE do
    redis.call(command, key, unpack(list, from, math.min(from + 4 * AT_ONCE - 1, #list)))
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

local at = 7 + lists
for key = 3 + lists, #KEYS, 3 do
  local left = tonumber(ARGV[at])
  at = at + 1
  while left > 0 do
    local count = math.min(left, AT_ONCE)
    left = left - count
    local ids, documents, index, gone, come = {}, {}, {}, {}, {}
    for n = 1, count do
      ids[n] = ARGV[at + 3 * n - 3]
      documents[2 * n - 1], documents[2 * n] = ids[n], ARGV[at + 3 * n - 2]
    end
    local before = redis.call('HMGET', KEYS[key + 1], unpack(ids))
    for n = 1, count do
      local id, text = ids[n], ARGV[at + 3 * n - 1]
      if before[n] ~= text then
        index[#index + 1] = id
        index[#index + 1] = text
        local new, kept = places(id, text), {}
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
    at = at + 3 * count
    send('HSET', KEYS[key], documents)
    send('HSET', KEYS[key + 1], index)
    send('ZREM', KEYS[key + 2], gone)
    send('ZADD', KEYS[key + 2], come)
  end
end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'hash', ARGV[3], 'occurredAt', ARGV[4])
return 1`;

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
  const names = [keys.checkpoint(projectId), keys.times(projectId)];
  const args: (string | Buffer)[] = [`${expectedRevision}`, `${checkpoint.revision}`, checkpoint.hash, `${checkpoint.occurredAt}`];
  args.push(`${log.labels.size}`, packed(log.times, TIME_BYTES));
  for (const [label, revisions] of log.labels) {
    names.push(keys.label(projectId, label));
    args.push(packed(revisions, REVISION_BYTES));
  }
  for (const [collection, documents] of collections) {
    names.push(...keys.collection(projectId, collection));
    args.push(`${documents.size}`);
    for (const { id, document, index } of documents.values()) args.push(id, JSON.stringify(document), indexText(index));
  }
  return [names, args];
}
