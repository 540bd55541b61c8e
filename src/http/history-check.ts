import type { Check } from './health';

/** Whether the stored history of each project that a command was sent to could be read whole. */
export function historyCheck(broken: readonly { readonly projectId: string; readonly message: string }[]): Check {
  const name = 'histories';
  if (broken.length === 0) return { name, ok: true, detail: 'every history that was asked for is whole' };
  return {
    name,
    ok: false,
    detail: `${broken.length} ${broken.length === 1 ? 'project has a history' : 'projects have a history'} that is stored damaged (HISTORY_BROKEN): see the log`,
    particulars: { broken: broken.slice(0, 100) },
  };
}
