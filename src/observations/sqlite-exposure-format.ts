import type Database from 'libsql';
import { transact, type FileFormat } from '../sqlite/file';

/** "XLEX" */
const APPLICATION_ID = 0x584c4558;
const VERSION = 1;

/**
 * The exposures of all months, in one file, so that the first of a user is found whenever it was. The index goes over the days of an experiment without
 * its users, which results begin with.
 */
const TABLES = [
  `CREATE TABLE series (id INTEGER PRIMARY KEY, project TEXT NOT NULL, experiment TEXT NOT NULL, UNIQUE (project, experiment))`,
  `CREATE TABLE exposures (
    series INTEGER NOT NULL, user BLOB NOT NULL, variant TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (series, user, variant, at)) WITHOUT ROWID`,
  `CREATE INDEX exposures_by_time ON exposures (series, at, received_at, revision)`,
  // The users of whom there is more than one row.
  `CREATE TABLE repeated (series INTEGER NOT NULL, user BLOB NOT NULL, PRIMARY KEY (series, user)) WITHOUT ROWID`,
  // How many users of an experiment were forgotten.
  `CREATE TABLE erased (series INTEGER PRIMARY KEY, users INTEGER NOT NULL)`,
];

export const EXPOSURES_FILE = 'exposures.db';

export const EXPOSURES_FORMAT: FileFormat = {
  noun: 'file of exposures',
  applicationId: APPLICATION_ID,
  version: VERSION,
  create: (db: Database.Database) =>
    transact(db, () => {
      for (const table of TABLES) db.exec(table);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${VERSION}`);
    }),
};
