import type Database from 'libsql';
import { pathToFileURL } from 'node:url';
import type { Properties } from '../evaluation/user-record';
import type { MeasuredEvent } from './moment-sums';
import { DAY_MS, PRE_DAYS } from './moments';
import { bytesOf, hexOf } from './sqlite-format';
import { page, type Page } from './thread-rows';

/** Where a page goes on: behind this event of this user. */
export interface EventPlace {
  readonly user: string;
  readonly id: string;
}

export type EventTuple = readonly [user: string, id: string, at: number, receivedAt: number, properties: string];
export type KnownEventTuple = readonly [name: string, id: string, at: number, receivedAt: number, properties: string];

/** An event of a user who was exposed, near the first exposure; the key in hexadecimal digits as SQLite writes them, in capitals. */
export type MeasuredTuple = readonly [user: string, variant: string, first: number, at: number, properties: Properties];

/** Which events are measured: of users with one exposure to an experiment, which counts. The others are passed over, by their keys as in `MeasuredTuple`. */
export interface MeasuredQuery {
  readonly projectId: string;
  readonly event: string;
  readonly receivedBefore: number;
  /** The number of the experiment's series in the file of exposures. */
  readonly series: number;
  readonly variants: readonly string[];
  readonly exposedSince: number;
  readonly endRevision: number;
  /** How long after the first exposure an event still matters; before it, the days of comparison. */
  readonly windowMs: number;
  readonly readsProperties: boolean;
  readonly passedOver: ReadonlySet<string>;
}

/** Rows that are read as one text: each value for itself costs more than all else. */
const MEASURED_ROWS = 2_000;
/** Longer properties are read one by one, so that a text is not too large. */
const INLINE_LENGTH = 2_000;
const NONE: Properties = {};
/** With the id of the event instead of long properties, and 0 instead of those that are not asked for. */
type MeasuredRow = [user: string, variant: string, first: number, at: number, properties: Properties | string | 0];

type Statement = Database.Statement<unknown[]>;

/** The file of one month, as the thread that reads it sees it. No reading is open when a call of the thread returns, so none holds back the log. */
export class MonthReader {
  private readonly events: Statement;
  private readonly properties: Statement;
  private readonly ofUser: Statement;
  private measured: ReturnType<typeof measuredStatements> | undefined;
  private readonly knownEvents: Statement;
  private readonly vocabularyRows: Statement;
  private readonly forgottenUsers: Statement;

  constructor(
    private readonly db: Database.Database,
    private readonly exposuresFile: string,
  ) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.events = query(
      `SELECT user, id, at, received_at, properties FROM events
        WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND (user, id) > (?, ?) AND received_at < ?
        ORDER BY user, id`,
    );
    this.properties = query(
      `SELECT properties FROM events WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND user = ? AND id = ?`,
    );
    this.ofUser = query(
      `SELECT at, properties FROM events
        WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND user = ? AND received_at < ?`,
    );
    this.knownEvents = query(
      `SELECT name, events.id, at, received_at, properties FROM series JOIN events ON events.series = series.id
        WHERE project = ? AND kind = 'e' AND name >= ? AND user = ? AND (name, events.id) > (?, ?) ORDER BY name, events.id`,
    );
    this.vocabularyRows = query(
      `SELECT name, property, type FROM series LEFT JOIN vocabulary ON series = id
        WHERE project = ? AND kind = 'e' AND name IN (SELECT name FROM series WHERE project = ? AND kind = 'e' ORDER BY id LIMIT ?)`,
    );
    this.forgottenUsers = query(`SELECT users FROM forgotten JOIN series ON id = forgotten.project WHERE series.project = ?`);
  }

  eventsOf(projectId: string, event: string, receivedBefore: number, after: EventPlace): Page<EventTuple> {
    return page(this.events.iterate(projectId, event, bytesOf(after.user), bytesOf(after.id), receivedBefore), (row) => {
      const [user, id, at, receivedAt, properties] = row as [Uint8Array, Uint8Array, number, number, string];
      return { row: [hexOf(user), hexOf(id), at, receivedAt, properties] as const, bytes: properties.length };
    });
  }

  /** Runs what reads several pages: all of them, and the exposures that belong to them, as they were at the first, whatever is written meanwhile. */
  atOneInstant<Result>(run: () => Result): Result {
    // Before the transaction, in which no file can be attached.
    this.measuring();
    this.db.exec('BEGIN');
    try {
      return run();
    } finally {
      this.db.exec('COMMIT');
    }
  }

  /** The events of a name near the first exposures of their users, in the order of the users, but for those who are passed over. */
  *measuredEvents(query: MeasuredQuery): Generator<MeasuredTuple> {
    const { projectId, event, receivedBefore, series, variants, exposedSince, endRevision, windowMs, readsProperties, passedOver } = query;
    const statement = readsProperties ? this.measuring().withProperties : this.measuring().timed;
    const fixed = [receivedBefore, series, exposedSince, receivedBefore, endRevision, JSON.stringify(variants), windowMs];
    // A page goes on behind so many events of the last user.
    for (let [user, seen] = ['', 0]; ;) {
      const [text] = statement.get(projectId, event, bytesOf(user), ...fixed, seen) as [string];
      const rows = JSON.parse(text) as MeasuredRow[];
      for (const [of, variant, first, at, properties] of rows) {
        [user, seen] = [of, of === user ? seen + 1 : 1];
        if (!passedOver.has(of)) yield [of, variant, first, at, this.propertiesIn(query, of, properties)];
      }
      if (rows.length < MEASURED_ROWS) return;
    }
  }

  /** All events of a name of one user. */
  eventsOfUser(projectId: string, event: string, user: Uint8Array, receivedBefore: number): readonly MeasuredEvent[] {
    const rows = this.ofUser.all(projectId, event, user, receivedBefore) as [number, string][];
    return rows.map(([at, properties]) => ({ at, properties: JSON.parse(properties) as Properties }));
  }

  /** The events behind a place. */
  knownEventsOf(projectId: string, user: string, after: { readonly name: string; readonly id: string }): Page<KnownEventTuple> {
    return page(this.knownEvents.iterate(projectId, after.name, bytesOf(user), after.name, bytesOf(after.id)), (row) => {
      const [name, id, at, receivedAt, properties] = row as [string, Uint8Array, number, number, string];
      return { row: [name, hexOf(id), at, receivedAt, properties] as const, bytes: properties.length };
    });
  }

  vocabulary(projectId: string, events: number): readonly [event: string, property: string | null, type: string | null][] {
    return this.vocabularyRows.all(projectId, projectId, events) as [string, string | null, string | null][];
  }

  forgotten(projectId: string): number {
    return (this.forgottenUsers.get(projectId) as [number] | undefined)?.[0] ?? 0;
  }

  close(): void {
    this.db.close();
  }

  private measuring(): ReturnType<typeof measuredStatements> {
    return (this.measured ??= measuredStatements(this.db, this.exposuresFile));
  }

  private propertiesIn({ projectId, event }: MeasuredQuery, user: string, read: Properties | string | 0): Properties {
    if (read === 0) return NONE;
    if (typeof read !== 'string') return read;
    const row = this.properties.get(projectId, event, bytesOf(user), bytesOf(read)) as [string] | undefined;
    return row === undefined ? NONE : (JSON.parse(row[0]) as Properties);
  }
}

function measuredStatements(db: Database.Database, exposuresFile: string) {
  db.prepare('ATTACH ? AS exposed').run(`${pathToFileURL(exposuresFile).href}?mode=ro`);
  // Which table is gone through first is said here, as without statistics SQLite may choose to go through all exposures for each event.
  const measured = (properties: string): Statement =>
    db
      .prepare<unknown[]>(
        `SELECT json_group_array(json_array(hex(user), variant, first, at, ${properties})) FROM (
          SELECT e.user, e.id, x.variant, x.at AS first, e.at, e.properties FROM events AS e CROSS JOIN exposed.exposures AS x
          WHERE e.series = (SELECT id FROM main.series WHERE project = ? AND kind = 'e' AND name = ?) AND e.user >= ? AND e.received_at < ?
            AND x.series = ? AND x.user = e.user AND +x.at >= ? AND x.received_at < ? AND x.revision < ? AND x.variant IN (SELECT value FROM json_each(?))
            AND e.at >= +x.at - ${PRE_DAYS * DAY_MS} AND e.at < +x.at + ?
          ORDER BY e.user, e.id LIMIT ${MEASURED_ROWS} OFFSET ?)`,
      )
      .raw();
  return { withProperties: measured(`iif(length(properties) > ${INLINE_LENGTH}, hex(id), json(properties))`), timed: measured('0') };
}
