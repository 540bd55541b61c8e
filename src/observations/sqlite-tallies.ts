import type Database from 'libsql';
import { transact, type FileFormat } from '../sqlite/file';
import { minuteOf, type Tally, type TallyQuery, type TallyTotal } from './observations';

/** "XLTA" */
const APPLICATION_ID = 0x584c5441;
const VERSION = 1;
const DAY_MS = 86_400_000;

export const TALLIES_FILE = 'tallies.db';

export const TALLIES_FORMAT: FileFormat = {
  noun: 'file of tallies',
  applicationId: APPLICATION_ID,
  version: VERSION,
  create: (db: Database.Database) =>
    transact(db, () => {
      db.exec(`CREATE TABLE tallies (
        project TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (project, kind, subject, name, minute)) WITHOUT ROWID`);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${VERSION}`);
    }),
};

/** The file of tallies, as the thread that writes it sees it. */
export class TallyWriter {
  private readonly insert: Database.Statement<unknown[]>;
  private readonly remove: Database.Statement<unknown[]>;
  private removedOn = 0;

  constructor(
    private readonly db: Database.Database,
    private readonly keptDays: number,
  ) {
    this.insert = db.prepare(`INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`);
    this.remove = db.prepare('DELETE FROM tallies WHERE minute < ?');
  }

  add(projectId: string, tallies: readonly Tally[], receivedAt: number): void {
    const day = Math.floor(receivedAt / DAY_MS);
    if (day > this.removedOn) this.remove.run(receivedAt - this.keptDays * DAY_MS);
    this.removedOn = day;
    for (const { kind, subject, name, count } of tallies) this.insert.run(projectId, kind, subject, name, minuteOf(receivedAt), count);
  }

  /** Nothing is remembered of a transaction that was not committed. */
  rolledBack(): void {
    this.removedOn = 0;
  }

  close(): void {
    this.db.close();
  }
}

/** The same, as a thread that reads it sees it. */
export class TallyReader {
  private readonly totals: Database.Statement<unknown[]>;

  constructor(private readonly db: Database.Database) {
    this.totals = db
      .prepare<unknown[]>(
        `SELECT name, min(minute), sum(count) FROM tallies WHERE project = ? AND kind = ? AND subject = ? AND minute < ? GROUP BY name ORDER BY name`,
      )
      .raw();
  }

  total({ projectId, kind, subject, receivedBefore }: TallyQuery): readonly TallyTotal[] {
    const rows = this.totals.all(projectId, kind, subject, minuteOf(receivedBefore)) as [string, number, number][];
    return rows.map(([name, firstAt, count]) => ({ name, firstAt, count }));
  }

  close(): void {
    this.db.close();
  }
}
