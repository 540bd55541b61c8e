import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPOSURES_FORMAT, MONTH_FORMAT } from '../../src/observations/sqlite-format';
import { TALLIES_FORMAT } from '../../src/observations/sqlite-tallies';
import { makeFile, openReadable, openWritable, versionOf } from '../../src/sqlite/file';

/** Where a file of SQLite says by which version it is written and read: 2 is with a write-ahead log. https://www.sqlite.org/fileformat2.html, section 1.3 */
const [WRITE_VERSION, READ_VERSION] = [18, 19];

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'new-file-'))));
afterEach(() => rmSync(directory, { recursive: true }));

test.each([
  ['a month of events', MONTH_FORMAT],
  ['exposures', EXPOSURES_FORMAT],
  ['tallies', TALLIES_FORMAT],
])('a new file of %s is read before it is written, and never has a journal that a crash could leave to be rolled back', (_what, format) => {
  const file = join(directory, 'new.db');
  // Of a process that was killed while it made the file.
  for (const suffix of ['', '-journal', '-wal', '-shm']) writeFileSync(`${file}.new${suffix}`, 'unfinished');
  makeFile(file, format);
  expect(readdirSync(directory)).toEqual(['new.db']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const made = readFileSync(file);
  expect([made[WRITE_VERSION], made[READ_VERSION]]).toEqual([2, 2]);

  const reader = openReadable(file, format);
  expect(versionOf(reader)).toBe(format.version);
  reader.close();
  const writer = openWritable(file, format);
  expect(readFileSync(file).equals(made)).toBe(true);
  expect(existsSync(`${file}-journal`)).toBe(false);
  writer.close();
});
