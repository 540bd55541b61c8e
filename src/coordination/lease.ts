/** A right that one instance has at a time, for as long as it keeps renewing it. It saves work: what must not happen twice is guarded elsewhere. */
export interface Lease {
  /**
   * Takes or renews it for some seconds; answers whether it is held. `able`: whether this instance can do all of the work. One that cannot
   * yields to one that can. Rejects if the instances cannot be reached.
   */
  hold(able: boolean): Promise<boolean>;
  /** Releases it at once, if it is held. */
  release(): Promise<void>;
}

/** The leases that instances share. */
export interface Leases {
  /** The lease of this name as one holder sees it: each call makes another holder. */
  lease(name: string): Lease;
}

/** How long a lease is held without being renewed. An instance that looks every second has taken over within 5 s. */
export const LEASE_TTL_MS = 3_000;

/** Keeps the lease from running out: it lasts three times as long. */
const RENEW_MS = 1_000;

/**
 * Does the work while this instance holds the lease, and releases it afterwards; answers false, and does nothing, where another instance has it.
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
    // One that cannot be released runs out by itself.
    await lease.release().catch(lose);
  }
  return true;
}
