const DAY_MS = 86_400_000;
const FILE = /^observations-(\d{4}-\d{2})\.db$/;

/** The UTC month of an instant, as `2026-11`. Months sort as texts. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** The first instant after the month. */
export function endOf(month: string): number {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return Date.UTC(year, number, 1);
}

/** The months in which something was received during the last days up to an instant, the newest first. */
export function monthsOfLastDays(ms: number, days: number): readonly string[] {
  const months: string[] = [];
  const oldest = monthOf(ms - days * DAY_MS);
  for (let month = monthOf(ms); month >= oldest; month = monthBefore(month)) months.push(month);
  return months;
}

/** Whether all that was received in the month is older than it has to be kept. */
export function isExpired(month: string, nowMs: number, keptDays: number): boolean {
  return endOf(month) <= nowMs - keptDays * DAY_MS;
}

export function fileOfMonth(month: string): string {
  return `observations-${month}.db`;
}

/** The months that there are files of, the oldest first. */
export function monthsOfFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).sort();
}

function monthBefore(month: string): string {
  return monthOf(endOf(month) - 45 * DAY_MS);
}
