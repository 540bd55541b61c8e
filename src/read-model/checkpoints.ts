import type { Checkpoint } from './read-model';

/** The checkpoint known before the read model was asked: its answer is compared with this, since more may be acknowledged meanwhile. */
export interface KnownCheckpoint {
  readonly checkpoint: Checkpoint | undefined;
  readonly epoch: number;
}

/** Called after each change. Must not throw. */
export interface CheckpointListener {
  /** The project's documents are known to reflect this checkpoint, which was not known before. */
  advanced?(projectId: string, checkpoint: Checkpoint): void;
  /** Acknowledged documents of any project may be lost: every checkpoint must be compared with the event store. */
  invalidated?(): void;
  /** A part of this project's stored documents is lost. */
  damaged?(projectId: string): void;
}

const INVALID = -1;

/**
 * How far one generation of the read models is known to have come, project by project: the one account of it in a process.
 *
 * Answers are compared with the newest observed checkpoint until the documents reflect it again: reading after a loss changes nothing here.
 * Only a comparison with the event store replaces it by an older one (`confirm`), or a restored store forgets it (`reset`).
 */
export class Checkpoints {
  private entries = new Map<string, { readonly checkpoint: Checkpoint; readonly epoch: number }>();
  private round = this.entries.keys();
  private readonly listeners = new Set<CheckpointListener>();
  /** Grows with each invalidation: documents observed in an earlier epoch may be lost. */
  private epoch = 0;

  /** Returns the function that removes the listener. */
  listen(listener: CheckpointListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The newest observed checkpoint, also while the documents may be lost. */
  of(projectId: string): Checkpoint | undefined {
    return this.entries.get(projectId)?.checkpoint;
  }

  /** The newest observed checkpoint, unless the documents may have been lost since. */
  confirmed(projectId: string): Checkpoint | undefined {
    const entry = this.entries.get(projectId);
    return entry?.epoch === this.epoch ? entry.checkpoint : undefined;
  }

  /** Must be called before the read model is asked. */
  known(projectId: string): KnownCheckpoint {
    return { checkpoint: this.of(projectId), epoch: this.epoch };
  }

  /** The current epoch: an answer read in one is not valid in the next. */
  get currentEpoch(): number {
    return this.epoch;
  }

  /**
   * Records the checkpoint that the read model has answered, asked when `known` was known. Returns whether the answer may be shown: not if
   * it is behind the known checkpoint, or of another history. A loss is reported once.
   */
  observe(projectId: string, checkpoint: Checkpoint | undefined, known: KnownCheckpoint): boolean {
    if (reflects(checkpoint, known.checkpoint)) {
      if (checkpoint) this.advance(projectId, checkpoint, known.epoch);
      return true;
    }
    const entry = this.entries.get(projectId);
    // A loss of an earlier epoch is reported already; the comparison has not reached this project yet.
    if (entry?.checkpoint === known.checkpoint && entry?.epoch === this.epoch) this.invalidate();
    return false;
  }

  /** Records that the documents reflect this checkpoint. */
  advance(projectId: string, checkpoint: Checkpoint, epoch = this.epoch): void {
    const entry = this.entries.get(projectId);
    if (entry && (!reflects(checkpoint, entry.checkpoint) || epoch < entry.epoch)) return;
    if (entry?.checkpoint.revision === checkpoint.revision && entry.epoch === epoch) return;
    this.set(projectId, checkpoint, epoch);
  }

  /** Sets the checkpoint after a comparison with the event store, also to an older one. */
  confirm(projectId: string, checkpoint: Checkpoint): void {
    this.set(projectId, checkpoint, this.epoch);
  }

  /** Acknowledged documents may be lost: no checkpoint is confirmed until the comparison. */
  invalidate(): void {
    this.epoch += 1;
    for (const listener of this.listeners) listener.invalidated?.();
  }

  /** The project is projected again: its checkpoint is not confirmed until its documents reflect it again. */
  invalidateProject(projectId: string): void {
    const entry = this.entries.get(projectId);
    if (entry) this.entries.set(projectId, { ...entry, epoch: INVALID });
  }

  /** A part of the project's stored documents is lost. Reported once until it is repaired. */
  reportDamage(projectId: string): void {
    if (this.entries.get(projectId)?.epoch === INVALID) return;
    this.invalidateProject(projectId);
    for (const listener of this.listeners) listener.damaged?.(projectId);
  }

  /** Forgets everything, after the event store was restored with another history. */
  reset(): void {
    this.epoch += 1;
    this.entries = new Map();
    this.round = this.entries.keys();
  }

  projectIds(): Iterable<string> {
    return this.entries.keys();
  }

  /** The next projects to check: at least `least`, and all of them within `calls` calls. */
  next(least: number, calls: number): readonly string[] {
    const count = Math.max(least, Math.ceil(this.entries.size / calls));
    const ids: string[] = [];
    for (let restarted = false; ids.length < Math.min(count, this.entries.size);) {
      const { value, done } = this.round.next();
      if (!done) ids.push(value);
      else if (restarted) break;
      else [this.round, restarted] = [this.entries.keys(), true];
    }
    return ids;
  }

  private set(projectId: string, checkpoint: Checkpoint, epoch: number): void {
    this.entries.set(projectId, { checkpoint, epoch });
    if (epoch === this.epoch) for (const listener of this.listeners) listener.advanced?.(projectId, checkpoint);
  }
}

function reflects(checkpoint: Checkpoint | undefined, known: Checkpoint | undefined): boolean {
  if (known === undefined) return true;
  if (checkpoint === undefined || checkpoint.revision < known.revision) return false;
  return checkpoint.revision > known.revision || checkpoint.hash === known.hash;
}
