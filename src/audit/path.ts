/** One step into JSON: a member of an object, a place in a list, or the thing in a list that has this id. */
export type Step = { readonly member: string } | { readonly index: number } | { readonly id: string };

const BARE_MEMBER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
/** Begins with no digit, so that it is never taken for a place in the list. */
const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Whether things with such ids can be told apart in a path. */
export function isPathId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id);
}

/** `rule` and `rule.all`; a name that is no plain word is quoted: `defaultValue["é t"]`. */
export function memberPath(path: string, name: string): string {
  if (!BARE_MEMBER.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

/** `rule.all[1]` by place, `rows[r1]` by id. */
export function itemPath(path: string, item: number | string): string {
  return `${path}[${item}]`;
}

const STEP = /\.?([A-Za-z_$][A-Za-z0-9_$]*)|\[(?:("(?:[^"\\]|\\.)*")|(\d+)|([A-Za-z_][A-Za-z0-9_.-]*))\]/y;

/** Reads what the two functions above have written. */
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
