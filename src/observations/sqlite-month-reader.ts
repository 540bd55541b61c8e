import type Database from 'libsql';
import { bytesOf, hexOf } from './sqlite-format';
import { page, type Page } from './sqlite-page';

/** Where a page goes on: behind this event of this user. */
export interface EventPlace {
  readonly user: string;
  readonly id: string;
}

export type EventTuple = readonly [user: string, id: string, at: number, receivedAt: number, properties: string];
export type KnownEventTuple = readonly [name: string, id: string, at: number, receivedAt: number, properties: string];

export type MeasuredTuple = readonly [user: Uint8Array, at: number, properties: string | null];

type Statement = Database.Statement<unknown[]>;

/** The file of one month, as the thread that reads it sees it. No reading is open when a call returns, so none holds back the log. */
export class MonthReader {
  private readonly events: Statement;
  private readonly measured: Statement;
  private readonly timed: Statement;
  private readonly knownEvents: Statement;
  private readonly vocabularyRows: Statement;
  private readonly forgottenUsers: Statement;

  constructor(private readonly db: Database.Database) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.events = query(
      `SELECT user, id, at, received_at, properties FROM events
        WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND (user, id) > (?, ?) AND received_at < ?
        ORDER BY user, id`,
    );
    const measured = (properties: string) =>
      query(
        `SELECT user, at, ${properties} FROM events
          WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND at >= ? AND received_at < ? ORDER BY user`,
      );
    this.measured = measured('properties');
    this.timed = measured('NULL');
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

  /** The events of a name since a time, user by user; null for properties that are not asked for. It must be read to its end. */
  measuredEvents(
    projectId: string,
    event: string,
    since: number,
    receivedBefore: number,
    withProperties: boolean,
  ): Iterable<MeasuredTuple> {
    const statement = withProperties ? this.measured : this.timed;
    return statement.iterate(projectId, event, since, receivedBefore) as Iterable<MeasuredTuple>;
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
}
