import { LRUCache } from 'lru-cache';
import { Checkpoints, type KnownCheckpoint } from './checkpoints';
import {
  ReadModelDamaged,
  ReadModelUnavailable,
  type Batch,
  type Checkpoint,
  type Document,
  type ListQuery,
  type LogPage,
  type LogQuery,
  type Page,
  type ReadModel,
  type Stored,
} from './read-model';
import type { RedisAddress } from '../redis/address';
import { checkpointIn, DAMAGED, FIELDS, type CheckpointFields } from './redis-resume';
import { COMMIT, commitArguments } from './redis-commit';
import { RedisConnection } from '../redis/connection';
import { deleteProject } from './redis-sweep';
import { CHECKPOINTS, documentsIn, GET, GET_OF_EACH, getArguments, getOfEachArguments, type GetAnswer } from './redis-get';
import { RedisKeys } from './redis-keys';
import { listArguments, LISTS } from './redis-list';
import { pageIn, type ListAnswer } from './redis-page';
import { LOG, logArguments, logPageIn, type LogAnswer } from './redis-log';
import { compareCodePoints } from './row-order';

/** Rows in all pages that are kept, to be shown again for as long as Redis says that nothing has changed. */
const ROWS_KEPT = 20_000;
const LOOK_MS = 1_000;
const LOOK_AT = 100;
/** After so many looks every project has been looked at. */
const LOOKS = 4;
const CHECKPOINTS_AT_ONCE = 1_000;
/** A document may be 100 kB: so few of them that one script's answer stays below some MB. */
const PROJECTS_AT_ONCE = 100;

/**
 * The read model in Redis, of one generation, shared by any number of instances.
 *
 * Each call is one script on one hash slot, so it happens at one instant; only the list of projects is apart. Each answer carries the checkpoint of
 * its instant, which is compared with what was seen (`checkpoints`). Projects that no query asks for are looked at in turn, each within four seconds.
 */
export class RedisReadModel implements ReadModel {
  private readonly connection: RedisConnection;
  /** For batches alone, so that a small read need not wait behind all those that are on their way. */
  private readonly writing: RedisConnection;
  private readonly clustered: boolean;
  readonly checkpoints = new Checkpoints();
  readonly stored: Stored = {
    checkpoints: (projectIds) => this.storedCheckpoints(projectIds),
    get: async (projectId, collection, ids) => {
      const answer = await this.documents(projectId, collection, ids);
      if (answer[0] === DAMAGED) throw new ReadModelDamaged(`Redis has lost documents of ${collection} of project ${projectId}`);
      return documentsIn(answer);
    },
    projectIds: () => this.storedProjectIds(),
    clear: (projectId) => deleteProject(this.writing, this.keys, projectId),
  };
  private readonly pages = new LRUCache<string, Page>({ maxSize: ROWS_KEPT, sizeCalculation: ({ rows }) => rows.length + 1 });
  private readonly looking: NodeJS.Timeout;
  /** Projects that were put into the list of projects, and nothing has been lost since. */
  private listed = new Set<string>();

  private constructor(
    address: RedisAddress,
    private readonly keys: RedisKeys,
  ) {
    this.clustered = address.topology === 'cluster';
    this.connection = new RedisConnection(
      address,
      { ledgerCheckpoints: CHECKPOINTS, ledgerGet: GET, ledgerGetOfEach: GET_OF_EACH, ledgerLists: LISTS, ledgerLog: LOG },
      ReadModelUnavailable,
    );
    this.writing = new RedisConnection(address, { ledgerCommit: COMMIT }, ReadModelUnavailable);
    for (const connection of [this.connection, this.writing]) connection.onLoss(() => this.checkpoints.invalidate());
    this.checkpoints.listen({ invalidated: () => void (this.listed = new Set()) });
    this.looking = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  /** Resolves also while Redis is away: then calls are refused until it is there. */
  static async open(address: RedisAddress, keys = new RedisKeys(`${address.prefix}:1:`)): Promise<RedisReadModel> {
    const readModel = new RedisReadModel(address, keys);
    await Promise.all([readModel.connection.settle(), readModel.writing.settle()]);
    return readModel;
  }

  async commit(batch: Batch): Promise<boolean> {
    const parts = commitArguments(this.keys, batch);
    // First: a project that is listed and not there is passed over, but one that is there and not listed would be missed.
    const enlisted = this.enlist(batch.projectId);
    // One server carries out commands in the order they were sent; two servers of a cluster have no common order.
    if (this.clustered) await enlisted;
    const [done] = await Promise.all([this.writing.run('ledgerCommit', ...parts), enlisted]);
    if (typeof done === 'string') throw new ReadModelDamaged(`Redis has lost ${done} of project ${batch.projectId}, or a part of it`);
    return done === 1;
  }

  async checkpoint(projectId: string): Promise<Checkpoint | undefined> {
    return (await this.checkpointsOf([projectId]))[0];
  }

  async checkpointsOf(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]> {
    const known = projectIds.map((id) => this.checkpoints.known(id));
    const stored = await this.read(projectIds);
    projectIds.forEach((id, at) => this.expect(id, stored[at], known[at]!));
    return stored;
  }

  async get(projectId: string, collection: string, ids: readonly string[]): Promise<readonly (Document | undefined)[]> {
    const known = this.checkpoints.known(projectId);
    const answer = this.whole(projectId, await this.documents(projectId, collection, ids));
    this.expect(projectId, checkpointIn([answer[0], answer[1], answer[2]]), known);
    return documentsIn(answer);
  }

  async getOfEach(projectIds: readonly string[], collection: string): Promise<readonly (Document | undefined)[]> {
    const found: (Document | undefined)[] = [];
    for (let at = 0; at < projectIds.length; at += PROJECTS_AT_ONCE) {
      const ids = projectIds.slice(at, at + PROJECTS_AT_ONCE);
      const known = ids.map((id) => this.checkpoints.known(id));
      // In a cluster they are in different slots, which no one script can read.
      const answers = this.clustered
        ? await Promise.all(ids.map((id) => this.documents(id, collection, [id])))
        : ((await this.connection.runRead('ledgerGetOfEach', ...getOfEachArguments(this.keys, ids, collection))) as GetAnswer[]);
      ids.forEach((id, index) => {
        const answer = this.whole(id, answers[index]!);
        this.expect(id, checkpointIn([answer[0], answer[1], answer[2]]), known[index]!);
        found.push(...documentsIn(answer));
      });
    }
    return found;
  }

  async list(projectId: string, query: ListQuery): Promise<Page> {
    return (await this.lists(projectId, [query]))[0]!;
  }

  async lists(projectId: string, queries: readonly ListQuery[]): Promise<readonly Page[]> {
    if (queries.length === 0) return [];
    const known = this.checkpoints.known(projectId);
    const asked = queries.map((query) => {
      const name = JSON.stringify([projectId, query]);
      const kept = this.pages.get(name);
      return { query, name, kept, parts: listArguments(this.keys, projectId, query, kept?.checkpoint) };
    });
    const [keys, args] = [0, 1].map((part) => asked.flatMap(({ parts }) => parts[part]!)) as [string[], string[]];
    const answers = (await this.connection.runRead('ledgerLists', keys, args)) as ListAnswer[];
    return asked.map(({ query, name, kept }, at) => {
      const page = pageIn(this.whole(projectId, answers[at]!), query) ?? kept!;
      this.expect(projectId, page.checkpoint, known);
      if (page !== kept && page.checkpoint) this.pages.set(name, page);
      return page;
    });
  }

  async log(projectId: string, query: LogQuery): Promise<LogPage> {
    const known = this.checkpoints.known(projectId);
    const answer = (await this.connection.runRead('ledgerLog', ...logArguments(this.keys, projectId, query))) as LogAnswer;
    const page = logPageIn(this.whole(projectId, answer), query);
    this.expect(projectId, page.checkpoint, known);
    return page;
  }

  /** Compares with every project that was seen before, so that one that is missing from the list is noticed too. */
  async projectIds(): Promise<readonly string[]> {
    const ids = [...new Set([...(await this.listedIds()), ...this.checkpoints.projectIds()])];
    const there = await this.checkpointsOf(ids);
    return ids.filter((_, at) => there[at] !== undefined).sort(compareCodePoints);
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    this.connection.close();
    this.writing.close();
  }

  private async documents(projectId: string, collection: string, ids: readonly string[]): Promise<GetAnswer> {
    return (await this.connection.runRead('ledgerGet', ...getArguments(this.keys, projectId, collection, ids))) as GetAnswer;
  }

  private async storedCheckpoints(projectIds: readonly string[]): Promise<readonly (Checkpoint | undefined)[]> {
    const checkpoints = await this.read(projectIds);
    await Promise.all(projectIds.filter((_, at) => checkpoints[at] !== undefined).map((id) => this.enlist(id)));
    return checkpoints;
  }

  private async storedProjectIds(): Promise<readonly string[]> {
    const ids = await this.listedIds();
    const there = await this.read(ids);
    return ids.filter((_, at) => there[at] !== undefined).sort(compareCodePoints);
  }

  private listedIds(): Promise<readonly string[]> {
    return this.connection.read((client) => client.smembers(this.keys.projects));
  }

  /** Unless `patient`, Redis is asked once. */
  private async read(projectIds: readonly string[], patient = true): Promise<readonly (Checkpoint | undefined)[]> {
    const ask = patient ? this.connection.read.bind(this.connection) : this.connection.ask.bind(this.connection);
    const checkpoints: (Checkpoint | undefined)[] = [];
    for (let at = 0; at < projectIds.length; at += CHECKPOINTS_AT_ONCE) {
      const keys = projectIds.slice(at, at + CHECKPOINTS_AT_ONCE).map((id) => this.keys.checkpoint(id));
      // In a cluster they are in different slots, which no one command can ask.
      const asked = this.clustered
        ? Promise.all(keys.map((key) => ask((client) => client.hmget(key, ...FIELDS))))
        : ask(() => this.connection.call('ledgerCheckpoints', keys, []));
      for (const fields of (await asked) as CheckpointFields[]) checkpoints.push(checkpointIn(fields));
    }
    return checkpoints;
  }

  private whole<Answer extends readonly unknown[]>(projectId: string, answer: Answer): Answer {
    if (answer[0] !== DAMAGED) return answer;
    this.checkpoints.reportDamage(projectId);
    throw new ReadModelUnavailable(`Redis has lost a part of project ${projectId}, which is being projected again`);
  }

  private expect(projectId: string, checkpoint: Checkpoint | undefined, known: KnownCheckpoint): void {
    if (this.checkpoints.observe(projectId, checkpoint, known)) return;
    const [was, is] = [known.checkpoint?.revision, checkpoint?.revision ?? -1];
    throw new ReadModelUnavailable(`Redis has lost documents of project ${projectId}: it was at revision ${was} and is at ${is}`);
  }

  private async enlist(projectId: string): Promise<void> {
    const { listed } = this;
    if (listed.has(projectId)) return;
    await this.writing.ask((client) => client.sadd(this.keys.projects, projectId));
    listed.add(projectId);
  }

  /** Notices what was lost without a lost connection. */
  private async look(): Promise<void> {
    const ids = this.checkpoints.next(LOOK_AT, LOOKS);
    if (ids.length === 0) return;
    const known = ids.map((id) => this.checkpoints.known(id));
    try {
      const stored = await this.read(ids, false);
      const { listed } = this;
      const inList = await this.connection.ask((client) => client.smismember(this.keys.projects, ...ids));
      const well = ids.map((id, at) => this.checkpoints.observe(id, stored[at], known[at]!));
      if (well.every(Boolean) && ids.some((id, at) => listed.has(id) && inList[at] === 0)) this.checkpoints.invalidate();
    } catch (error) {
      // That Redis is away has been reported when the connection was lost; anything else is reported like a loss, so that the projector meets it.
      if (!(error instanceof ReadModelUnavailable)) this.checkpoints.invalidate();
    }
  }
}
