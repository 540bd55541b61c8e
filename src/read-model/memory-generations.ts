import { BuildUnderWay, type Generation, type GenerationInfo, type Generations } from './generations';
import { createMemoryReadModel } from './memory';
import type { ReadModel } from './read-model';

interface Kept {
  readonly readModel: ReadModel;
  readonly version: string;
  readonly madeAt: number;
  built: boolean;
  retiredAt?: number;
  progress?: GenerationInfo['progress'];
}

/** Generations in the memory of the one process that reads them. */
export class MemoryGenerations implements Generations {
  private readonly generations = new Map<string, Kept>();
  private readonly lives = new Map<string, string>();
  private readonly previous = new Map<string, string>();
  private building: string | undefined;
  private made = 0;

  constructor(private readonly clock: () => number = Date.now) {}

  async live(version: string): Promise<string> {
    let id = this.lives.get(version);
    if (id === undefined) this.lives.set(version, (id = this.make(version)));
    return id;
  }

  async open(id: string): Promise<Generation> {
    return { id, readModel: this.of(id).readModel };
  }

  /** Nothing to free: all is kept here. */
  async release(): Promise<void> {}

  async begin(version: string): Promise<string> {
    if (this.building !== undefined) throw new BuildUnderWay(`Generation ${this.building} is being built already`);
    this.building = this.make(version);
    return this.building;
  }

  async report(id: string, progress: { readonly done: number; readonly total: number }): Promise<void> {
    this.of(id).progress = progress;
  }

  async built(id: string): Promise<void> {
    this.of(id).built = true;
  }

  async promote(version: string, id: string): Promise<void> {
    const before = this.lives.get(version);
    this.lives.set(version, id);
    if (this.building === id) this.building = undefined;
    if (before === undefined || before === id) return;
    this.of(before).retiredAt = this.clock();
    this.previous.set(version, before);
  }

  async rollBack(version: string): Promise<string | undefined> {
    const back = this.previous.get(version);
    if (back === undefined) return undefined;
    this.previous.delete(version);
    await this.promote(version, back);
    return back;
  }

  async forget(version: string): Promise<void> {
    this.previous.delete(version);
  }

  async list(): Promise<readonly GenerationInfo[]> {
    return Array.from(this.generations, ([id, { version, madeAt, built, progress }]) => {
      const state = this.stateOf(id);
      return { id, version, state, madeAt, built, ...(progress === undefined ? {} : { progress }) };
    });
  }

  async sweep(keepMs: number, graceMs: number): Promise<readonly string[]> {
    for (const [version, id] of this.previous) {
      if (this.clock() - (this.of(id).retiredAt ?? 0) >= keepMs) this.previous.delete(version);
    }
    const unused = [...this.generations.keys()].filter(
      (id) => this.stateOf(id) === 'UNUSED' && this.clock() - (this.of(id).retiredAt ?? 0) >= graceMs,
    );
    for (const id of unused) {
      await this.of(id).readModel.close();
      this.generations.delete(id);
    }
    return unused;
  }

  /** The build has failed: what there is of it is not needed. */
  async abandon(id: string): Promise<void> {
    if (this.building === id) this.building = undefined;
  }

  async close(): Promise<void> {
    for (const { readModel } of this.generations.values()) await readModel.close();
  }

  private stateOf(id: string): GenerationInfo['state'] {
    if ([...this.lives.values()].includes(id)) return 'LIVE';
    if ([...this.previous.values()].includes(id)) return 'KEPT';
    return this.building === id ? 'BUILDING' : 'UNUSED';
  }

  private make(version: string): string {
    const id = String((this.made += 1));
    this.generations.set(id, { readModel: createMemoryReadModel(), version, madeAt: this.clock(), built: false });
    return id;
  }

  private of(id: string): Kept {
    const kept = this.generations.get(id);
    if (kept === undefined) throw new Error(`there is no generation ${id}`);
    return kept;
  }
}
