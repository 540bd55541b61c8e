import { z } from 'zod';

const DATE = z.iso.date();
const TIMESTAMP = z.iso.datetime({ offset: true });

/** What is said to who gave something else. */
export const INSTANT_WORDS = 'a date that exists, such as "2026-02-28" or "2026-02-28T17:30:00Z"';

/**
 * The instant an ISO 8601 date (its first instant, in UTC) or timestamp (with its offset) stands for, in UTC milliseconds;
 * undefined for anything else. Not simply `Date.parse`: that takes 30 February for 2 March, and a time without an offset
 * for the server's own.
 */
export function instantOf(text: unknown): number | undefined {
  return DATE.safeParse(text).success || TIMESTAMP.safeParse(text).success ? Date.parse(text as string) : undefined;
}
