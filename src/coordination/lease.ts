/** A right that one instance has at a time, for as long as it keeps renewing it. It saves work: what must not happen twice is guarded elsewhere. */
export interface Lease {
  /**
   * Takes or renews it for some seconds; answers whether it is held. `able`: whether this instance can do all of the work. One that cannot
   * yields to one that can. Rejects if the instances cannot be reached.
   */
  hold(able: boolean): Promise<boolean>;
  /** Lets go of it at once, if it is held. */
  release(): Promise<void>;
}

/** The leases that instances share. */
export interface Leases {
  /** The lease of this name as one holder sees it: each call makes another holder. */
  lease(name: string): Lease;
}

/** How long a lease is held without being renewed. An instance that looks every second has taken over within 5 s. */
export const LEASE_TTL_MS = 3_000;
