/** A number of the data as a place on the page. */
export type Scale = (value: number) => number;

export function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const width = to - from || 1;
  return (value) => start + ((value - from) / width) * (end - start);
}

const STEPS = [1, 2, 2.5, 5, 10];

/** Round numbers over the whole of a range, about so many. */
export function ticks(from: number, to: number, count: number): readonly number[] {
  const raw = (to - from || Math.abs(to) || 1) / count;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * (STEPS.find((each) => each * size >= raw) ?? 10);
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** Every so many-th of the items, so that at most `most` are named; the first is one of them. */
export function everyNth<T>(items: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(items.length / Math.max(1, most)));
  return items.filter((_, at) => at % step === 0);
}
