import type Database from 'libsql';
import { randomUUID } from 'node:crypto';
import { transact, type FileFormat } from '../sqlite/file';

/** "XLUS" */
const APPLICATION_ID = 0x584c5553;
const VERSION = 2;

/** Users by experiment and variant: what their `assignments` say, added up. */
const ASSIGNED = `CREATE TABLE assigned (project INTEGER NOT NULL, experiment TEXT NOT NULL, variant TEXT NOT NULL, users INTEGER NOT NULL,
  PRIMARY KEY (project, experiment, variant)) WITHOUT ROWID`;

const TABLES = [
  // One row. Users are found with this pepper alone.
  'CREATE TABLE store (id TEXT NOT NULL, pepper_id TEXT NOT NULL)',
  // counters_version: grows with every change of the project's counters.
  `CREATE TABLE projects (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, users INTEGER NOT NULL, counters_version INTEGER NOT NULL, last_no INTEGER NOT NULL)`,
  `CREATE TABLE counters (
    project INTEGER NOT NULL, id TEXT NOT NULL, no INTEGER NOT NULL, window TEXT NOT NULL, counting_since INTEGER NOT NULL,
    is_filled INTEGER NOT NULL, filled_up_to TEXT, PRIMARY KEY (project, id)) WITHOUT ROWID`,
  // Assignments, overrides and properties are JSON: they are read and compared as one.
  `CREATE TABLE users (
    no INTEGER PRIMARY KEY, project INTEGER NOT NULL, key BLOB NOT NULL, facts_version INTEGER NOT NULL, assignment_version INTEGER NOT NULL,
    properties TEXT NOT NULL, assignments TEXT NOT NULL, overrides TEXT NOT NULL, seen_at INTEGER NOT NULL, compacted_day INTEGER NOT NULL,
    UNIQUE (project, key))`,
  `CREATE TABLE cells (user INTEGER NOT NULL, counter INTEGER NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (user, counter, at)) WITHOUT ROWID`,
  // For which users a counter was filled, until it is filled for all.
  'CREATE TABLE fills (user INTEGER NOT NULL, counter INTEGER NOT NULL, PRIMARY KEY (user, counter)) WITHOUT ROWID',
  // The ids of events that were counted.
  'CREATE TABLE ids (user INTEGER NOT NULL, id BLOB NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (user, id)) WITHOUT ROWID',
  'CREATE INDEX ids_by_expiry ON ids (expires_at)',
  ASSIGNED,
];

/** The format of a user store that is made with a pepper. */
export function userStoreFormat(pepperId: string): FileFormat {
  return {
    noun: 'user store',
    applicationId: APPLICATION_ID,
    version: VERSION,
    create: (db: Database.Database) =>
      transact(db, () => {
        for (const table of TABLES) db.exec(table);
        db.prepare<unknown[]>('INSERT INTO store VALUES (?, ?)').run(randomUUID(), pepperId);
        db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
        db.exec(`PRAGMA user_version = ${VERSION}`);
      }),
    upgrade,
  };
}

/** The first format did not count who is assigned. */
function upgrade(db: Database.Database): void {
  transact(db, () => {
    db.exec(ASSIGNED);
    db.exec(`INSERT INTO assigned SELECT project, json_extract(value, '$.experiment') AS experiment, json_extract(value, '$.variant') AS variant, count(*)
      FROM users, json_each(users.assignments) GROUP BY project, experiment, variant`);
    db.exec(`PRAGMA user_version = ${VERSION}`);
  });
}

export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
