import { instantOf, INSTANT_WORDS } from '../domain/instant';
import { kindOf, LONE_SURROGATE, longerThan } from '../domain/text';
import { InvalidContext } from './context';

const DAY_MS = 86_400_000;
/** A clock that is off by no more is taken as right. */
const CLOCK_SLACK_MS = 1_000;
const AHEAD_MS = 5 * 60_000;

/** What an app sent is too old to be taken. */
export class TooLate extends InvalidContext {}

/** The members of an object that may have these and no others. `what` names it in messages. Throws `InvalidContext`. */
export function membersOf(given: unknown, what: string, names: readonly string[]): { readonly [name: string]: unknown } {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidContext(`${what} must be an object, not ${kindOf(given)}`);
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new InvalidContext(`${what} may have ${names.join(', ')}, and no member ${JSON.stringify(unknown.slice(0, 100))}`);
  }
  return given as { readonly [name: string]: unknown };
}

/** A text that is not empty and has at most so many characters. Throws `InvalidContext`. */
export function shortText(text: unknown, name: string, limit: number): string {
  if (typeof text !== 'string') throw new InvalidContext(`${name} must be a text, not ${kindOf(text)}`);
  if (text === '') throw new InvalidContext(`${name} must not be empty`);
  if (longerThan(text, limit)) throw new InvalidContext(`${name} must have at most ${limit} characters`);
  if (LONE_SURROGATE.test(text)) throw new InvalidContext(`${name} must not have half a character (a lone surrogate)`);
  return text;
}

export interface Rejected {
  readonly index: number;
  readonly message: string;
}

export interface SentItems<Item> {
  readonly items: readonly { readonly index: number; readonly item: Item }[];
  readonly rejected: readonly Rejected[];
}

export interface BatchOptions {
  /** The member that has the list. */
  readonly list: string;
  readonly limit: number;
  readonly nowMs: number;
  /** How old what an app sends may be. */
  readonly lateDays: number;
}

/** The time that an app gave as `at`, by this server's clock. Throws `InvalidContext`. */
export type TimeOf = (at: unknown) => number;

/**
 * `{<list>: [...], "sentAt"}` as an app sends it. An item that is wrong is rejected by its index, the others are taken. Throws `InvalidContext` where the
 * batch itself is wrong.
 */
export function readItems<Item>(
  body: unknown,
  { list, limit, nowMs, lateDays }: BatchOptions,
  readItem: (given: unknown, timeOf: TimeOf) => Item,
): SentItems<Item> {
  const { [list]: given, sentAt } = membersOf(body, 'the body', [list, 'sentAt']);
  if (!Array.isArray(given)) throw new InvalidContext(`${list} must be a list, not ${kindOf(given)}`);
  if (given.length > limit) throw new InvalidContext(`${list} has ${given.length} items: send at most ${limit} at a time`);
  const sent = sentAt === undefined ? nowMs : instantOf(sentAt);
  if (sent === undefined) throw new InvalidContext(`sentAt must be ${INSTANT_WORDS}`);
  const movedMs = Math.abs(nowMs - sent) > CLOCK_SLACK_MS ? nowMs - sent : 0;
  const timeOf: TimeOf = (at) => movedTime(at, movedMs, nowMs, lateDays);
  const items: { index: number; item: Item }[] = [];
  const rejected: Rejected[] = [];
  for (const [index, one] of (given as readonly unknown[]).entries()) {
    try {
      items.push({ index, item: readItem(one, timeOf) });
    } catch (error) {
      if (!(error instanceof InvalidContext)) throw error;
      rejected.push({ index, message: `${error.message}.` });
    }
  }
  return { items, rejected };
}

function movedTime(at: unknown, movedMs: number, nowMs: number, lateDays: number): number {
  const given = instantOf(at);
  if (given === undefined) throw new InvalidContext(`at must be ${INSTANT_WORDS}`);
  const time = given + movedMs;
  if (time < nowMs - lateDays * DAY_MS) throw new TooLate(`at is more than ${lateDays} days ago (LATE_DAYS)`);
  return time > nowMs + AHEAD_MS ? nowMs : time;
}
