import type { UserKey } from '../domain/user-key';
import type { Properties } from '../evaluation/user-record';
import { ClickHouseAppender } from './clickhouse-append';
import { ClickHouseHttp, type ClickHouseAddress } from './clickhouse-http';
import { clickHouseMoments } from './clickhouse-moments';
import type { Moments, MomentsQuery } from './moments';
import {
  VOCABULARY_LIMITS,
  type Appended,
  type EventInUse,
  type KnownObservation,
  type Observation,
  type Observations,
  type StoredEvent,
  type StoredExposure,
  minuteOf,
  type Tally,
  type TallyQuery,
  type TallyTotal,
} from './observations';
import { vocabularyOf } from './vocabulary';

/** ClickHouse's instants end in 2106, and a row whose end lies beyond is taken for an old one. */
const LONGEST_DAYS = 20_000;

/**
 * Rows lie by user, so that an event is found by its id, and a user's rows are together. A part is on the disk before an insert is answered, and goes
 * when all in it is older than it is to be kept. Keys, ids and contents are hexadecimal digits, which take half as much once they are packed.
 */
function tablesOf(keptDays: number): readonly string[] {
  const month = 'PARTITION BY toYYYYMM(toDateTime(intDiv(received_at, 1000)))';
  const kept = `TTL toDateTime(intDiv(received_at, 1000)) + INTERVAL ${Math.min(keptDays, LONGEST_DAYS)} DAY`;
  const durable = 'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1';
  return [
    `CREATE TABLE IF NOT EXISTS observed_events (
      project String, user String CODEC(ZSTD), id String CODEC(ZSTD), event LowCardinality(String), content String CODEC(ZSTD),
      at Int64, received_at Int64, properties String CODEC(ZSTD)
    ) ENGINE = MergeTree ${month} ORDER BY (project, user, id) ${kept} ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_exposures (
      project String, experiment LowCardinality(String), user String CODEC(ZSTD), variant LowCardinality(String),
      at Int64, received_at Int64, revision Int64
    ) ENGINE = MergeTree ${month} ORDER BY (project, experiment, user, variant, at) ${kept} ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_vocabulary (
      project String, event String, property String, type LowCardinality(String)
    ) ENGINE = ReplacingMergeTree ORDER BY (project, event, property, type)`,
    `CREATE TABLE IF NOT EXISTS observed_erased (project String, experiment String, users UInt64)
      ENGINE = SummingMergeTree ORDER BY (project, experiment) ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_tallies (
      project String, kind LowCardinality(String), subject String, name String, minute Int64, count UInt64
    ) ENGINE = SummingMergeTree ORDER BY (project, kind, subject, name, minute)
      TTL toDateTime(intDiv(minute, 1000)) + INTERVAL ${Math.min(keptDays, LONGEST_DAYS)} DAY ${durable}`,
    `CREATE TABLE IF NOT EXISTS observed_forgotten (project String, users UInt64) ENGINE = SummingMergeTree ORDER BY project ${durable}`,
  ];
}

export interface ClickHouseObservationsOptions {
  readonly keptDays: number;
  /** UTC milliseconds; absent: ClickHouse's own clock, which all instances share. */
  readonly clock?: () => number;
}

/** Rows of one page: an event may have a megabyte. */
const PAGE_ROWS = 200;

/** Sorts behind the id of any event: those are hexadecimal digits. */
const BEHIND_ALL = 'g';

type Int = number | string;
type EventRow = [user: UserKey, id: string, at: Int, receivedAt: Int, properties: string];
type ExposureRow = [user: UserKey, variant: string, at: Int, receivedAt: Int, revision: Int];

/** An event counts once per user and id: the first that was received, should two instances have taken it at the same time. */
const FIRST_RECEIVED = `SELECT user, id, event, at, received_at, properties FROM observed_events
  WHERE project = {project:String} AND user >= {from:String} AND (user, id) > ({user:String}, {id:String})
  ORDER BY user, id, received_at, content LIMIT 1 BY user, id`;

/** Observations in a ClickHouse that many instances share. What was acknowledged is on its disk. */
export class ClickHouseObservations implements Observations {
  private constructor(
    private readonly http: ClickHouseHttp,
    private readonly appender: ClickHouseAppender,
    private readonly clock: (() => number) | undefined,
  ) {}

  /** Makes the tables if they are not there. Rejects with `ObservationsUnavailable`. */
  static async open(address: ClickHouseAddress, { keptDays, clock }: ClickHouseObservationsOptions): Promise<ClickHouseObservations> {
    const http = new ClickHouseHttp(address);
    for (const table of tablesOf(keptDays)) await http.command(table);
    const last = 'SELECT greatest((SELECT max(received_at) FROM observed_events), (SELECT max(received_at) FROM observed_exposures))';
    const [[receivedAt] = [0]] = await http.query<[Int]>(last);
    return new ClickHouseObservations(http, new ClickHouseAppender(http, clock, Number(receivedAt)), clock);
  }

  append(projectId: string, batch: readonly Observation[]): Promise<readonly Appended[]> {
    return this.appender.append(projectId, batch);
  }

  async *eventsOf(projectId: string, event: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredEvent> {
    const sql = `SELECT user, id, at, received_at, properties FROM (${FIRST_RECEIVED})
      WHERE event = {event:String} AND received_at < {before:Int64} ORDER BY user, id LIMIT ${PAGE_ROWS}`;
    const named = { project: projectId, event, before: Math.min(receivedBefore, Number.MAX_SAFE_INTEGER) };
    for (let [user, id] = [afterUser ?? '', afterUser === undefined ? '' : BEHIND_ALL]; ;) {
      const rows = await this.http.query<EventRow>(sql, { ...named, from: user, user, id });
      for (const row of rows)
        yield { user: row[0], at: Number(row[2]), receivedAt: Number(row[3]), properties: JSON.parse(row[4]) as Properties };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return;
      [user, id] = last;
    }
  }

  async *exposuresOf(projectId: string, experiment: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredExposure> {
    const sql = `SELECT user, variant, at, received_at, revision FROM observed_exposures
      WHERE project = {project:String} AND experiment = {experiment:String} AND received_at < {before:Int64}
        AND user >= {user:String} AND (user, variant, at) > ({user:String}, {variant:String}, {at:Int64})
      ORDER BY user, variant, at LIMIT 1 BY user, variant, at LIMIT ${PAGE_ROWS}`;
    const named = { project: projectId, experiment, before: Math.min(receivedBefore, Number.MAX_SAFE_INTEGER) };
    let [user, variant, at] = [afterUser === undefined ? '' : `${afterUser}0`, '', 0];
    for (;;) {
      const rows = await this.http.query<ExposureRow>(sql, { ...named, user, variant, at });
      for (const row of rows)
        yield { user: row[0], variant: row[1], at: Number(row[2]), receivedAt: Number(row[3]), revision: Number(row[4]) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return;
      [user, variant, at] = [last[0], last[1], Number(last[2])];
    }
  }

  moments(query: MomentsQuery): Promise<Moments> {
    return clickHouseMoments(this.http, query);
  }

  async *known(projectId: string, user: UserKey): AsyncIterable<KnownObservation> {
    const sql = `SELECT id, event, at, received_at, properties FROM (${FIRST_RECEIVED}) WHERE user = {from:String} ORDER BY id LIMIT ${PAGE_ROWS}`;
    for (let id = ''; ;) {
      const rows = await this.http.query<[string, string, Int, Int, string]>(sql, { project: projectId, from: user, user, id });
      for (const [, event, at, receivedAt, properties] of rows)
        yield { kind: 'event', event, at: Number(at), receivedAt: Number(receivedAt), properties: JSON.parse(properties) as Properties };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) break;
      id = last[0];
    }
    const exposures = await this.http.query<[string, string, Int, Int, Int]>(
      `SELECT experiment, variant, at, received_at, revision FROM observed_exposures
        WHERE project = {project:String} AND user = {user:String} ORDER BY experiment, variant, at LIMIT 1 BY experiment, variant, at`,
      { project: projectId, user },
    );
    for (const [experiment, variant, at, receivedAt, revision] of exposures)
      yield { kind: 'exposure', experiment, variant, at: Number(at), receivedAt: Number(receivedAt), revision: Number(revision) };
  }

  async tally(projectId: string, tallies: readonly Tally[]): Promise<void> {
    const now = this.clock === undefined ? 'toUnixTimestamp64Milli(now64(3))' : String(this.clock());
    const [[nowMs] = [0]] = await this.http.query<[Int]>(`SELECT ${now}`);
    const minute = minuteOf(Number(nowMs));
    await this.http.insert(
      'observed_tallies',
      tallies.map(({ kind, subject, name, count }) => [projectId, kind, subject, name, minute, count]),
    );
  }

  async tallied({ projectId, kind, subject, receivedBefore }: TallyQuery): Promise<readonly TallyTotal[]> {
    const rows = await this.http.query<[string, Int, Int]>(
      `SELECT name, min(minute), sum(count) FROM observed_tallies
        WHERE project = {project:String} AND kind = {kind:String} AND subject = {subject:String} AND minute < {before:Int64}
        GROUP BY name ORDER BY name`,
      { project: projectId, kind, subject, before: minuteOf(Math.min(receivedBefore, Number.MAX_SAFE_INTEGER)) },
    );
    return rows.map(([name, firstAt, count]) => ({ name, firstAt: Number(firstAt), count: Number(count) }));
  }

  async forget(projectId: string, user: UserKey): Promise<number> {
    const named = { project: projectId, user };
    const where = 'WHERE project = {project:String} AND user = {user:String}';
    const [[removed] = [0]] = await this.http.query<[Int]>(
      `SELECT (SELECT uniqExact(id) FROM observed_events ${where}) + (SELECT count() FROM observed_exposures ${where})`,
      named,
    );
    if (Number(removed) === 0) return 0;
    await this.http.insert('observed_forgotten', [[projectId, 1]]);
    const experiments = await this.http.query<[string]>(`SELECT DISTINCT experiment FROM observed_exposures ${where}`, named);
    await this.http.insert(
      'observed_erased',
      experiments.map(([experiment]) => [projectId, experiment, 1]),
    );
    // No query sees the rows from now on; they leave the disk when ClickHouse next merges their parts.
    for (const table of ['observed_events', 'observed_exposures'])
      await this.http.command(`DELETE FROM ${table} ${where} SETTINGS lightweight_deletes_sync = 2`, named);
    return Number(removed);
  }

  async forgotten(projectId: string): Promise<number> {
    const sql = 'SELECT sum(users) FROM observed_forgotten WHERE project = {project:String}';
    const [[users] = [0]] = await this.http.query<[Int]>(sql, { project: projectId });
    return Number(users);
  }

  async vocabulary(projectId: string): Promise<readonly EventInUse[]> {
    const limit = VOCABULARY_LIMITS.events * VOCABULARY_LIMITS.properties;
    const rows = await this.http.query<[string, string, string]>(
      `SELECT DISTINCT event, property, type FROM observed_vocabulary WHERE project = {project:String} ORDER BY event, property, type LIMIT ${limit}`,
      { project: projectId },
    );
    return vocabularyOf(rows.map(([event, property, type]) => (type === '' ? [event, null, null] : [event, property, type])));
  }

  close(): Promise<void> {
    return this.appender.close();
  }
}
