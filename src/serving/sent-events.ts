import { canonical, sha256, type Json } from '../domain/json';
import { kindOf } from '../domain/text';
import type { Pepper } from '../domain/user-key';
import { checkJson, type JsonBounds } from '../domain/value';
import type { Properties } from '../evaluation/user-record';
import type { UserEvent } from '../observations/observations';
import { checkedUserId, InvalidContext } from './context';
import { membersOf, readItems, shortText, TooLate, type SentItems, type TimeOf } from './sent-body';

export const MAX_EVENTS = 1_000;
const MAX_EVENT_NAME = 200;
const MAX_EVENT_ID = 200;
const MEMBERS: readonly string[] = ['id', 'user', 'event', 'at', 'properties'];
const BOUNDS: JsonBounds = {
  depth: 8,
  tooDeep: 'must have at most 8 lists and objects inside one another',
  bytes: 32 * 1024,
  tooLarge: 'must take at most 32 KiB as JSON',
};

export interface ReadBatchOptions {
  readonly projectId: string;
  readonly pepper: Pepper;
  readonly nowMs: number;
  /** How old an event may be. */
  readonly lateDays: number;
}

/** An event that was rejected because it came too late. */
export type LateEvent = Pick<UserEvent, 'user' | 'event'>;

export interface SentEvents extends SentItems<UserEvent> {
  readonly late: readonly LateEvent[];
}

/** `{"events": [{"id", "user", "event", "at", "properties"}], "sentAt"}` as an app sends it: see `readItems`. */
export function readBatch(body: unknown, options: ReadBatchOptions): SentEvents {
  const { nowMs, lateDays } = options;
  const late: LateEvent[] = [];
  const items = readItems(body, { list: 'events', limit: MAX_EVENTS, nowMs, lateDays }, (given, timeOf) =>
    readEvent(given, timeOf, options, late),
  );
  return { ...items, late };
}

function readEvent(given: unknown, timeOf: TimeOf, { projectId, pepper }: ReadBatchOptions, late: LateEvent[]): UserEvent {
  const { id, user, event, at, properties = {} } = membersOf(given, 'an event', MEMBERS);
  const key = pepper.keyOf(projectId, checkedUserId(user, 'user'));
  const name = shortText(event, 'event', MAX_EVENT_NAME);
  const time = at === undefined ? undefined : timeOrLate(at, timeOf, () => late.push({ user: key, event: name }));
  const checked = checkedProperties(properties);
  const content = canonical({
    event: name,
    ...(at !== undefined && { at: at as string }),
    properties: checked as { [name: string]: Json },
  });
  return {
    kind: 'event',
    user: key,
    // Of an event without id and time nothing says that it is another one's repetition.
    id: id === undefined ? madeId(content, at === undefined) : shortText(id, 'id', MAX_EVENT_ID),
    event: name,
    ...(time !== undefined && { at: time }),
    properties: checked,
    content: sha256(content),
  };
}

function timeOrLate(at: unknown, timeOf: TimeOf, onLate: () => void): number {
  try {
    return timeOf(at);
  } catch (error) {
    if (error instanceof TooLate) onLate();
    throw error;
  }
}

function madeId(content: string, isUnidentified: boolean): string {
  return `made:${sha256(isUnidentified ? `${crypto.randomUUID()}\n${content}` : content).slice(0, 32)}`;
}

function checkedProperties(properties: unknown): Properties {
  if (properties === null || typeof properties !== 'object' || Array.isArray(properties)) {
    throw new InvalidContext(`properties must be an object, not ${kindOf(properties)}`);
  }
  const [problem] = checkJson(properties, 'properties', BOUNDS);
  if (problem !== undefined) throw new InvalidContext(`${problem.path} ${problem.message}`);
  return properties as Properties;
}
