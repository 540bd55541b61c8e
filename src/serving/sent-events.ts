import { instantOf, INSTANT_WORDS } from '../domain/instant';
import { canonical, sha256, type Json } from '../domain/json';
import { kindOf, longerThan, LONE_SURROGATE } from '../domain/text';
import type { Pepper } from '../domain/user-key';
import { checkJson, type JsonBounds } from '../domain/value';
import type { Properties } from '../evaluation/user-record';
import type { UserEvent } from '../observations/observations';
import { checkedUserId, InvalidContext } from './context';

export const MAX_EVENTS = 1_000;
const MAX_EVENT_NAME = 200;
const MAX_EVENT_ID = 200;
const DAY_MS = 86_400_000;
/** A clock that is off by no more is taken as right. */
const CLOCK_SLACK_MS = 1_000;
const AHEAD_MS = 5 * 60_000;
const MEMBERS: readonly string[] = ['id', 'user', 'event', 'at', 'properties'];
const BOUNDS: JsonBounds = {
  depth: 8,
  tooDeep: 'must have at most 8 lists and objects inside one another',
  bytes: 32 * 1024,
  tooLarge: 'must take at most 32 KiB as JSON',
};

export interface Rejected {
  readonly index: number;
  readonly message: string;
}

export interface SentBatch {
  readonly events: readonly { readonly index: number; readonly event: UserEvent }[];
  readonly rejected: readonly Rejected[];
}

export interface ReadBatchOptions {
  readonly projectId: string;
  readonly pepper: Pepper;
  readonly nowMs: number;
  /** How old an event may be. */
  readonly lateDays: number;
}

/** One event cannot be used; the message is for the client. */
class InvalidEvent extends Error {}

/**
 * `{"events": [{"id", "user", "event", "at", "properties"}], "sentAt"}` as an app sends it. An event that is wrong is rejected by its index, the others are
 * taken. Throws `InvalidContext` where the batch itself is wrong.
 */
export function readBatch(body: unknown, options: ReadBatchOptions): SentBatch {
  const { events, sentAt } = membersOf(body);
  if (!Array.isArray(events)) throw new InvalidContext(`events must be a list, not ${kindOf(events)}`);
  if (events.length > MAX_EVENTS) throw new InvalidContext(`events has ${events.length} events: send at most ${MAX_EVENTS} at a time`);
  const sent = sentAt === undefined ? options.nowMs : instantOf(sentAt);
  if (sent === undefined) throw new InvalidContext(`sentAt must be ${INSTANT_WORDS}`);
  const moved = Math.abs(options.nowMs - sent) > CLOCK_SLACK_MS ? options.nowMs - sent : 0;
  const batch = { events: [] as { index: number; event: UserEvent }[], rejected: [] as Rejected[] };
  for (const [index, given] of events.entries()) {
    try {
      batch.events.push({ index, event: readEvent(given, moved, options) });
    } catch (error) {
      if (!(error instanceof InvalidEvent || error instanceof InvalidContext)) throw error;
      batch.rejected.push({ index, message: `${error.message}.` });
    }
  }
  return batch;
}

function membersOf(body: unknown): { readonly events?: unknown; readonly sentAt?: unknown } {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new InvalidContext(`the body must be an object, not ${kindOf(body)}`);
  }
  const unknown = Object.keys(body).find((name) => name !== 'events' && name !== 'sentAt');
  if (unknown !== undefined) throw new InvalidContext(`the body may have events and sentAt, not ${JSON.stringify(unknown.slice(0, 100))}`);
  return body;
}

function readEvent(given: unknown, movedMs: number, { projectId, pepper, nowMs, lateDays }: ReadBatchOptions): UserEvent {
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw new InvalidEvent(`an event must be an object, not ${kindOf(given)}`);
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined)
    throw new InvalidEvent(`an event has ${MEMBERS.join(', ')}, and no member ${JSON.stringify(unknown.slice(0, 100))}`);
  const { id, user, event, at, properties = {} } = given as { readonly [name: string]: unknown };
  const key = pepper.keyOf(projectId, checkedUserId(user, 'user'));
  const name = shortText(event, 'event', MAX_EVENT_NAME);
  const time = at === undefined ? undefined : timeOf(at, movedMs, nowMs, lateDays);
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

function madeId(content: string, isUnidentified: boolean): string {
  return `made:${sha256(isUnidentified ? `${crypto.randomUUID()}\n${content}` : content).slice(0, 32)}`;
}

function timeOf(at: unknown, movedMs: number, nowMs: number, lateDays: number): number {
  const given = instantOf(at);
  if (given === undefined) throw new InvalidEvent(`at must be ${INSTANT_WORDS}`);
  const time = given + movedMs;
  if (time < nowMs - lateDays * DAY_MS) throw new InvalidEvent(`at is more than ${lateDays} days ago (LATE_DAYS)`);
  return time > nowMs + AHEAD_MS ? nowMs : time;
}

function checkedProperties(properties: unknown): Properties {
  if (properties === null || typeof properties !== 'object' || Array.isArray(properties)) {
    throw new InvalidEvent(`properties must be an object, not ${kindOf(properties)}`);
  }
  const [problem] = checkJson(properties, 'properties', BOUNDS);
  if (problem !== undefined) throw new InvalidEvent(`${problem.path} ${problem.message}`);
  return properties as Properties;
}

function shortText(text: unknown, name: string, limit: number): string {
  if (typeof text !== 'string') throw new InvalidEvent(`${name} must be a text, not ${kindOf(text)}`);
  if (text === '') throw new InvalidEvent(`${name} must not be empty`);
  if (longerThan(text, limit)) throw new InvalidEvent(`${name} must have at most ${limit} characters`);
  if (LONE_SURROGATE.test(text)) throw new InvalidEvent(`${name} must not have half a character (a lone surrogate)`);
  return text;
}
