import type { ProjectorStatus } from './status';

/** What a projector is doing, since when, and what has last been in its way. Once stopped it stays so. */
export class Condition {
  state: ProjectorStatus['state'] = 'idle';
  since: number;
  lastError: ProjectorStatus['lastError'];
  /** Whether queries are refused until the read model has been compared with the store. */
  private refuses = false;
  /** When it stopped being live, or `undefined` while it is. */
  private interruptedAt: number | undefined;
  private hasBeenLive = false;

  /** `resumes`: what is shown was up to date just now, by another's work. */
  constructor(
    private readonly clock: () => number,
    resumes = false,
  ) {
    this.since = clock();
    if (!resumes) return;
    this.hasBeenLive = true;
    this.interruptedAt = this.since;
  }

  become(state: ProjectorStatus['state']): void {
    if (this.state === 'stopped' || this.state === state) return;
    if (state === 'live') [this.hasBeenLive, this.interruptedAt, this.refuses] = [true, undefined, false];
    else this.interruptedAt ??= this.clock();
    this.state = state;
    this.since = this.clock();
  }

  /** For how long a stored event may have been missing from the read model, in ms; undefined: it has never been complete. */
  lagMs(unshownMs: () => number): number | undefined {
    if (!this.hasBeenLive) return undefined;
    return Math.max(unshownMs(), this.interruptedAt === undefined ? 0 : this.clock() - this.interruptedAt);
  }

  figures(): Pick<ProjectorStatus, 'state' | 'since' | 'lastError' | 'refuses'> {
    const { state, since, lastError, refuses } = this;
    return { state, since, lastError, refuses };
  }

  /** What the read model has shown may be gone: queries are refused until it is live again. */
  refuse(): void {
    this.refuses = true;
    if (this.state === 'live') this.become('retrying');
  }

  failed({ message }: Error): void {
    this.become('retrying');
    this.lastError = { message, at: this.clock() };
  }
}
