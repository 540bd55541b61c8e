import type { Check } from './health';

/** Whether what was last asked of the event store was answered: appends, and reads of a project's events. */
export function eventStoreCheck(failing: readonly { readonly operation: string; readonly since: number }[]): Check {
  const name = 'event store';
  if (failing.length === 0) return { name, ok: true, detail: 'answers' };
  const what = failing.map(({ operation, since }) => `${operation} fails since ${new Date(since).toISOString()}`).join(', ');
  return { name, ok: false, detail: `${what}: see the log` };
}
