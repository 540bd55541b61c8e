import { Limiter } from '../concurrency/limiter';
import { UserStoreBeingRestored, UserStoreLost, type UserStore } from './user-store';

/** What a server remembers of its user store, outside of it. */
export interface KnownStore {
  readonly id: string;
  /** When losses were accepted, in UTC milliseconds. */
  readonly losses: readonly number[];
}

/** Where it is remembered. */
export interface KnownStoreRecord {
  /** undefined: nothing yet. */
  read(): Promise<KnownStore | undefined>;
  write(known: KnownStore): Promise<void>;
}

/** A store that is not the known one is looked at again after so long. */
const LOOK_AGAIN_MS = 1_000;

const LOST = new UserStoreLost(
  'the user store is not the one that this server knows: it was emptied or replaced, and assignments of running experiments are missing. Nothing is assigned until an operator brings it back, or runs "experience-ledger user-store rebuild" or "accept-loss"',
);

const BEING_RESTORED = new UserStoreBeingRestored('an operator is bringing the user store back: try again in a moment');

/**
 * Lets calls through to the store that this server knows, and to no other (U6): one that took its place, or was emptied, is answered with
 * `UserStoreLost` until an operator has accepted that. The first store that it meets becomes the known one.
 */
export class KnownUserStore {
  private isKnown = false;
  private isBeingRestored = false;
  private looking: Promise<void> | undefined;
  private lostAtMs = Number.NEGATIVE_INFINITY;
  private losses: readonly number[] = [];
  private readonly accepting = new Limiter({ atOnce: 1 });

  constructor(
    private readonly store: Pick<UserStore, 'identity' | 'acceptLoss'>,
    private readonly record: KnownStoreRecord,
    private readonly clock: () => number,
  ) {}

  /** Whether it has been found to be the known one, and nothing since says otherwise. */
  get isConfirmed(): boolean {
    return this.isKnown;
  }

  /** Whether it was another one when it was last asked. */
  get isLost(): boolean {
    return !this.isKnown && this.lostAtMs > Number.NEGATIVE_INFINITY;
  }

  /** When losses were accepted, in UTC milliseconds. */
  get acceptedLosses(): readonly number[] {
    return this.losses;
  }

  /** Rejects with `UserStoreLost`, with `UserStoreBeingRestored` while a loss is being accepted, or as the store does. */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (!this.isKnown) await this.assertKnown();
    try {
      return await call();
    } catch (error) {
      if (error instanceof UserStoreLost) this.lose();
      throw error;
    }
  }

  /** Resolves if the store is the known one. Rejects as `run` does. */
  async assertKnown(): Promise<void> {
    if (this.isBeingRestored) throw BEING_RESTORED;
    if (performance.now() - this.lostAtMs < LOOK_AGAIN_MS) throw LOST;
    await (this.looking ??= this.look().finally(() => (this.looking = undefined)));
  }

  /**
   * Goes on with what is stored now, after `restore` has brought back what it can; until then nothing else is let through. One at a time: an operator
   * may ask again while the first is still under way, and the store that is remembered last must be the one that is there.
   */
  acceptLoss(restore: () => Promise<void> = async () => {}): Promise<void> {
    return this.accepting.run(() => this.accept(restore));
  }

  private async accept(restore: () => Promise<void>): Promise<void> {
    this.isBeingRestored = true;
    try {
      // A look that has begun could find the store known, and let calls through; none begins now.
      await this.looking?.catch(() => {});
      this.lose();
      await this.store.acceptLoss();
      const id = await this.store.identity();
      if (id === undefined) throw LOST;
      await restore();
      await this.know({ id, losses: [...((await this.record.read())?.losses ?? []), this.clock()] });
    } finally {
      this.isBeingRestored = false;
    }
  }

  private async look(): Promise<void> {
    const [id, known] = [await this.store.identity(), await this.record.read()];
    if (id !== undefined && (known === undefined || known.id === id)) return this.know(known ?? { id, losses: [] }, known === undefined);
    this.losses = known?.losses ?? [];
    this.lose();
    throw LOST;
  }

  private async know(known: KnownStore, isNew = true): Promise<void> {
    if (isNew) await this.record.write(known);
    this.losses = known.losses;
    this.isKnown = true;
    this.lostAtMs = Number.NEGATIVE_INFINITY;
  }

  private lose(): void {
    this.isKnown = false;
    this.lostAtMs = performance.now();
  }
}
