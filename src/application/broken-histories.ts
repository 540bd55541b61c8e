import { DamagedRecord } from '../event-store/event-store';

export interface BrokenHistory {
  readonly projectId: string;
  readonly revision: number;
  readonly message: string;
  /** When it was first met, in UTC milliseconds. */
  readonly since: number;
}

/** More are counted, not kept: a damaged store may have any number. */
const MAX_KEPT = 1_000;
/** A history is read again at most so often to see whether it has been repaired. */
const RECHECK_MS = 10_000;

/**
 * The projects whose stored history could not be read when a command needed it. A project leaves the list as soon as its history is read
 * whole, by a command or by `recheck`.
 */
export class BrokenHistories {
  private readonly known = new Map<string, BrokenHistory>();
  private checkedAt = Number.NEGATIVE_INFINITY;
  private checking: Promise<void> | undefined;

  constructor(private readonly log: { error(fields: object, message: string): void; info(fields: object, message: string): void }) {}

  /** Passes the work's outcome on, and notes what it shows of the project's history. */
  async during<Result>(projectId: string, work: () => Promise<Result>): Promise<Result> {
    try {
      const result = await work();
      this.forget(projectId);
      return result;
    } catch (error) {
      if (error instanceof DamagedRecord) this.note(error);
      throw error;
    }
  }

  all(): readonly BrokenHistory[] {
    return [...this.known.values()];
  }

  /** Reads the histories on the list again, in the background, unless that was done a moment ago. */
  recheck(read: (projectId: string) => Promise<unknown>): void {
    const now = performance.now();
    if (this.known.size === 0 || this.checking !== undefined || now - this.checkedAt < RECHECK_MS) return;
    this.checkedAt = now;
    this.checking = this.readAgain(read).finally(() => (this.checking = undefined));
  }

  private async readAgain(read: (projectId: string) => Promise<unknown>): Promise<void> {
    for (const projectId of [...this.known.keys()]) {
      // An outage says nothing about the history; the next look may.
      await this.during(projectId, () => read(projectId)).catch(() => {});
    }
  }

  private note({ projectId, revision, message }: DamagedRecord): void {
    if (this.known.has(projectId) || this.known.size >= MAX_KEPT) return;
    const broken = { projectId, revision, message, since: Date.now() };
    this.known.set(projectId, broken);
    this.log.error(broken, 'the stored history of a project is damaged: its commands are refused');
  }

  private forget(projectId: string): void {
    if (this.known.delete(projectId)) this.log.info({ projectId }, 'the stored history of a project can be read whole again');
  }
}
