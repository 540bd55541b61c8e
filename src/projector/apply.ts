import { GENESIS, type Envelope } from '../domain/event';
import { DamagedRecord, type EventStore } from '../event-store/event-store';
import type { Upcaster } from '../event-store/upcast';
import type { Projection } from '../read-model/projection';
import type { Checkpoint, ReadModel } from '../read-model/read-model';
import { fold, type Failure } from './fold';
import type { ProjectorObserver } from './status';

/** The read model's documents come from other events than the stream now holds: one of the two was restored or rewritten. */
export class HistoryDiffers extends Error {}

/** Other instances project as well, and always committed first. */
export class Contended extends Error {}

export interface ApplierOptions {
  readonly readModel: ReadModel;
  readonly projections: readonly Projection[];
  readonly upcast: Upcaster;
  /** A project's stream, for what a delivery did not bring. */
  readonly read: EventStore['read'];
  /** Called between the batches of a stream: yields to the event loop, or throws to stop. */
  readonly pause?: () => Promise<void>;
  /** This process has projected so many more events, which brought the read model to this checkpoint. */
  readonly onProjected?: (projectId: string, checkpoint: Checkpoint, events: number) => void;
  readonly observer?: Pick<ProjectorObserver, 'committed' | 'mismatched'>;
}

const BATCH_EVENTS = 1_000;
const ATTEMPTS = 8;

/**
 * Brings events into the read model, each exactly once and in order, also while other instances do the same.
 *
 * What a project's checkpoint is known to be (`Checkpoints`) is never trusted: the compare-and-set of `commit` decides. If that fails, the
 * checkpoint is read again and the work goes on from there.
 */
export class Applier {
  /** The projects that the read model had when it was asked: of another it has nothing, unless another instance has projected it since. */
  private preloaded: { readonly projectIds: ReadonlySet<string>; readonly epoch: number } | undefined;

  constructor(private readonly options: ApplierOptions) {
    const collections = options.projections.map(({ collection }) => collection);
    const twice = collections.find((collection, at) => collections.indexOf(collection) !== at);
    if (twice !== undefined) throw new Error(`two projections write the collection "${twice}"; give each its own`);
  }

  /** Asks the read model once for the checkpoints of all its projects, so that it need not be asked for each. */
  async preload(): Promise<void> {
    const { checkpoints, stored } = this.options.readModel;
    const { currentEpoch: epoch } = checkpoints;
    const projectIds = await stored.projectIds();
    const known = projectIds.map((projectId) => checkpoints.known(projectId));
    const found = await stored.checkpoints(projectIds);
    projectIds.forEach((projectId, at) => checkpoints.observe(projectId, found[at], known[at]!));
    this.preloaded = { projectIds: new Set(projectIds), epoch };
  }

  /**
   * Some of a project's events, in order, perhaps with some again. Those that the read model reflects are skipped; if there is a gap
   * before the rest, the stream fills it. Answers the failure that stopped it, with everything before that event committed.
   */
  async apply(projectId: string, events: readonly Envelope[]): Promise<Failure | undefined> {
    const result = await this.applyRun(projectId, events);
    return result === 'gap' ? this.catchUp(projectId, events.at(-1)!.revision) : result;
  }

  /** Projects what the stream holds beyond the read model's checkpoint, at least up to `revision`. */
  async catchUp(projectId: string, revision: number): Promise<Failure | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const checkpoint = await this.reload(projectId);
      // From the event of the checkpoint, not from the next: so it is seen whether it is still the same event.
      const result = await this.applyStream(projectId, Math.max(0, checkpoint?.revision ?? 0));
      if (result === 'gap') continue;
      if (result || ((await this.reload(projectId))?.revision ?? -1) >= revision) return result;
    }
    const message = `its stream could not be read up to revision ${revision}, which it has or had`;
    return damageIn(new DamagedRecord(projectId, revision, message));
  }

  /** Projects all of the project's stream anew, at least up to `revision`, whatever of it was stored. */
  async reproject(projectId: string, revision: number): Promise<Failure | undefined> {
    const { checkpoints, stored } = this.options.readModel;
    checkpoints.invalidateProject(projectId);
    await stored.clear(projectId);
    return this.catchUp(projectId, revision);
  }

  /** Has the read model fallen behind that event of the stream, or come from another history? Then it is made good, up to the stream's end. */
  async compare(projectId: string, head: { readonly revision: number; readonly hash?: string }): Promise<Failure | undefined> {
    const checkpoint = await this.current(projectId);
    const behind = (checkpoint?.revision ?? -1) < head.revision;
    if (checkpoint && checkpoint.revision > head.revision) return this.beyond(projectId, checkpoint, head.revision);
    const other = checkpoint?.revision === head.revision && head.hash !== undefined && checkpoint.hash !== head.hash;
    const failure = behind || other ? await this.catchUp(projectId, head.revision) : undefined;
    if (!failure) await this.confirm(projectId);
    return failure;
  }

  /** Whether the read model's documents come from events that the stream does not hold, so that only building them anew helps. */
  async differsFromStore(projectId: string): Promise<boolean> {
    const checkpoint = await this.reload(projectId);
    if (!checkpoint) return false;
    try {
      for await (const { revision, hash } of this.options.read(projectId, checkpoint.revision, 1))
        return revision !== checkpoint.revision || hash !== checkpoint.hash;
    } catch (error) {
      // Damaged is not restored: trying again says what is wrong.
      damageIn(error);
      return false;
    }
    return true;
  }

  /** The read model is ahead of where the stream ended when it was looked at: it has gone on since, or it was restored from an older copy. */
  private async beyond(projectId: string, { revision }: Checkpoint, end: number): Promise<Failure | undefined> {
    let last: Envelope | undefined;
    try {
      for await (const event of this.options.read(projectId, end)) last = event;
    } catch (error) {
      return damageIn(error);
    }
    return last && last.revision < revision ? differs(last) : undefined;
  }

  /** The documents reflect the stream's end: what was seen beyond it, of a history that is gone, is not waited for. */
  private async confirm(projectId: string): Promise<void> {
    const { checkpoints } = this.options.readModel;
    if (checkpoints.confirmed(projectId)) return;
    const checkpoint = await this.reload(projectId);
    if (checkpoint && !checkpoints.confirmed(projectId)) checkpoints.confirm(projectId, checkpoint);
  }

  private async applyStream(projectId: string, from: number): Promise<Failure | 'gap' | undefined> {
    let batch: Envelope[] = [];
    let damage: Failure | undefined;
    try {
      for await (const event of this.options.read(projectId, from)) {
        batch.push(event);
        if (batch.length < BATCH_EVENTS) continue;
        const result = await this.applyRun(projectId, batch);
        if (result) return result;
        batch = [];
        await this.options.pause?.();
      }
    } catch (error) {
      damage = damageIn(error);
    }
    // What comes before the damage is as it was written.
    const result = batch.length > 0 ? await this.applyRun(projectId, batch) : undefined;
    return result ?? damage;
  }

  private async applyRun(projectId: string, events: readonly Envelope[]): Promise<Failure | 'gap' | undefined> {
    const { readModel } = this.options;
    let checkpoint = await this.current(projectId);
    for (let mismatches = 0; mismatches < ATTEMPTS;) {
      const run = continuation(events, checkpoint);
      if (run === 'gap' || 'error' in run) return run;
      if (run.length === 0) return undefined;
      const began = performance.now();
      const { batch, failure } = await fold(run, checkpoint?.revision ?? -1, { ...this.options, readModel: readModel.stored });
      if (!batch) {
        // No commit follows that would compare the checkpoint, so it is read again: another projector may have moved the documents on.
        const before = checkpoint?.revision;
        checkpoint = await this.reload(projectId);
        if (checkpoint?.revision === before) return failure;
        mismatches++;
        continue;
      }
      const { currentEpoch: epoch } = readModel.checkpoints;
      if (await readModel.commit(batch)) {
        mismatches = 0;
        checkpoint = batch.checkpoint;
        const events = batch.checkpoint.revision - batch.expectedRevision;
        this.options.observer?.committed?.(events, (performance.now() - began) / 1_000);
        readModel.checkpoints.advance(projectId, checkpoint, epoch);
        this.options.onProjected?.(projectId, checkpoint, events);
        if (failure) return failure;
      } else {
        mismatches++;
        this.options.observer?.mismatched?.();
        checkpoint = await this.reload(projectId);
      }
    }
    throw new Contended(`project ${projectId} moved in the read model ${ATTEMPTS} times while a batch for it was made; trying again later`);
  }

  private async current(projectId: string): Promise<Checkpoint | undefined> {
    const { checkpoints } = this.options.readModel;
    const confirmed = checkpoints.confirmed(projectId);
    if (confirmed) return confirmed;
    if (this.preloaded?.epoch === checkpoints.currentEpoch && !this.preloaded.projectIds.has(projectId) && !checkpoints.of(projectId))
      return undefined;
    return this.reload(projectId);
  }

  private async reload(projectId: string): Promise<Checkpoint | undefined> {
    const { checkpoints, stored } = this.options.readModel;
    // Of before the question: what is lost while it is under way, its answer may not show.
    const known = checkpoints.known(projectId);
    const [checkpoint] = await stored.checkpoints([projectId]);
    checkpoints.observe(projectId, checkpoint, known);
    return checkpoint;
  }
}

/** Those of the events that follow the checkpoint without a gap, each once. */
function continuation(events: readonly Envelope[], checkpoint: Checkpoint | undefined): readonly Envelope[] | 'gap' | Failure {
  const { revision, hash } = checkpoint ?? GENESIS;
  const run: Envelope[] = [];
  for (const event of events) {
    const expected = revision + run.length + 1;
    if (event.revision > expected) return run.length > 0 ? run : 'gap';
    if (event.revision === revision && event.hash !== hash) return differs(event);
    if (event.revision === expected) run.push(event);
  }
  const [first] = run;
  return first && first.previousHash !== hash ? differs(first) : run;
}

/** The failure that a damaged stream is; any other error is thrown on. */
function damageIn(error: unknown): Failure {
  if (!(error instanceof DamagedRecord)) throw error;
  const { projectId, revision } = error;
  return { event: { projectId, revision, type: 'not an event of a ledger' }, error };
}

function differs(event: Envelope): Failure {
  const message = `the read model reflects another history of project ${event.projectId} than the event store holds at revision ${event.revision}; rebuild the read model`;
  return { event, error: new HistoryDiffers(message) };
}
