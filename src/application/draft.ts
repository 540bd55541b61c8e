import type { Envelope } from '../domain/event';
import type { ProjectState } from '../domain/project-state';
import { inSlices } from './in-slices';
import { isLong, judge, judging, type Case, type Court, type Ruling, type Verdict } from './judge';

/** The most commands of one append, so that the first of them does not wait for too many. */
export const GROUP = 256;

/** Commands decided one on top of the other, which are to be one append. None of it is true before the store has taken the events. */
export class Draft {
  private readonly verdicts: Verdict[] = [];
  private bytes = 0;
  private isFull = false;

  constructor(
    private readonly base: ProjectState,
    private readonly court: Court,
  ) {}

  /** How many commands it holds. */
  get size(): number {
    return this.verdicts.length;
  }

  /** The state behind it. */
  get state(): ProjectState {
    return this.verdicts.at(-1)?.state ?? this.base;
  }

  get expectedRevision(): number {
    return this.base.head.revision;
  }

  get events(): readonly Envelope[] {
    return this.verdicts.flatMap((verdict) => verdict.events);
  }

  outcome(index: number): Ruling {
    return (this.verdicts[index] as Verdict).outcome;
  }

  /**
   * Decides the command on top of those before it. False, and nothing has changed: it is full, the append would be too large with it, or
   * deciding it is long, which `addInSlices` does.
   */
  add(submitted: Case): boolean {
    if (this.isFull || this.size === GROUP || isLong(submitted)) return false;
    return this.take(judge(this.state, submitted, this.court));
  }

  /** The same, also for a command that takes long to decide; others have their turn meanwhile, but must not add to it. */
  async addInSlices(submitted: Case): Promise<boolean> {
    if (!isLong(submitted)) return this.add(submitted);
    if (this.isFull || this.size === GROUP) return false;
    return this.take(await inSlices(judging(this.state, submitted, this.court)));
  }

  private take(verdict: Verdict): boolean {
    this.isFull = this.bytes + verdict.bytes > this.court.appendLimit;
    if (this.isFull) return false;
    this.bytes += verdict.bytes;
    this.verdicts.push(verdict);
    return true;
  }
}
