import type { Recorded } from '../event-store/event-store';
import { liveCounters } from '../evaluation/counter';
import type { Ruleset } from '../evaluation/ruleset';
import { ProjectCounters, type LiveCounter, type ProjectCountersOptions } from './project-counters';
import { NoSuchProject } from './kept-project';
import type { Rulesets } from './rulesets';

export interface LiveCountersOptions extends ProjectCountersOptions {
  readonly rulesets: () => Pick<Rulesets, 'current'>;
  /** Called with each failure of a store; the counters go on and ask it again. */
  readonly onFailure: (error: unknown) => void;
}

const LOOK_EVERY_MS = 1_000;

/**
 * What the live rules of all projects count (V6): kept as soon as a ruleset is compiled that needs it, dropped when none does, and filled in the
 * background from the observations, by one instance at a time. A user is filled once, also by the instance that follows one that ended.
 */
export class LiveCounters {
  private readonly projects = new Map<string, ProjectCounters>();
  /** Projects with events since the last look. */
  private readonly changed = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: LiveCountersOptions) {
    this.timer = setInterval(() => void this.work(), LOOK_EVERY_MS).unref();
  }

  /** A ruleset was compiled. */
  compiled(projectId: string, ruleset: Ruleset): void {
    let project = this.projects.get(projectId);
    if (project === undefined) this.projects.set(projectId, (project = new ProjectCounters(projectId, this.options)));
    project.want(liveCounters(ruleset));
    project.store().catch(this.options.onFailure);
  }

  /** See `ProjectCounters.after`. A ruleset of the project has been compiled before. */
  async after(projectId: string, receivedAt: number): Promise<readonly LiveCounter[]> {
    return (await this.projects.get(projectId)?.after(receivedAt)) ?? [];
  }

  /** See `ProjectCounters.storeAnew`. */
  storeAnew(): void {
    for (const project of this.projects.values()) project.storeAnew();
  }

  /** An observer of the projector: what a change needs is kept within a second, also where no app asks for values yet. */
  delivered(events: readonly Recorded[]): void {
    for (const { event } of events) this.changed.add(event.projectId);
  }

  /** Keeps what the newest rulesets need, and fills what is due. Never rejects. */
  async work(): Promise<void> {
    const changed = [...this.changed];
    this.changed.clear();
    for (const projectId of changed) await this.look(projectId);
    for (const project of this.projects.values()) {
      try {
        await project.store();
        await project.fill();
      } catch (error) {
        this.options.onFailure(error);
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([...this.projects.values()].map((project) => project.close()));
  }

  private async look(projectId: string): Promise<void> {
    try {
      await this.options.rulesets().current(projectId);
    } catch (error) {
      if (!(error instanceof NoSuchProject)) this.options.onFailure(error);
    }
  }
}
