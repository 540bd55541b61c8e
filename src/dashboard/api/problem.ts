/** What is wrong with one place of an input. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Whether a problem is about a place or a part of it, whichever way the index of a list is written. */
export function isAt(path: string, place: string): boolean {
  const [whole, part] = [dotted(path), dotted(place)];
  return whole === part || whole.startsWith(`${part}.`);
}

/** What is wrong at a place or below it, except where the page says it at a smaller place. */
export function problemAt(problems: readonly Problem[], place: string, except: readonly string[] = []): string | undefined {
  return problems.find(({ path }) => isAt(path, place) && !except.some((smaller) => isAt(path, smaller)))?.message;
}

function dotted(path: string): string {
  return path.replace(/\[([^\]]*)\]/g, '.$1');
}
