import { instantOf } from '../domain/instant';
import { WrongUse } from './verb';

/** The instant that an option names, in UTC milliseconds. Throws `WrongUse` where it names none. */
export function timeMsOf(option: string, text: string): number {
  const timeMs = instantOf(text);
  if (timeMs !== undefined) return timeMs;
  throw new WrongUse(
    `${option} takes a date, such as 2026-02-01 (its first instant in UTC), or an instant, such as 2026-02-01T09:30:00Z, not ${JSON.stringify(text)}.`,
  );
}

/** A point of a history: a revision, or a time. */
export type Point = { readonly revision: number } | { readonly time: string };

export function pointOf(option: string, text: string): Point {
  return /^\d{1,9}$/.test(text) ? { revision: Number(text) } : { time: timeOf(option, text) };
}

/** The same, as requests have it. */
export const timeOf = (option: string, text: string): string => new Date(timeMsOf(option, text)).toISOString();
