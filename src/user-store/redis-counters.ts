import type { KeptCounters } from './kept-counters';
import { keptIn, type Fields } from './redis-record';

/** From this age on the counters of a project are read again, beside what is asked. */
const FRESH_MS = 1_000;
/** Older ones are not used: a counter begins to count 10 s after it was first kept, and by then every instance knows of it. */
const USABLE_MS = 5_000;

interface Known {
  readonly kept: KeptCounters;
  readonly readAtMs: number;
}

/** The counters of projects as an instance knows them, from when it last read them. */
export class CachedCounters {
  private readonly known = new Map<string, Known>();
  private readonly reading = new Map<string, Promise<KeptCounters>>();

  constructor(private readonly read: (projectId: string) => Promise<Fields>) {}

  /** At most some seconds old; with `has`, read again if one that it needs is not among them. */
  async of(projectId: string, needed: readonly string[] = []): Promise<KeptCounters> {
    const known = this.known.get(projectId);
    const ageMs = known === undefined ? Infinity : performance.now() - known.readAtMs;
    if (known === undefined || ageMs > USABLE_MS) return this.readAgain(projectId);
    if (ageMs <= FRESH_MS) return known.kept;
    const again = this.readAgain(projectId);
    if (needed.some((id) => !known.kept.byId.has(id))) return again;
    // A failure is that of whatever asks next, once these are too old.
    again.catch(() => {});
    return known.kept;
  }

  /** What was just answered. */
  note(projectId: string, fields: Fields, askedAtMs: number): KeptCounters {
    const kept = keptIn(fields);
    const known = this.known.get(projectId);
    if (known === undefined || known.readAtMs <= askedAtMs) this.known.set(projectId, { kept, readAtMs: askedAtMs });
    return kept;
  }

  /** After a change of this instance. */
  forget(projectId: string): void {
    this.known.delete(projectId);
    this.reading.delete(projectId);
  }

  private readAgain(projectId: string): Promise<KeptCounters> {
    const under = this.reading.get(projectId);
    if (under !== undefined) return under;
    const askedAtMs = performance.now();
    const reading = this.read(projectId)
      .then((fields) => this.note(projectId, fields, askedAtMs))
      .finally(() => {
        if (this.reading.get(projectId) === reading) this.reading.delete(projectId);
      });
    this.reading.set(projectId, reading);
    return reading;
  }
}
