import type { Observations, Tally, TallyKind } from '../observations/observations';

/** How long what was counted waits before it is written. */
const FLUSH_MS = 500;
/** Names that wait at a time, for when the store is away: beyond them nothing new is counted until it is back. */
const MAX_PENDING = 10_000;
const RETRY_MS = 5_000;

export interface TalliesOptions {
  readonly observations: Pick<Observations, 'tally'>;
  /** It could not be written: it is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** Counts what concerns the results of experiments and is no user's, and writes it shortly after. */
export class Tallies {
  /** By project, then by kind, subject and name. */
  private pending = new Map<string, Map<string, Tally>>();
  private size = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: TalliesOptions) {}

  note(projectId: string, kind: TallyKind, subject: string, name: string, count = 1): void {
    this.add(projectId, { kind, subject, name, count });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Writes what waits. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { pending } = this;
    this.pending = new Map();
    this.size = 0;
    for (const [projectId, tallies] of pending) {
      const list = [...tallies.values()];
      try {
        await this.options.observations.tally(projectId, list);
      } catch (error) {
        this.options.onFailure(error);
        for (const tally of list) this.add(projectId, tally);
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS).unref();
      }
    }
  }

  private add(projectId: string, tally: Tally): void {
    const ofProject = this.pending.get(projectId) ?? new Map<string, Tally>();
    const key = `${tally.kind}\n${tally.subject}\n${tally.name}`;
    const known = ofProject.get(key);
    if (known === undefined && this.size >= MAX_PENDING) return;
    if (known === undefined) this.size += 1;
    this.pending.set(projectId, ofProject.set(key, { ...tally, count: tally.count + (known?.count ?? 0) }));
  }
}
