const BARE_MEMBER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
/** Begins with no digit, so that it is never taken for a place in the list. */
const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Whether things with such ids can be distinguished in a path. */
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
