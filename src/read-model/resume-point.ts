/** What is known of one project's stream up to a position of the event store. */
export interface StreamSummary {
  /** Its last event that a ledger wrote; absent: none was met. */
  readonly head?: { readonly revision: number; readonly hash: string };
  /** The first record in it that no ledger wrote, and what is wrong with it. */
  readonly damage?: { readonly revision: number; readonly why: string };
}

/**
 * Where a start resumes reading the event store: all up to the position is projected, or parked. It is a claim, and never believed alone: the event
 * store says whether it holds the position, and each project's checkpoint is compared with the head that stands here.
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
