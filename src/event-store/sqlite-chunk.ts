import type Database from 'libsql';

const CHUNK_BYTES = 4 * 1024 * 1024;

type Statement = Database.Statement<unknown[]>;

/**
 * Where the rows at the front of a range that fit into one chunk end: at most so many, and, but for the last of them, 4 MiB. It is the sizes that
 * are looked at first, not the events, since 500 of the largest events would be half a gigabyte.
 */
export class ChunkEnd {
  private readonly sum: Statement;
  private readonly exact: Statement;

  constructor(db: Database.Database, column: 'position' | 'revision', range: string) {
    const sizes = `SELECT ${column} AS at, octet_length(body) AS bytes FROM events WHERE ${range} ORDER BY ${column} LIMIT ?`;
    this.sum = db.prepare<unknown[]>(`SELECT max(at), sum(bytes) FROM (${sizes})`).raw();
    this.exact = db
      .prepare<unknown[]>(
        `SELECT max(at) FROM (SELECT at, bytes, sum(bytes) OVER (ORDER BY at ROWS UNBOUNDED PRECEDING) AS total FROM (${sizes}))
          WHERE total - bytes < ${CHUNK_BYTES}`,
      )
      .raw();
  }

  /** null: there is nothing in the range. */
  find(range: readonly (string | number)[], limit: number): number | null {
    const [end, bytes] = this.sum.get(...range, limit) as [number | null, number | null];
    // Nearly always; to add them up row by row would take longer than to read them.
    if (end === null || (bytes ?? 0) <= CHUNK_BYTES) return end;
    return (this.exact.get(...range, limit) as [number | null])[0];
  }
}
