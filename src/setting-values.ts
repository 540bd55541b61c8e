import { z } from 'zod';

/* How single settings are read: each takes the text of a variable. */

export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, message);
}

export const oneOf = { error: (issue: { values?: unknown }) => `must be one of ${(issue.values as string[]).join(', ')}` };

export const trueOrFalse = z.enum(['true', 'false'], oneOf).transform((value) => value === 'true');

export const origins: z.ZodType<readonly string[], string> = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => origin === '*' || isOrigin(origin)),
    'must be a list of origins such as https://app.example.com, separated by commas, or *',
  );

/** A URL at another server, such as that of its keys. */
export const webUrl: z.ZodType<URL | undefined, string> = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const local = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return url;
  context.addIssue({ code: 'custom', message: 'must be an https: URL (http: only on this machine)' });
  return z.NEVER;
});

/** The URL of this server, which is at the root of an origin. */
export const publicUrl: z.ZodType<URL | undefined, string> = z
  .string()
  .refine((text) => isOrigin(text.replace(/\/$/, '')), 'must be an origin such as https://ledger.example.com, without a path')
  .transform((text) => new URL(text));

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** A setting as it may be shown: user names and passwords in URLs are not. */
export function masked(value: string): string {
  return value.replace(/\/\/.*@/, '//***@').slice(0, 200);
}
