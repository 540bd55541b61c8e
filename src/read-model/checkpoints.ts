import type { Checkpoint } from './read-model';

/** What was known of a project when the read model was asked: its answer is measured by this, since more may be acknowledged meanwhile. */
export interface Known {
  readonly checkpoint: Checkpoint | undefined;
  readonly epoch: number;
}

/** Called after the fact. Must not throw. */
export interface CheckpointListener {
  /** The project's documents are known to reflect this checkpoint, which was not known before. */
  advanced?(projectId: string, checkpoint: Checkpoint): void;
  /** What was acknowledged may be gone, of any project: every checkpoint is to be compared with the event store. */
  doubted?(): void;
  /** Something that is stored of this project, and of no other, is gone. */
  damaged?(projectId: string): void;
}

const SUSPECT = -1;

/**
 * How far one generation of the read models is known to have come, project by project: the one account of it in a process.
 *
 * A checkpoint that was seen stays what answers are measured by until the documents reflect it again: reading what was lost changes nothing here.
 * Only a comparison with the event store takes back what was seen (`confirm`), or the knowledge that the store itself is another (`reset`).
 */
export class Checkpoints {
  private places = new Map<string, { readonly checkpoint: Checkpoint; readonly epoch: number }>();
  private round = this.places.keys();
  private readonly listeners = new Set<CheckpointListener>();
  /** Grows with each loss: what was seen in an earlier epoch may be gone. */
  private epoch = 0;

  /** Answers the function that ends it. */
  listen(listener: CheckpointListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The newest checkpoint that the documents were seen to reflect, also while they may be lost. */
  of(projectId: string): Checkpoint | undefined {
    return this.places.get(projectId)?.checkpoint;
  }

  /** The same, unless the documents may have been lost since. */
  certain(projectId: string): Checkpoint | undefined {
    const place = this.places.get(projectId);
    return place?.epoch === this.epoch ? place.checkpoint : undefined;
  }

  /** To be taken before the read model is asked. */
  known(projectId: string): Known {
    return { checkpoint: this.of(projectId), epoch: this.epoch };
  }

  /** Which epoch it is: what is read in one says nothing in the next. */
  get now(): number {
    return this.epoch;
  }

  /**
   * The read model has answered that it is at this checkpoint, asked when that much was `known`. Answers whether the answer may be shown: not if
   * it is behind what was known, or of another history. A loss is told once.
   */
  answered(projectId: string, checkpoint: Checkpoint | undefined, known: Known): boolean {
    if (reflects(checkpoint, known.checkpoint)) {
      if (checkpoint) this.advance(projectId, checkpoint, known.epoch);
      return true;
    }
    const place = this.places.get(projectId);
    // Of an earlier epoch it has been told, and the comparison has not come to this project yet.
    if (place?.checkpoint === known.checkpoint && place?.epoch === this.epoch) this.doubt();
    return false;
  }

  /** The documents reflect this now. */
  advance(projectId: string, checkpoint: Checkpoint, epoch = this.epoch): void {
    const place = this.places.get(projectId);
    if (place && (!reflects(checkpoint, place.checkpoint) || epoch < place.epoch)) return;
    if (place?.checkpoint.revision === checkpoint.revision && place.epoch === epoch) return;
    this.set(projectId, checkpoint, epoch);
  }

  /** A comparison with the event store has shown that this is all there is to be seen, whatever was seen before. */
  confirm(projectId: string, checkpoint: Checkpoint): void {
    this.set(projectId, checkpoint, this.epoch);
  }

  /** What was acknowledged may be gone. */
  doubt(): void {
    this.epoch += 1;
    for (const listener of this.listeners) listener.doubted?.();
  }

  /** What is stored of the project is being made again: only this project is uncertain until its documents reflect again what was seen. */
  suspect(projectId: string): void {
    const place = this.places.get(projectId);
    if (place) this.places.set(projectId, { ...place, epoch: SUSPECT });
  }

  /** Something that is stored of the project is gone. Told once until it is made good. */
  damage(projectId: string): void {
    if (this.places.get(projectId)?.epoch === SUSPECT) return;
    this.suspect(projectId);
    for (const listener of this.listeners) listener.damaged?.(projectId);
  }

  /** The event store holds another history than before: what was seen is of that one. */
  reset(): void {
    this.epoch += 1;
    this.places = new Map();
    this.round = this.places.keys();
  }

  projectIds(): Iterable<string> {
    return this.places.keys();
  }

  /** The next projects whose turn it is to be looked at: at least so many, and all of them in so many calls. */
  next(least: number, calls: number): readonly string[] {
    const count = Math.max(least, Math.ceil(this.places.size / calls));
    const ids: string[] = [];
    for (let restarted = false; ids.length < Math.min(count, this.places.size);) {
      const { value, done } = this.round.next();
      if (!done) ids.push(value);
      else if (restarted) break;
      else [this.round, restarted] = [this.places.keys(), true];
    }
    return ids;
  }

  private set(projectId: string, checkpoint: Checkpoint, epoch: number): void {
    this.places.set(projectId, { checkpoint, epoch });
    if (epoch === this.epoch) for (const listener of this.listeners) listener.advanced?.(projectId, checkpoint);
  }
}

function reflects(checkpoint: Checkpoint | undefined, known: Checkpoint | undefined): boolean {
  if (known === undefined) return true;
  if (checkpoint === undefined || checkpoint.revision < known.revision) return false;
  return checkpoint.revision > known.revision || checkpoint.hash === known.hash;
}
