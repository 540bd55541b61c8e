import type Database from 'libsql';
import { transact, type FileFormat } from '../sqlite/file';

const DAY_MS = 86_400_000;
const FILE = /^observations-(\d{4}-\d{2})\.db$/;

/** The UTC month of an instant, as `2026-11`. Months sort as texts. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/** The first instant after the month. */
export function endOf(month: string): number {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return Date.UTC(year, number, 1);
}

/** The months in which something was received during the last days up to an instant, the newest first. */
export function monthsOfLastDays(ms: number, days: number): readonly string[] {
  const months: string[] = [];
  const oldest = monthOf(ms - days * DAY_MS);
  for (let month = monthOf(ms); month >= oldest; month = monthBefore(month)) months.push(month);
  return months;
}

/** Whether all that was received in the month is older than it has to be kept. */
export function isExpired(month: string, nowMs: number, keptDays: number): boolean {
  return endOf(month) <= nowMs - keptDays * DAY_MS;
}

export function fileOfMonth(month: string): string {
  return `observations-${month}.db`;
}

/** The months that there are files of, the oldest first. */
export function monthsOfFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).sort();
}

function monthBefore(month: string): string {
  return monthOf(endOf(month) - 45 * DAY_MS);
}

/** "XLOB" */
const APPLICATION_ID = 0x584c4f42;
const VERSION = 1;

/**
 * One month of user events. Names are stored once, in `series`; rows begin with a series and a user, so that what belongs together lies together: events
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

/** "XLEX" */
const EXPOSURES_ID = 0x584c4558;
const EXPOSURES_VERSION = 1;

/**
 * The exposures of all months, in one file, so that the first of a user is found whenever it was. The index goes over the days of an experiment without
 * its users, which results begin with.
 */
const EXPOSURES_TABLES = [
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
  applicationId: EXPOSURES_ID,
  version: EXPOSURES_VERSION,
  create: (db: Database.Database) =>
    transact(db, () => {
      for (const table of EXPOSURES_TABLES) db.exec(table);
      db.exec(`PRAGMA application_id = ${EXPOSURES_ID}`);
      db.exec(`PRAGMA user_version = ${EXPOSURES_VERSION}`);
    }),
};
