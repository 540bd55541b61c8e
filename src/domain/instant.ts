import type * as zod from 'zod';

let schemas: { readonly date: zod.ZodType; readonly timestamp: zod.ZodType } | undefined;

/** Zod is loaded by the first text that is looked at: threads of stores load this module, and most of them need none of it. */
function isoSchemas(): NonNullable<typeof schemas> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { z } = require('zod') as typeof zod;
  return { date: z.iso.date(), timestamp: z.iso.datetime({ offset: true }) };
}

/** What is said to who gave something else. */
export const INSTANT_WORDS = 'a date that exists, such as "2026-02-28" or "2026-02-28T17:30:00Z"';

/**
 * The instant an ISO 8601 date (its first instant, in UTC) or timestamp (with its offset) stands for, in UTC milliseconds;
 * undefined for anything else. Not simply `Date.parse`: that takes 30 February for 2 March, and a time without an offset
 * for the server's own.
 */
export function instantOf(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const { date, timestamp } = (schemas ??= isoSchemas());
  return date.safeParse(text).success || timestamp.safeParse(text).success ? Date.parse(text) : undefined;
}
