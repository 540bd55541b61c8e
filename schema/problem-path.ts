/** A place in an input as the API writes all places: `rows[2].percentage`, where the domain says `rows.2.percentage`. */
export function apiPath(path: string): string {
  return path.replace(/\.(\d+)(?=\.|$)/g, '[$1]');
}

export function atApiPath<Placed extends { readonly path: string }>(placed: Placed): Placed {
  return { ...placed, path: apiPath(placed.path) };
}
