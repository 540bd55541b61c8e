import type { Envelope } from '../../src/domain/event';
import { StoreUnavailable, type Chunk, type EventStore, type Position } from '../../src/event-store/event-store';
import { ReadModelUnavailable, type ReadModel } from '../../src/read-model/read-model';

/** The part of an event store that a projector uses, cut into chunks and torn off as a test says. */
export class UnsteadyStore implements Pick<EventStore, 'subscribe' | 'read' | 'heads'> {
  readonly log: Envelope[] = [];
  /** After which position each subscription began. */
  readonly subscriptions: (Position | undefined)[] = [];
  reads = 0;
  private readonly sleepers = new Set<() => void>();

  constructor(
    private readonly chunkSize: () => number = () => 10,
    /** Asked before every chunk: is the connection lost now? */
    private readonly torn: () => boolean = () => false,
    /** How many events before its position a subscription begins, against what the port promises. */
    private readonly overlap = 0,
  ) {}

  append(...events: readonly Envelope[]): void {
    this.log.push(...events);
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.sleepers) resolve();
    this.sleepers.clear();
  }

  async *read(projectId: string, from = 0, limit = Infinity): AsyncGenerator<Envelope> {
    this.reads++;
    yield* this.log.filter((event) => event.projectId === projectId && event.revision >= from).slice(0, limit);
  }

  async *heads() {
    const heads = new Map(this.log.map(({ projectId, revision, hash }) => [projectId, { projectId, revision, hash }]));
    yield* heads.values();
  }

  async *subscribe(after: Position | undefined, signal: AbortSignal): AsyncGenerator<Chunk> {
    this.subscriptions.push(after);
    signal.addEventListener('abort', () => this.wake());
    let at = Math.max(0, (after === undefined ? 0 : Number(after)) - this.overlap);
    for (let live = false; !signal.aborted;) {
      if (this.torn()) throw new StoreUnavailable('the test pulled the plug');
      const end = Math.min(this.log.length, at + Math.max(1, this.chunkSize()));
      if (end > at || !live) {
        const events = this.log.slice(at, end).map((event, offset) => ({ position: String(at + offset + 1), event }));
        at = end;
        live = end === this.log.length;
        yield { events, caughtUp: live, left: this.log.length - at };
      } else {
        await new Promise<void>((resolve) => this.sleepers.add(resolve));
      }
    }
  }
}

/** A read model that is away whenever `away` says so: sometimes after it has done what it was asked. */
export function unsteady(readModel: ReadModel, away: () => 'before' | 'after' | undefined): ReadModel {
  async function through<Result>(act: () => Promise<Result>): Promise<Result> {
    const when = away();
    if (when === 'before') throw new ReadModelUnavailable('the test pulled the plug');
    const result = await act();
    if (when === 'after') throw new ReadModelUnavailable('the test pulled the plug, after the fact');
    return result;
  }
  const { stored, checkpoints } = readModel;
  return {
    checkpoints,
    stored: {
      checkpoints: (projectIds) => through(() => stored.checkpoints(projectIds)),
      get: (projectId, collection, ids) => through(() => stored.get(projectId, collection, ids)),
      projectIds: () => through(() => stored.projectIds()),
      clear: (projectId) => through(() => stored.clear(projectId)),
    },
    commit: (batch) => through(() => readModel.commit(batch)),
    checkpoint: (projectId) => through(() => readModel.checkpoint(projectId)),
    checkpointsOf: (projectIds) => through(() => readModel.checkpointsOf(projectIds)),
    get: (projectId, collection, ids) => through(() => readModel.get(projectId, collection, ids)),
    getOfEach: (projectIds, collection) => through(() => readModel.getOfEach(projectIds, collection)),
    list: (projectId, query) => through(() => readModel.list(projectId, query)),
    lists: (projectId, queries) => through(() => readModel.lists(projectId, queries)),
    log: (projectId, query) => through(() => readModel.log(projectId, query)),
    projectIds: () => through(() => readModel.projectIds()),
    close: () => readModel.close(),
  };
}
