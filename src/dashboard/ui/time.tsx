import { useEffect, useState } from 'react';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
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
