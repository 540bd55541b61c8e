import { LRUCache } from 'lru-cache';
import {
  ReadModelUnavailable,
  type Batch,
  type Checkpoint,
  type Document,
  type ListQuery,
  type LogPage,
  type LogQuery,
  type Page,
  type ReadModel,
} from './read-model';
import type { RedisAddress } from './redis-address';
import { COMMIT, commitArguments } from './redis-commit';
import { RedisConnection } from './redis-connection';
import { documentsIn, GET, getArguments, type GetAnswer } from './redis-get';
import { RedisKeys } from './redis-keys';
import { LIST, listArguments, pageIn, type ListAnswer } from './redis-list';
import { LOG, logArguments, logPageIn, type LogAnswer } from './redis-log';
import { Watermarks } from './redis-watermarks';
import { compareCodePoints } from './row-order';

/** Rows in all pages that are kept, to be shown again for as long as Redis says that nothing has changed. */
const ROWS_KEPT = 20_000;
const LOOK_MS = 1_000;
const LOOK_AT = 100;
const CHECKPOINTS_AT_ONCE = 1_000;

/**
 * The read model in Redis, of one generation, shared by any number of instances.
 *
 * Each call is one script on one hash slot, so it happens at one instant; only the list of projects is apart. What a process has seen of a
 * project it never shows older: while Redis is behind that, reading is refused as unavailable and the loss is told (`onDoubt`), until
 * somebody who is to make it good has read the checkpoint. Projects that nobody asks for are looked at in turn, 100 a second.
 */
export class RedisReadModel implements ReadModel {
  private readonly connection: RedisConnection;
  /** For batches alone, so that whoever asks for something little need not wait behind all those that are on their way. */
  private readonly writing: RedisConnection;
  private readonly keys: RedisKeys;
  private readonly clustered: boolean;
  private readonly marks = new Watermarks(() => this.doubt());
  private readonly pages = new LRUCache<string, Page>({ maxSize: ROWS_KEPT, sizeCalculation: ({ rows }) => rows.length + 1 });
  private readonly listeners = new Set<() => void>();
  private readonly looking: NodeJS.Timeout;
  /** Projects that were put into the list of projects, and nothing has been lost since. */
  private listed = new Set<string>();

  private constructor(address: RedisAddress, generation: string) {
    this.keys = new RedisKeys(address.prefix, generation);
    this.clustered = address.topology === 'cluster';
    this.connection = new RedisConnection(address, { ledgerGet: GET, ledgerList: LIST, ledgerLog: LOG });
    this.writing = new RedisConnection(address, { ledgerCommit: COMMIT });
    for (const connection of [this.connection, this.writing]) connection.onLoss(() => this.doubt());
    this.looking = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  /** Resolves also while Redis is away: then calls are refused until it is there. */
  static async open(address: RedisAddress, generation = '1'): Promise<RedisReadModel> {
    const readModel = new RedisReadModel(address, generation);
    await Promise.all([readModel.connection.settle(), readModel.writing.settle()]);
    return readModel;
  }

  async commit(batch: Batch): Promise<boolean> {
    const parts = commitArguments(this.keys, batch);
    // First: a project that is listed and not there is passed over, but one that is there and not listed would be missed.
    const enlisted = this.enlist(batch.projectId);
    // What one server is sent first it does first; of two nothing is known before they answer.
    if (this.clustered) await enlisted;
    const [done] = await Promise.all([this.writing.run('ledgerCommit', ...parts), enlisted]);
    if (done === 1) this.marks.raise(batch.projectId, batch.checkpoint.revision);
    return done === 1;
  }

  async checkpoint(projectId: string): Promise<Checkpoint | undefined> {
    const checkpoint = await this.read(projectId);
    this.marks.accept(projectId, checkpoint?.revision ?? -1);
    if (checkpoint) await this.enlist(projectId);
    return checkpoint;
  }

  async standings(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]> {
    const promised = projectIds.map((id) => this.marks.of(id));
    const checkpoints = await Promise.all(projectIds.map((id) => this.read(id)));
    return checkpoints.map((checkpoint, at) => {
      const well = this.marks.seen(projectIds[at]!, checkpoint?.revision ?? -1, promised[at]!);
      return well ? checkpoint : undefined;
    });
  }

  async get(projectId: string, collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]> {
    const promised = this.marks.of(projectId);
    const answer = (await this.connection.runRead('ledgerGet', ...getArguments(this.keys, projectId, collection, ids))) as GetAnswer;
    this.expect(projectId, Number(answer[0] ?? -1), promised);
    return documentsIn(answer);
  }

  async list(projectId: string, query: ListQuery): Promise<Page> {
    const promised = this.marks.of(projectId);
    const name = JSON.stringify([projectId, query]);
    const kept = this.pages.get(name);
    const parts = listArguments(this.keys, projectId, query, kept?.checkpoint);
    const answer = (await this.connection.runRead('ledgerList', ...parts)) as ListAnswer;
    this.expect(projectId, Number(answer[0] ?? -1), promised);
    const page = pageIn(answer, query) ?? kept!;
    if (page !== kept && page.checkpoint) this.pages.set(name, page);
    return page;
  }

  async log(projectId: string, query: LogQuery): Promise<LogPage> {
    const promised = this.marks.of(projectId);
    const answer = (await this.connection.runRead('ledgerLog', ...logArguments(this.keys, projectId, query))) as LogAnswer;
    this.expect(projectId, Number(answer[0] ?? -1), promised);
    return logPageIn(answer, query);
  }

  async projectIds(): Promise<readonly string[]> {
    const listed = await this.connection.read((client) => client.smembers(this.keys.projects));
    const there: string[] = [];
    for (let at = 0; at < listed.length; at += CHECKPOINTS_AT_ONCE) {
      const ids = listed.slice(at, at + CHECKPOINTS_AT_ONCE);
      const revisions = await this.revisions(ids, { patient: true });
      there.push(...ids.filter((_, place) => revisions[place]! >= 0));
    }
    return there.sort(compareCodePoints);
  }

  onDoubt(tell: () => void): void {
    this.listeners.add(tell);
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    this.connection.close();
    this.writing.close();
  }

  private async read(projectId: string): Promise<Checkpoint | undefined> {
    const { revision, hash, occurredAt } = await this.connection.read((client) => client.hgetall(this.keys.checkpoint(projectId)));
    if (revision === undefined || hash === undefined) return undefined;
    return Object.freeze({ revision: Number(revision), hash, occurredAt: Number(occurredAt) });
  }

  private expect(projectId: string, revision: number, promised: number): void {
    if (this.marks.seen(projectId, revision, promised)) return;
    throw new ReadModelUnavailable(
      `Redis has lost documents of project ${projectId}: it was at revision ${promised} and is at ${revision}`,
    );
  }

  private doubt(): void {
    this.listed = new Set();
    for (const tell of this.listeners) tell();
  }

  private async enlist(projectId: string): Promise<void> {
    const { listed } = this;
    if (listed.has(projectId)) return;
    await this.writing.ask((client) => client.sadd(this.keys.projects, projectId));
    listed.add(projectId);
  }

  /** -1 where there is none. */
  private async revisions(projectIds: readonly string[], { patient }: { readonly patient: boolean }): Promise<readonly number[]> {
    const ask = patient ? this.connection.read.bind(this.connection) : this.connection.ask.bind(this.connection);
    const asked = projectIds.map((id) => ask((client) => client.hget(this.keys.checkpoint(id), 'revision')));
    return (await Promise.all(asked)).map((revision) => Number(revision ?? -1));
  }

  /** Notices what was lost without a lost connection. */
  private async look(): Promise<void> {
    const ids = this.marks.next(LOOK_AT);
    if (ids.length === 0) return;
    const promised = ids.map((id) => this.marks.of(id));
    try {
      const revisions = await this.revisions(ids, { patient: false });
      const { listed } = this;
      const inList = await this.connection.ask((client) => client.smismember(this.keys.projects, ...ids));
      const well = ids.map((id, at) => this.marks.seen(id, revisions[at]!, promised[at]!));
      if (well.every(Boolean) && ids.some((id, at) => listed.has(id) && inList[at] === 0)) this.doubt();
    } catch (error) {
      // That Redis is away has been told when the connection was lost; anything else is told like a loss, so that the projector meets it.
      if (!(error instanceof ReadModelUnavailable)) this.doubt();
    }
  }
}
