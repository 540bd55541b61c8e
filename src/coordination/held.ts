import type { Lease } from './lease';

/** Keeps the lease from running out: it lasts three times as long. */
const RENEW_MS = 1_000;

/**
 * Does the work while this instance holds the lease, and lets go of it afterwards; answers false, and does nothing, where another instance has it.
 * `isHeld` becomes false when it was lost meanwhile, or could not be renewed: the work is to end then, since another instance may go on with it.
 * Rejects as the lease and the work do.
 */
export async function whileHeld(lease: Lease, work: (isHeld: () => boolean) => Promise<void>): Promise<boolean> {
  if (!(await lease.hold(true))) return false;
  let held = true;
  const lose = (): void => void (held = false);
  const timer = setInterval(() => void lease.hold(true).then((still) => still || lose(), lose), RENEW_MS);
  try {
    await work(() => held);
  } finally {
    clearInterval(timer);
    // One that cannot be let go of runs out by itself.
    await lease.release().catch(lose);
  }
  return true;
}
