import type Database from 'libsql';
import { bytesOf, hexOf } from './sqlite-format';

/** The rows of one page, and about the bytes of properties in it: a page ends with the row that passes either. */
const PAGE_ROWS = 500;
const PAGE_BYTES = 4 * 1024 * 1024;

/** Where a page goes on: behind this event of this user. */
export interface EventPlace {
  readonly user: string;
  readonly id: string;
}

/** Behind this exposure of this user. */
export interface ExposurePlace {
  readonly user: string;
  readonly variant: string;
  readonly at: number;
}

export type ExposureTuple = readonly [user: string, variant: string, at: number, receivedAt: number, revision: number];
export type EventTuple = readonly [user: string, id: string, at: number, receivedAt: number, properties: string];
export type KnownTuple =
  | readonly ['event', name: string, id: string, at: number, receivedAt: number, properties: string]
  | readonly ['exposure', name: string, variant: string, at: number, receivedAt: number, revision: number];

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
}

type Statement = Database.Statement<unknown[]>;

/** The file of one month, as the thread that reads it sees it. No reading is open when a call returns, so none holds back the log. */
export class MonthReader {
  private readonly events: Statement;
  private readonly exposures: Statement;
  private readonly knownEvents: Statement;
  private readonly knownExposures: Statement;
  private readonly vocabularyRows: Statement;
  private readonly forgottenUsers: Statement;

  constructor(private readonly db: Database.Database) {
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.events = query(
      `SELECT user, id, at, received_at, properties FROM events
        WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'e' AND name = ?) AND (user, id) > (?, ?) AND received_at < ?
        ORDER BY user, id`,
    );
    this.exposures = query(
      `SELECT user, variant, at, received_at, revision FROM exposures
        WHERE series = (SELECT id FROM series WHERE project = ? AND kind = 'x' AND name = ?) AND (user, variant, at) > (?, ?, ?) AND received_at < ?
        ORDER BY user, variant, at`,
    );
    this.knownEvents = query(
      `SELECT name, events.id, at, received_at, properties FROM series JOIN events ON events.series = series.id
        WHERE project = ? AND kind = 'e' AND name >= ? AND user = ? AND (name, events.id) > (?, ?) ORDER BY name, events.id`,
    );
    this.knownExposures = query(
      `SELECT name, variant, at, received_at, revision FROM series JOIN exposures ON exposures.series = series.id
        WHERE project = ? AND kind = 'x' AND user = ? ORDER BY name, variant, at`,
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

  exposuresOf(projectId: string, experiment: string, receivedBefore: number, { user, variant, at }: ExposurePlace): Page<ExposureTuple> {
    return page(this.exposures.iterate(projectId, experiment, bytesOf(user), variant, at, receivedBefore), (row) => {
      const [bytes, ...rest] = row as [Uint8Array, string, number, number, number];
      return { row: [hexOf(bytes), ...rest] as const, bytes: 0 };
    });
  }

  /** The events behind a place. */
  knownEventsOf(projectId: string, user: string, after: { readonly name: string; readonly id: string }): Page<KnownTuple> {
    return page(this.knownEvents.iterate(projectId, after.name, bytesOf(user), after.name, bytesOf(after.id)), (row) => {
      const [name, id, at, receivedAt, properties] = row as [string, Uint8Array, number, number, string];
      return { row: ['event', name, hexOf(id), at, receivedAt, properties] as const, bytes: properties.length };
    });
  }

  /** All of them: a user is in few experiments. */
  knownExposuresOf(projectId: string, user: string): readonly KnownTuple[] {
    const rows = this.knownExposures.all(projectId, bytesOf(user)) as [string, string, number, number, number][];
    return rows.map((row) => ['exposure', ...row] as const);
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

function page<Row>(found: Iterable<unknown>, read: (row: unknown) => { readonly row: Row; readonly bytes: number }): Page<Row> {
  const rows: Row[] = [];
  let sum = 0;
  for (const raw of found) {
    const { row, bytes } = read(raw);
    rows.push(row);
    sum += bytes;
    if (rows.length === PAGE_ROWS || sum > PAGE_BYTES) return { rows, isLast: false };
  }
  return { rows, isLast: true };
}
