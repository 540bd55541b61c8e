import { LEASE_TTL_MS, type Lease, type Leases } from '../../src/coordination/lease';
import { MemoryLeases } from '../../src/coordination/memory-leases';
import { MemoryGenerations } from '../../src/read-model/memory-generations';
import type { ParkedRegistry, Generation, Generations, Parked, ResumePoint, ResumePoints } from '../../src/read-model/generations';

/** Leases between instances of one process: they run out when a test says so. */
export class SharedLeases implements Leases {
  private nowMs = 0;
  private readonly leases = new MemoryLeases(() => this.nowMs);

  lease(name = 'projecting'): Lease {
    return this.leases.lease(name);
  }

  runOut(): void {
    this.nowMs += LEASE_TTL_MS;
  }

  /** As if the holder had slept while it ran out, and this one had been there first. */
  pass(to: Lease): void {
    this.runOut();
    void to.hold(true);
  }

  /** Something that is not one of the instances has it. */
  taken(): void {
    this.pass(this.lease());
  }
}

export class SharedParkedRegistry implements ParkedRegistry {
  readonly entries = new Map<string, Parked>();

  async all(): Promise<readonly Parked[]> {
    return [...this.entries.values()];
  }

  async put(parked: Parked): Promise<void> {
    this.entries.set(parked.projectId, parked);
  }

  async remove(projectId: string): Promise<void> {
    this.entries.delete(projectId);
  }
}

/** Resume points of one generation, as Redis keeps them. */
export class SharedResumePoints {
  stored: { writer: object; point: ResumePoint } | undefined;

  /** As one instance sees them. */
  seat(): ResumePoints {
    const writer = {};
    return {
      load: async () => this.stored?.point,
      replace: async (point) => void (this.stored = { writer, point }),
      advance: async (change) => {
        if (this.stored?.writer !== writer) return false;
        this.stored = { writer, point: { ...change, projects: new Map([...this.stored.point.projects, ...change.projects]) } };
        return true;
      },
    };
  }
}

/** Generations that instances of one process share, with a lease and a board for each. */
export class SharedGenerations {
  readonly kept = new MemoryGenerations();
  private readonly leases = new SharedLeases();
  readonly registries = new Map<string, SharedParkedRegistry>();
  readonly resumePoints = new Map<string, SharedResumePoints>();

  /** As one instance sees them. */
  seat(): { readonly generations: Generations; readonly leases: Leases } {
    const { kept } = this;
    const open = async (id: string): Promise<Generation> => {
      const { readModel } = await kept.open(id);
      const parkedRegistry = this.registries.get(id) ?? new SharedParkedRegistry();
      this.registries.set(id, parkedRegistry);
      const resumePoints = this.resumePoints.get(id) ?? new SharedResumePoints();
      this.resumePoints.set(id, resumePoints);
      return { id, readModel, leaseName: id, parkedRegistry, resumePoints: resumePoints.seat() };
    };
    // What is shared outlives each of them.
    const own: Partial<Generations> = { open, close: async () => {} };
    const generations = new Proxy<Generations>(kept, {
      get(target, name: keyof Generations) {
        return own[name] ?? target[name]?.bind(target);
      },
    });
    return { generations, leases: this.leases };
  }
}
