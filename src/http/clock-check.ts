import type { Check } from './health';

/** Whether this machine's clock may date what is written. */
export function clockCheck(problem: Error | undefined): Check {
  return { name: 'clock', ok: problem === undefined, detail: problem === undefined ? 'right' : `nothing is written: ${problem.message}` };
}
