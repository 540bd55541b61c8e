import type { Document } from './read-model';
import { DAMAGED, type CheckpointFields } from './redis-resume';
import type { RedisKeys } from './redis-keys';
import { documentIn } from './redis-page';

/** KEYS: checkpoints of any number of projects. Answers the three fields of each, or nil where there is none. */
export const CHECKPOINTS = String.raw`
local answer = {}
for at, key in ipairs(KEYS) do answer[at] = redis.call('HMGET', key, 'revision', 'hash', 'occurredAt') end
return answer`;

/**
 * Of each project one document, and the checkpoint of the same instant.
 *
 * KEYS: checkpoint and documents of each project in turn. ARGV: one id for each project. Answers for each what GET answers.
 */
export const GET_OF_EACH = String.raw`
local answer = {}
for at, id in ipairs(ARGV) do
  local checkpoint, documents = KEYS[2 * at - 1], KEYS[2 * at]
  local of = redis.call('HMGET', checkpoint, 'revision', 'hash', 'occurredAt', 'counted', string.sub(documents, #checkpoint - 9))
  if of[1] and of[4] == of[1] and redis.call('HLEN', documents) ~= tonumber(of[5] or 0) then
    answer[at] = {'${DAMAGED}'}
  else
    answer[at] = {of[1], of[2], of[3], redis.call('HGET', documents, id)}
  end
end
return answer`;

/**
 * Documents by id, and the checkpoint of the same instant.
 *
 * KEYS: checkpoint, documents. ARGV: the ids. Answers DAMAGED where documents are gone; else revision, hash, occurredAt and each document's text, each nil where there is none.
 */
export const GET = String.raw`
local answer = redis.call('HMGET', KEYS[1], 'revision', 'hash', 'occurredAt', 'counted', string.sub(KEYS[2], #KEYS[1] - 9))
if answer[1] and answer[4] == answer[1] and redis.call('HLEN', KEYS[2]) ~= tonumber(answer[5] or 0) then return {'${DAMAGED}'} end
answer[4], answer[5] = nil, nil
-- unpack() can give some 8,000 values at once.
for at = 1, #ARGV, 4000 do
  for _, text in ipairs(redis.call('HMGET', KEYS[2], unpack(ARGV, at, math.min(at + 3999, #ARGV)))) do answer[#answer + 1] = text end
end
return answer`;

export function getArguments(
  keys: RedisKeys,
  projectId: string,
  collection: string,
  ids: readonly string[],
): [keys: string[], args: readonly string[]] {
  return [[keys.checkpoint(projectId), keys.collection(projectId, collection)[0]], ids];
}

export function getOfEachArguments(
  keys: RedisKeys,
  projectIds: readonly string[],
  collection: string,
): [keys: string[], args: readonly string[]] {
  return [projectIds.flatMap((id) => getArguments(keys, id, collection, [id])[0]), projectIds];
}

export type GetAnswer = readonly [...CheckpointFields, ...texts: (string | null)[]];

export function documentsIn([, , , ...texts]: GetAnswer): readonly (Document | undefined)[] {
  return texts.map((text) => (text === null ? undefined : documentIn(text)));
}
