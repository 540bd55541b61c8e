/**
 * What a client may be shown of an error, in `extensions.code`. What can go wrong with a command is a refusal, which is
 * data, and whatever is not in this list is masked as `INTERNAL`.
 */
export const REQUEST_ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_REQUEST',
  'NOT_FOUND',
  'LIMIT_EXCEEDED',
  'EVENT_STORE_UNAVAILABLE',
  'HEAD_UNCONFIRMED',
  'READ_MODEL_UNAVAILABLE',
  'USER_STORE_UNAVAILABLE',
  'OBSERVATIONS_UNAVAILABLE',
  'SESSIONS_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'CLOCK_DIFFERS',
  'UPGRADE_REQUIRED',
  'HISTORY_BROKEN',
  'STREAM_DELETED',
  'SLOW_CONSUMER',
  'GOING_AWAY',
] as const;
export type RequestErrorCode = (typeof REQUEST_ERROR_CODES)[number];
