import { useEffect, useState } from 'react';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
/** As the reader's browser writes dates and times: which number of 6/7 is the month differs from reader to reader. */
const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(undefined, options);
const exact = format({ dateStyle: 'medium', timeStyle: 'medium' });
const clock = format({ timeStyle: 'short' });
const day = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = format({ day: 'numeric', month: 'short', timeZone: 'UTC' });
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
const MINUTE_MS = 60_000;

export function agoText(instant: string, nowMs: number): string {
  const pastMs = nowMs - Date.parse(instant);
  const [unit, unitMs] = STEPS.find(([, sizeMs]) => pastMs >= sizeMs) ?? ['second', 1_000];
  return unit === 'second' ? 'just now' : relative.format(-Math.floor(pastMs / unitMs), unit);
}

export function exactTime(instant: string): string {
  return exact.format(new Date(instant));
}

/** The hour and the minute. */
export function clockTime(instant: string): string {
  return clock.format(new Date(instant));
}

/** The day where the reader is, as a heading. */
export function dayTitle(instant: string): string {
  return day.format(new Date(instant));
}

/** A day that is counted in UTC, beside others of its year. */
export function utcDay(timeMs: number): string {
  return shortDay.format(timeMs);
}

/** The minute, as a field for a date and a time takes it: where the reader is. */
export function minuteText(instant: string): string {
  const time = new Date(instant);
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);
}

/** How long ago; the exact time is shown to those who point at it. */
export function Ago({ at }: { at: string }) {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exactTime(at)}>
      {agoText(at, nowMs)}
    </time>
  );
}
