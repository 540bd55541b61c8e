/** What is wrong with one place of an input. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Whether a problem is about a place or a part of it, whichever way the index of a list is written. */
export function isAt(path: string, place: string): boolean {
  const dotted = path.replace(/\[([^\]]*)\]/g, '.$1');
  return dotted === place || dotted.startsWith(`${place}.`);
}
