import { MemoryGenerations } from '../../src/read-model/memory-generations';
import type { Board, Generation, Generations, Lease, Parked } from '../../src/read-model/generations';

/** A lease between instances of one process: it runs out when a test says so. */
export class SharedLease {
  private holder: object | undefined;
  private holderIsAble = true;

  /** As one instance sees it. */
  seat(): Lease {
    const seat: Lease = {
      hold: async (able) => {
        if (this.holder !== undefined && this.holder !== seat && (this.holderIsAble || !able)) return false;
        this.holder = seat;
        this.holderIsAble = able;
        return true;
      },
      release: async () => {
        if (this.holder === seat) this.runOut();
      },
    };
    return seat;
  }

  runOut(): void {
    this.holder = undefined;
  }

  /** As if whoever holds it had slept while it ran out, and this one had been there first. */
  pass(to: Lease): void {
    this.holder = to;
  }

  /** Somebody who is not one of the instances has it. */
  taken(): void {
    this.holder = {};
    this.holderIsAble = true;
  }
}

export class SharedBoard implements Board {
  readonly posts = new Map<string, Parked>();

  async all(): Promise<readonly Parked[]> {
    return [...this.posts.values()];
  }

  async post(parked: Parked): Promise<void> {
    this.posts.set(parked.projectId, parked);
  }

  async clear(projectId: string): Promise<void> {
    this.posts.delete(projectId);
  }
}

/** Generations that instances of one process share, with a lease and a board for each. */
export class SharedGenerations {
  readonly kept = new MemoryGenerations();
  readonly leases = new Map<string, SharedLease>();
  readonly boards = new Map<string, SharedBoard>();

  /** As one instance sees them. */
  seat(): Generations {
    const { kept } = this;
    const open = async (id: string): Promise<Generation> => {
      const { readModel } = await kept.open(id);
      const lease = this.leases.get(id) ?? new SharedLease();
      const board = this.boards.get(id) ?? new SharedBoard();
      this.leases.set(id, lease);
      this.boards.set(id, board);
      return { id, readModel, lease: lease.seat(), board };
    };
    // What is shared outlives each of them.
    const own: Partial<Generations> = { open, close: async () => {} };
    return new Proxy<Generations>(kept, {
      get(target, name: keyof Generations) {
        return own[name] ?? target[name]?.bind(target);
      },
    });
  }
}
