import type { Checkpoint, ReadModel } from './read-model';

/** A project whose documents are not updated from an event on, because that event cannot be projected. */
export interface Parked {
  readonly projectId: string;
  /** The revision of that event: all before it is projected, nothing from it on. */
  readonly revision: number;
  readonly type: string;
  readonly reason: 'FAILED' | 'UPGRADE_REQUIRED' | 'HISTORY_DIFFERS' | 'HISTORY_BROKEN';
  readonly message: string;
  /** UTC milliseconds. */
  readonly since: number;
}

/** The parked projects of a generation, published by the leader for the other instances. */
export interface ParkedRegistry {
  all(): Promise<readonly Parked[]>;
  put(parked: Parked): Promise<void>;
  remove(projectId: string): Promise<void>;
}

/** The read models of one generation, and what the instances that share them tell each other. */
export interface Generation {
  readonly id: string;
  readonly readModel: ReadModel;
  /**
   * Names the lease on projecting it. Two instances that project at once, because one of them was cut off while its lease ran out, change
   * nothing twice: every batch compares and sets the project's revision. Absent: it is of one process alone.
   */
  readonly leaseName?: string;
  readonly parkedRegistry?: ParkedRegistry;
  /** Absent: what is projected does not outlive the process. */
  readonly resumePoints?: ResumePoints;
}

export interface GenerationInfo {
  readonly id: string;
  /** The version of the projections whose documents it holds. */
  readonly version: string;
  readonly state: 'BUILDING' | 'LIVE' | 'KEPT' | 'UNUSED';
  /** UTC milliseconds. */
  readonly madeAt: number;
  /** Whether its documents have been complete once. */
  readonly built: boolean;
  /** How far its build has come, when last reported. */
  readonly progress?: { readonly done: number; readonly total: number };
}

/**
 * The generations of read models there are, and which of them is live. Each version of the projections has its own live one, so that
 * during a roll-out old and new instances each read documents that they understand.
 */
export interface Generations {
  /** The live one of the version, for all instances; if there is none, `preferred`, or else a new and empty one, becomes it. */
  live(version: string, preferred?: string): Promise<string>;
  open(id: string): Promise<Generation>;
  /** This process does not read it any more; what is in it stays. */
  release(generation: Pick<Generation, 'readModel'>): Promise<void>;
  /** A new one, to be built beside the live one. Rejects with `BuildUnderWay` if one of the version is being built. */
  begin(version: string): Promise<string>;
  /** A heartbeat of the build: without one for a minute the build counts as abandoned. */
  report(id: string, progress: { readonly done: number; readonly total: number }): Promise<void>;
  /** Its documents are complete. */
  built(id: string): Promise<void>;
  /** It becomes live, at once for all; the one that was live is kept. */
  promote(version: string, id: string): Promise<void>;
  /** The one that was kept becomes live again, and the other is kept. Answers its id, or undefined if none is kept. */
  rollBack(version: string): Promise<string | undefined>;
  /** The build has come to nothing: what there is of it is not needed. */
  abandon(id: string): Promise<void>;
  /** The one that is kept is not needed any more. */
  forget(version: string): Promise<void>;
  list(): Promise<readonly GenerationInfo[]>;
  /**
   * Deletes what is not needed, a little at a time: what was kept for longer than `keepMs`, what is live for a version of which no
   * instance has been seen for as long, and builds that were given up; but nothing that was live within the last `graceMs`, since
   someone may still read it. Answers the ids of what it has deleted.
   */
  sweep(keepMs: number, graceMs: number): Promise<readonly string[]>;
  /** The time of the clock that all instances share, in UTC milliseconds. Absent where only this process is. */
  clockMs?(): Promise<number>;
  close(): Promise<void>;
}

/** Another build of the same version is running. */
export class BuildUnderWay extends Error {}

/** The ledger whose read models these are, as far as it takes to tell them from another's. */
export interface LedgerIdentity {
  /** Its id. Rejects while the event store cannot be asked. */
  id(): Promise<string>;
  /** Whether the project's history has the event that the checkpoint names. Rejects while the event store cannot be asked. */
  holds(projectId: string, checkpoint: Pick<Checkpoint, 'revision' | 'hash'>): Promise<boolean>;
}

/** What is known of one project's stream up to a position of the event store. */
export interface StreamSummary {
  /** Its last event that a ledger wrote; absent: none was met. */
  readonly head?: { readonly revision: number; readonly hash: string };
  /** The first record in it that no ledger wrote, and what is wrong with it. */
  readonly damage?: { readonly revision: number; readonly why: string };
}

/**
 * Where a start resumes reading the event store: all up to the position is projected, or parked. It is a claim, and is never trusted alone: the event
 * store says whether it holds the position, and each project's checkpoint is compared with the head that is kept here.
 */
export interface ResumePoint {
  /** As `EventStore.anchored` gives it. */
  readonly position: string;
  /** The kinds of the events up to there, as `kindOf` names them: an instance that does not know one of them must meet it itself. */
  readonly kinds: readonly string[];
  readonly projects: ReadonlyMap<string, StreamSummary>;
}

/** Where the resume point of one generation of read models is kept, beside them. Reading and writing reject with `ReadModelUnavailable`. */
export interface ResumePoints {
  /** undefined: there is none. */
  load(): Promise<ResumePoint | undefined>;
  /** Replaces whatever is stored. */
  replace(point: ResumePoint): Promise<void>;
  /**
   * Adds to what this instance has stored by `replace`: position and kinds are these now, and so are the projects that are given. Answers false, and
   * does nothing, if what is stored is gone or another instance's.
   */
  advance(change: ResumePoint): Promise<boolean>;
}
