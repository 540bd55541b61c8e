import type { Check } from './health';
import { counted } from '../domain/text';

/** What the check looks at: the read side, as far as it knows itself. */
export interface CheckedReadSide {
  /** Why there is nothing yet to be read. */
  readonly obstacle?: string;
  status():
    | {
        readonly state: string;
        readonly serving: boolean;
        readonly leads: boolean;
        readonly behind: number;
        readonly refuses: boolean;
        readonly lagMs?: number;
        readonly upgradeRequired: number;
        readonly lastError?: { readonly message: string; readonly at: number };
        readonly progress?: { readonly done: number; readonly total: number };
        readonly parked: readonly { readonly reason: string }[];
      }
    | undefined;
}

/**
 * Whether queries show what has been written, at most `lagLimitMs` late, and if not, why not. Which projects are parked, since when and why, is for instance
 * admins.
 */
export function readModelCheck(readSide: CheckedReadSide, lagLimitMs: number): Check {
  const name = 'read model';
  const status = readSide.status();
  if (status === undefined)
    return { name, ok: false, detail: readSide.obstacle ? 'it cannot be reached: see the log' : 'it is being opened' };
  const { state, serving, leads, behind, refuses, lagMs, upgradeRequired, lastError, progress, parked } = status;
  const late = lagMs === undefined || lagMs > lagLimitMs;
  const particulars = { leads, behind, ...(lagMs === undefined ? {} : { lagMs }), parked, ...(lastError ? { lastError } : {}) };
  const detail = (): string => {
    if (parked.length > 0) {
      const kinds = [...new Set(parked.map(({ reason }) => reason))].join(', ');
      return `${counted(parked.length, 'project')} ${parked.length === 1 ? 'is' : 'are'} parked at an event that could not be taken (${kinds})`;
    }
    if (upgradeRequired > 0)
      return `${counted(upgradeRequired, 'project')} ${upgradeRequired === 1 ? 'has' : 'have'} events of a newer version: this instance must be upgraded to write to them`;
    if (!serving && progress) return `being built: ${progress.done} of ${progress.total} events`;
    if (refuses || (late && state !== 'live')) return lastError === undefined ? state : `${state}: see the log`;
    if (late) return `what was written more than ${lagLimitMs / 1_000} s ago is not shown yet`;
    return 'up to date';
  };
  return { name, ok: serving && !refuses && !late && parked.length === 0 && upgradeRequired === 0, detail: detail(), particulars };
}
