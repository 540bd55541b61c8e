import type { Lease } from '../coordination/lease';
import type { ParkedRegistry, Parked } from '../read-model/generations';
import { ReadModelUnavailable } from '../read-model/read-model';
import type { ParkedProjects } from './parked-projects';
import type { ProjectorLog } from './status';

export interface LeaderElectionOptions {
  readonly lease: Lease;
  readonly parkedRegistry: ParkedRegistry;
  readonly parking: ParkedProjects;
  readonly log: ProjectorLog;
  /** Whether this instance knows every event type that it has seen. */
  readonly canProject: () => boolean;
  /** Whether it has caught up, so that a project it has not parked is known to be projected. */
  readonly isLive: () => boolean;
  /** Called when this instance has become leader or has lost leadership. */
  readonly onChange: () => void;
  /** Called when another instance has removed a project that this instance parked from the registry: it must be retried. */
  readonly onUnpark: (projectId: string) => Promise<unknown>;
  /** Called for each project that the leader has parked. */
  readonly onParkedElsewhere: (parked: Parked) => void;
  readonly onUnparkedElsewhere: (projectId: string) => void;
}

/** Keeps the lease from expiring, and bounds how long others take to notice that it has expired. */
const RENEW_MS = 1_000;

/**
 * Decides by a lease whether this instance projects, and shares the parked projects through a registry, every second. An error of Redis changes no
 * leadership: an instance that cannot reach Redis cannot write to it either.
 */
export class LeaderElection {
  leads = false;
  private readonly published = new Set<string>();
  private elsewhere = new Map<string, Parked>();
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: LeaderElectionOptions) {}

  /** Resolves after the first renewal. */
  start(): Promise<void> {
    return (this.renewing = this.renew());
  }

  /** How the leader has parked the project, on an instance that does not lead. */
  parkedElsewhere(projectId: string): Parked | undefined {
    return this.leads ? undefined : this.elsewhere.get(projectId);
  }

  allParkedElsewhere(): readonly Parked[] {
    return this.leads ? [] : [...this.elsewhere.values()];
  }

  /** Asks the leader to retry the project, which it does within about a second. */
  async requestRetry(projectId: string): Promise<void> {
    await this.options.parkedRegistry.remove(projectId);
    this.elsewhere.delete(projectId);
  }

  /** Releases the lease, so that another instance can take over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.renewing;
    if (!this.leads) return;
    try {
      await this.options.lease.release();
    } catch (error) {
      if (!(error instanceof ReadModelUnavailable)) throw error;
    }
  }

  private async renew(): Promise<void> {
    try {
      const leads = await this.options.lease.hold(this.options.canProject());
      if (leads !== this.leads) {
        this.leads = leads;
        this.options.log.info({ leads }, leads ? 'this instance projects now' : 'another instance projects now');
        // The new leader finds out which projects are still parked and publishes them again.
        for (const projectId of this.elsewhere.keys()) this.options.onUnparkedElsewhere(projectId);
        this.elsewhere = new Map();
        this.published.clear();
        this.options.onChange();
      }
      await (leads ? this.publishParked() : this.readParked());
    } catch (error) {
      if (!(error instanceof ReadModelUnavailable))
        this.options.log.error({ err: error }, 'the lease on projecting could not be looked at');
    } finally {
      // Jitter, so that instances do not renew in step.
      if (!this.stopped) this.timer = setTimeout(() => (this.renewing = this.renew()), RENEW_MS * (0.8 + Math.random() / 5)).unref();
    }
  }

  private async publishParked(): Promise<void> {
    const { parkedRegistry, parking } = this.options;
    const posts = new Map((await parkedRegistry.all()).map((parked) => [parked.projectId, parked]));
    for (const parked of parking.all()) {
      const { projectId, revision, since } = parked;
      const post = posts.get(projectId);
      posts.delete(projectId);
      if (post === undefined && this.published.delete(projectId)) {
        // Not awaited: the lease must not expire while a long stream is projected.
        this.options
          .onUnpark(projectId)
          .catch((error: unknown) => this.options.log.warn({ err: error, projectId }, 'the project could not be tried again'));
      } else if (post?.revision !== revision || post.since !== since) {
        await parkedRegistry.put(parked);
        this.published.add(projectId);
      } else {
        this.published.add(projectId);
      }
    }
    if (!this.options.isLive()) return;
    for (const projectId of posts.keys()) {
      if (parking.get(projectId) === undefined) await parkedRegistry.remove(projectId);
    }
  }

  private async readParked(): Promise<void> {
    const parked = new Map((await this.options.parkedRegistry.all()).map((parked) => [parked.projectId, parked]));
    const before = this.elsewhere;
    this.elsewhere = parked;
    for (const projectId of before.keys()) if (!parked.has(projectId)) this.options.onUnparkedElsewhere(projectId);
    for (const entry of parked.values()) this.options.onParkedElsewhere(entry);
  }
}
