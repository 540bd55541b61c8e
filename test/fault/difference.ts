const SHOWN = 2_000;

/** Where two texts part, in words for anyone who reads a failed test: the first line that differs, from just before its first other character. */
export function difference(one: string, other: string): string {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const line = a.findIndex((text, at) => text !== b[at]);
  const [left, right] = [a[line] ?? '', b[line] ?? ''];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const from = Math.max(0, at - 100);
  return `line ${line + 1}, character ${at}: ${left.slice(from, from + SHOWN)}\n\nbut\n\n${right.slice(from, from + SHOWN)}`;
}
