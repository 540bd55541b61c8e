import type { Json } from './json';

/**
 * Rules about input have become stricter since some things were stored. What is stored stays as it is and goes on being read; a command that gives it again
 * leaves it as it is, and only what is new must fit today's rules.
 */

/** Whether what is given says what is stored, member for member. What is given may be of any shape; absent members are those that are null or undefined. */
export function leavesAsItIs(stored: Json, given: unknown): boolean {
  if (stored === null || typeof stored !== 'object') return stored === given;
  if (given === null || typeof given !== 'object' || Array.isArray(given) !== Array.isArray(stored)) return false;
  const members = Object.entries(given).filter(([, member]) => member !== null && member !== undefined);
  const known = stored as { readonly [name: string]: Json };
  return (
    members.length === Object.values(known).filter((member) => member !== null).length &&
    members.every(([name, member]) => Object.hasOwn(known, name) && leavesAsItIs(known[name] as Json, member))
  );
}

/** Whether the number is anywhere in what is stored. */
export function hasNumber(stored: unknown, wanted: number): boolean {
  const left = [stored];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (value === wanted) return true;
    if (value !== null && typeof value === 'object') for (const member of Object.values(value)) left.push(member ?? null);
  }
  return false;
}
