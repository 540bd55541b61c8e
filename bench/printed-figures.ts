export interface Metric {
  readonly value: number;
  readonly better: 'higher' | 'lower';
}

const RATE = /([\d,.]+)(?: events)?\/s/;
const P99 = /p99 +([\d,.]+) ms/;

/**
 * The figures in what a benchmark prints: of each line its rate, or where it has none its p99. A line's name is the text before its
 * first gap or colon, but for a colon in brackets; that of an indented line follows the name of the line above. A
 * name that comes again has its number behind it.
 */
export function figuresOf(printed: string): ReadonlyMap<string, Metric> {
  const figures = new Map<string, Metric>();
  const seen = new Map<string, number>();
  let above = '';
  for (const line of printed.split('\n')) {
    const name = line.trim().split(/ {2,}|: (?![^(]*\))/)[0] ?? '';
    const isIndented = line.startsWith('  ');
    if (!isIndented) above = name;
    const rate = RATE.exec(line);
    const found = rate ?? P99.exec(line);
    if (found === null || name === '') continue;
    const label = isIndented ? `${above} > ${name}` : name;
    const times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    figures.set(times === 1 ? label : `${label} (${times})`, {
      value: Number(found[1]?.replaceAll(',', '')),
      better: rate ? 'higher' : 'lower',
    });
  }
  return figures;
}
