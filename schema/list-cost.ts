/**
 * What a list inside a document costs: its items' cost times as many items as such a list is taken to hold. These lists have no `first`, and what an
 * operation costs is known before anything is read. Their bounds would be no measure: hardly any flag has the 100 rows that it may have.
 */
export function listOf(items: number): (estimate: { readonly childComplexity: number }) => number {
  return ({ childComplexity }) => 1 + items * childComplexity;
}
