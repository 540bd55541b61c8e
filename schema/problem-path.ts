/** A place in an input as the API writes all places: `rows[2].percentage`, where the domain says `rows.2.percentage`. */
export function apiPath(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** What is said of a place, as a sentence by itself. One that is a sentence already stays as it is. */
function sentenceOf(message: string): string {
  const begun = /^(?:must|is)\b/.test(message) ? `It ${message}` : message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** A problem as the API shows it. */
export function shownProblem<Placed extends { readonly path: string; readonly message: string }>(problem: Placed): Placed {
  return { ...problem, path: apiPath(problem.path), message: sentenceOf(problem.message) };
}

/** The place alone. */
export function atApiPath<Placed extends { readonly path: string }>(placed: Placed): Placed {
  return { ...placed, path: apiPath(placed.path) };
}
