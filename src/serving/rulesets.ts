import { LRUCache } from 'lru-cache';
import { inSlices } from '../concurrency/in-slices';
import { Limiter } from '../concurrency/limiter';
import type { Envelope } from '../domain/event';
import type { Folded } from '../domain/project-state';
import { checkProjectId } from '../domain/text';
import { compileSteps, type Ruleset } from '../evaluation/ruleset';
import type { Recorded } from '../event-store/event-store';
import { KeptProject, NoSuchProject, type KeptProjectOptions } from './kept-project';
import { follow, UNREAD } from './project-progress';

export interface RulesetsOptions extends KeptProjectOptions {
  /** How many projects are kept compiled. */
  readonly projectsKept: number;
}

/** Questions about the past that are worked on at a time, and that may wait: each reads a history from its beginning. */
const PAST_LIMITS = { atOnce: 2, waiting: 500 };

/**
 * The rulesets of the projects that values are asked of: read from the event store when a project is first asked for, and kept up to date by what the
 * projector's subscription delivers. A ruleset is compiled when it is asked for, and reuses what the events since have not changed.
 */
export class Rulesets {
  private readonly projects: LRUCache<string, KeptProject>;
  private readonly pastLimiter = new Limiter(PAST_LIMITS);

  constructor(private readonly options: RulesetsOptions) {
    this.projects = new LRUCache({ max: options.projectsKept });
  }

  /** The newest that this instance has. Rejects with `NoSuchProject`, or as the event store does if the project has not been read yet. */
  async current(projectId: string): Promise<Ruleset> {
    if (checkProjectId(projectId, '').length > 0) throw new NoSuchProject(projectId);
    const kept = this.projects.get(projectId) ?? this.keep(projectId);
    await kept.read();
    return kept.ruleset();
  }

  /** The same where it is at hand; undefined: it has to be read or compiled, or there is none. */
  atHand(projectId: string): Ruleset | undefined {
    return this.projects.get(projectId)?.atHand();
  }

  /**
   * The newest, which has all that was stored a few seconds ago. Rejects as `current` does, and with `HeadUnconfirmed` where the event store has not
   * said for so long that there is nothing newer.
   */
  async confirmed(projectId: string): Promise<Ruleset> {
    await this.current(projectId);
    await this.projects.get(projectId)?.head.assertConfirmed();
    return this.current(projectId);
  }

  /** The newest, once it has this revision or a later one; undefined: it does not come in time. */
  async at(projectId: string, revision: number, waitMs: number): Promise<Ruleset | undefined> {
    const ruleset = await this.current(projectId);
    if (ruleset.revision >= revision) return ruleset;
    await this.projects.get(projectId)?.reached(revision, waitMs);
    const newest = await this.current(projectId);
    return newest.revision >= revision ? newest : undefined;
  }

  /**
   * As the project was after these events, which are its first ones. It is compiled in slices, and only a few such questions are answered at a time. Rejects
   * with `NoSuchProject` if there are none, with `TooManyWaiting`, and as the reading of the events does.
   */
  async past(projectId: string, events: AsyncIterable<Envelope>): Promise<Ruleset> {
    return this.pastLimiter.run(async () => {
      let progress = UNREAD;
      for await (const event of events) progress = follow(projectId, progress, event, this.options.upcast);
      if (progress === UNREAD) throw new NoSuchProject(projectId);
      return inSlices(compileSteps(progress.state, progress.servingRevision));
    });
  }

  /** What this instance's own commands led to: it need not be folded again. What else was stored comes with `delivered`, as these do once more. */
  folded(folded: readonly Folded[]): void {
    for (const one of folded) this.projects.peek(one.event.projectId)?.takeFolded(one);
  }

  /** An observer of the projector. */
  delivered(events: readonly Recorded[]): void {
    for (const { event } of events) this.projects.peek(event.projectId)?.take(event);
  }

  /** The same: another instance may have projected what this one's subscription brought as history. */
  projected(projectId: string, { revision }: { readonly revision: number }): void {
    this.projects.peek(projectId)?.behind(revision);
  }

  /** The same: nothing of what was read need be in the event store any more. */
  restored(): void {
    this.projects.clear();
  }

  private keep(projectId: string): KeptProject {
    const kept: KeptProject = new KeptProject(projectId, this.options, () => {
      if (this.projects.peek(projectId) === kept) this.projects.delete(projectId);
    });
    this.projects.set(projectId, kept);
    return kept;
  }
}
