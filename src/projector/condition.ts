import type { ProjectorStatus } from './status';

/** What a projector is doing, since when, and what has last been in its way. Once stopped it stays so. */
export class Condition {
  state: ProjectorStatus['state'] = 'idle';
  since: number;
  lastError: ProjectorStatus['lastError'];

  constructor(private readonly clock: () => number) {
    this.since = clock();
  }

  become(state: ProjectorStatus['state']): void {
    if (this.state === 'stopped' || this.state === state) return;
    this.state = state;
    this.since = this.clock();
  }

  failed({ message }: Error): void {
    this.become('retrying');
    this.lastError = { message, at: this.clock() };
  }
}
