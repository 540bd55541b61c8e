import type { Lease } from '../coordination/lease';
import type { Board, Parked } from '../read-model/generations';
import { ReadModelUnavailable } from '../read-model/read-model';
import type { ParkingLot } from './parking';
import type { ProjectorLog } from './status';

export interface RoleOptions {
  readonly lease: Lease;
  readonly board: Board;
  readonly parking: ParkingLot;
  readonly log: ProjectorLog;
  /** Whether this instance knows every event that it has seen. */
  readonly able: () => boolean;
  /** Whether it has caught up, so that what it has not parked is known to go on. */
  readonly live: () => boolean;
  /** It leads now, or does not any more. */
  readonly onChange: () => void;
  /** Somebody has taken the project, which this instance parked, off the board: it is to be tried again. */
  readonly onUnpark: (projectId: string) => Promise<unknown>;
  /** The board of the leader says this of the project now. */
  readonly onPosted: (parked: Parked) => void;
  readonly onCleared: (projectId: string) => void;
}

/** Takes care that the lease does not run out, and bounds how long others take to notice that it has. */
const LOOK_MS = 1_000;

/**
 * Whether this instance projects, and what the instances tell each other about parked projects, looked at every second. Trouble with Redis changes no
 * role: who cannot reach it cannot write to it either.
 */
export class Role {
  leads = false;
  private readonly posted = new Set<string>();
  private elsewhere = new Map<string, Parked>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: RoleOptions) {}

  /** Resolves after the first look. */
  start(): Promise<void> {
    return (this.looking = this.look());
  }

  /** What the leader says of the project, if that is not this instance. */
  told(projectId: string): Parked | undefined {
    return this.leads ? undefined : this.elsewhere.get(projectId);
  }

  toldOf(): readonly Parked[] {
    return this.leads ? [] : [...this.elsewhere.values()];
  }

  /** Asks the leader to try the project again: he does within a second or so. */
  async ask(projectId: string): Promise<void> {
    await this.options.board.clear(projectId);
    this.elsewhere.delete(projectId);
  }

  /** Another may take over at once. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    if (!this.leads) return;
    try {
      await this.options.lease.release();
    } catch (error) {
      if (!(error instanceof ReadModelUnavailable)) throw error;
    }
  }

  private async look(): Promise<void> {
    try {
      const leads = await this.options.lease.hold(this.options.able());
      if (leads !== this.leads) {
        this.leads = leads;
        this.options.log.info({ leads }, leads ? 'this instance projects now' : 'another instance projects now');
        // Whether they still stand still is for the new leader to find out, and then told anew.
        for (const projectId of this.elsewhere.keys()) this.options.onCleared(projectId);
        this.elsewhere = new Map();
        this.posted.clear();
        this.options.onChange();
      }
      await (leads ? this.postBoard() : this.readBoard());
    } catch (error) {
      if (!(error instanceof ReadModelUnavailable))
        this.options.log.error({ err: error }, 'the lease on projecting could not be looked at');
    } finally {
      // Instances not in step.
      if (!this.stopped) this.timer = setTimeout(() => (this.looking = this.look()), LOOK_MS * (0.8 + Math.random() / 5)).unref();
    }
  }

  private async postBoard(): Promise<void> {
    const { board, parking } = this.options;
    const posts = new Map((await board.all()).map((parked) => [parked.projectId, parked]));
    for (const parked of parking.all()) {
      const { projectId, revision, since } = parked;
      const post = posts.get(projectId);
      posts.delete(projectId);
      if (post === undefined && this.posted.delete(projectId)) {
        // Not waited for: the lease must not run out over a long stream.
        this.options
          .onUnpark(projectId)
          .catch((error: unknown) => this.options.log.warn({ err: error, projectId }, 'the project could not be tried again'));
      } else if (post?.revision !== revision || post.since !== since) {
        await board.post(parked);
        this.posted.add(projectId);
      } else {
        this.posted.add(projectId);
      }
    }
    if (!this.options.live()) return;
    for (const projectId of posts.keys()) {
      if (parking.get(projectId) === undefined) await board.clear(projectId);
    }
  }

  private async readBoard(): Promise<void> {
    const told = new Map((await this.options.board.all()).map((parked) => [parked.projectId, parked]));
    const before = this.elsewhere;
    this.elsewhere = told;
    for (const projectId of before.keys()) if (!told.has(projectId)) this.options.onCleared(projectId);
    for (const parked of told.values()) this.options.onPosted(parked);
  }
}
