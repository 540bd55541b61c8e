import type Database from 'libsql';
import { transact, type FileFormat } from '../sqlite/file';

/** "XLOB" */
const APPLICATION_ID = 0x584c4f42;
const VERSION = 1;

/**
 * One month of user events. Names stand once, in `series`; rows begin with a series and a user, so that what belongs together lies together: events
 * are read user by user of one event.
 */
const TABLES = [
  // kind: e an event, p a project itself.
  `CREATE TABLE series (id INTEGER PRIMARY KEY, project TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (project, kind, name))`,
  `CREATE TABLE events (
    series INTEGER NOT NULL, user BLOB NOT NULL, id BLOB NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL, properties TEXT NOT NULL,
    PRIMARY KEY (series, user, id)) WITHOUT ROWID`,
  // Which event a user's id is of, whatever its name: project is the series of the project itself.
  `CREATE TABLE ids (
    project INTEGER NOT NULL, user BLOB NOT NULL, id BLOB NOT NULL, series INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (project, user, id)) WITHOUT ROWID`,
  `CREATE TABLE vocabulary (series INTEGER NOT NULL, property TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (series, property, type)) WITHOUT ROWID`,
  // How many users of a project were forgotten in this month.
  `CREATE TABLE forgotten (project INTEGER PRIMARY KEY, users INTEGER NOT NULL)`,
  // One row: the last instant at which something was received.
  `CREATE TABLE clock (received_at INTEGER NOT NULL)`,
];

export const MONTH_FORMAT: FileFormat = {
  noun: 'file of observations',
  applicationId: APPLICATION_ID,
  version: VERSION,
  create: (db: Database.Database) =>
    transact(db, () => {
      for (const table of TABLES) db.exec(table);
      db.exec('INSERT INTO clock VALUES (0)');
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${VERSION}`);
    }),
};

/** A key of 32 hexadecimal digits as it is stored, and back. */
export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
