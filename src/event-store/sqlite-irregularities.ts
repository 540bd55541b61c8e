import type Database from 'libsql';
import { versionOf } from '../sqlite/file';
import { SCHEMA } from './sqlite-format';

type Row = [type: string, name: string, table: string, sql: string | null];

/**
 * What the file of a ledger holds beside what a ledger of its format consists of, and what of that it lacks, in words. A trigger or a view can
 * show other events than are stored, and a trigger can change them when they are written.
 */
export function irregularitiesOf(db: Database.Database): readonly string[] {
  const format = versionOf(db);
  const expected = new Map((SCHEMA[format] ?? []).map(({ type, name, table, sql }) => [`${type} ${name}`, { table, sql }]));
  const found: string[] = [];
  for (const [type, name, table, sql] of db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master').raw().all() as Row[]) {
    const known = expected.get(`${type} ${name}`);
    if (known === undefined) found.push(`the file has the ${type} ${JSON.stringify(name)}, which is not of a ledger`);
    else if (known.table !== table || known.sql !== sql) found.push(`the ${type} ${JSON.stringify(name)} of the file was changed`);
    expected.delete(`${type} ${name}`);
  }
  for (const what of expected.keys()) found.push(`the file lacks the ${what}`);
  if (format < 2 || found.length > 0) return found;
  const [ids] = db.prepare('SELECT count(*) FROM ledger').raw().get() as [number];
  return ids === 1 ? found : [`the table "ledger" must hold one id, and holds ${ids}`];
}
