/** One step into JSON: a member of an object, a place in a list, or the thing in a list that has this id. */
export type Step = { readonly member: string } | { readonly index: number } | { readonly id: string };

const STEP = /\.?([A-Za-z_$][A-Za-z0-9_$]*)|\[(?:("(?:[^"\\]|\\.)*")|(\d+)|([A-Za-z_][A-Za-z0-9_.-]*))\]/y;

/** Reads the path of a difference, as `src/audit/align.ts` writes it. */
export function parsePath(path: string): readonly Step[] {
  const steps: Step[] = [];
  for (STEP.lastIndex = 0; STEP.lastIndex < path.length;) {
    const match = STEP.exec(path);
    if (!match) throw new Error(`this is no path of a difference: ${path}`);
    const [, bare, quoted, index, id] = match;
    if (bare !== undefined) steps.push({ member: bare });
    else if (quoted !== undefined) steps.push({ member: JSON.parse(quoted) as string });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else steps.push({ id: id as string });
  }
  return steps;
}
