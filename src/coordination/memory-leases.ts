import { LEASE_TTL_MS, type Lease, type Leases } from './lease';

interface Held {
  readonly holder: Lease;
  readonly isAble: boolean;
  readonly untilMs: number;
}

/** Leases between parts of one process. */
export class MemoryLeases implements Leases {
  private readonly held = new Map<string, Held>();

  /** `clockMs` only ever goes forward. */
  constructor(private readonly clockMs: () => number = () => performance.now()) {}

  lease(name: string): Lease {
    const lease: Lease = {
      hold: async (able) => {
        const now = this.clockMs();
        const held = this.held.get(name);
        if (held !== undefined && held.holder !== lease && held.untilMs > now && (held.isAble || !able)) return false;
        this.held.set(name, { holder: lease, isAble: able, untilMs: now + LEASE_TTL_MS });
        return true;
      },
      release: async () => {
        if (this.held.get(name)?.holder === lease) this.held.delete(name);
      },
    };
    return lease;
  }
}
