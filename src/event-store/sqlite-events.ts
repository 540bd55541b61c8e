import type Database from 'libsql';
import type { Envelope } from '../domain/event';
import { DamagedRecord, RewrittenText } from './event-store';
import type { EventRow } from './sqlite-commit';

/** The most events that are read at once, in a few milliseconds: nearly every read is shorter. */
export const CHUNK_EVENTS = 500;

const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Where the rows at the front of a range that fit into one chunk end: at most so many, and, but for the last of them, 4 MiB. It is the sizes that
 * are looked at first, not the events, since 500 of the largest events would be half a gigabyte.
 */
class ChunkEnd {
  private readonly sum: Database.Statement<unknown[]>;
  private readonly exact: Database.Statement<unknown[]>;

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

/** So few events fit into a chunk whatever their size, which an append limits: their sizes need not be looked at. */
const FEW = 4;

type Statement = Database.Statement<unknown[]>;

/** A stored event as it is read: by plain values, which can cross threads. To be audited, with all else that its row says of it. */
export type StoredRow = readonly [
  position: number,
  projectId: string,
  revision: number,
  id: string,
  body: string | Uint8Array,
  copies?: [type: string, entityKind: string, entityId: string, occurredAt: number, bodyBytes: number],
];

type AuditedRow = [number, string, number, string, string | Uint8Array, string, string, string, number, number];

const COLUMNS = 'position, project_id, revision, id, body';
const COPIES = 'type, entity_kind, entity_id, occurred_at, octet_length(body)';

/**
 * The columns of a row as one text, which is read in a fraction of the time of eight columns; NULL where one of them is not of the type that a ledger
 * writes. No part of it may hold the separator, so that the text is of one row alone.
 */
const SEPARATOR = String.fromCharCode(31);
const TEXTS = ['project_id', 'id', 'type', 'entity_kind', 'entity_id', 'body'];
const NUMBERS = ['revision', 'occurred_at'];
const JOINED = `CASE WHEN ${[...TEXTS.map((column) => `typeof(${column}) = 'text'`), ...NUMBERS.map((column) => `typeof(${column}) = 'integer'`)].join(' AND ')}
  THEN ${['project_id', 'revision', 'id', 'type', 'entity_kind', 'entity_id', 'occurred_at', 'octet_length(body)'].join(' || char(31) || ')} END`;

/** A row that is compared with its event: `joined` is what `joinedColumns` makes of that, if it is as it was written. */
export type JoinedRow = readonly [position: number, body: string, joined: string | null];

/** What the columns of an event's row say, as `JoinedRow` has it; undefined: they cannot be said in one text. */
export function joinedColumns({ projectId, revision, id, type, entity, occurredAt }: Envelope, body: string): string | undefined {
  if (`${projectId}${id}${type}${entity?.kind}${entity?.id}`.includes(SEPARATOR)) return undefined;
  const bytes = Buffer.byteLength(body);
  // One expression: it is made for each event of a ledger.
  return `${projectId}${SEPARATOR}${revision}${SEPARATOR}${id}${SEPARATOR}${type}${SEPARATOR}${entity?.kind}${SEPARATOR}${entity?.id}${SEPARATOR}${occurredAt}${SEPARATOR}${bytes}`;
}

/** The table of events. Its statements are compiled once; every read is complete when it returns, so none holds back the log. */
export class SqliteEvents {
  private readonly insertRow: Statement;
  private readonly streamEnd: Statement;
  private readonly storeEnd: Statement;
  private readonly idsFrom: Statement;
  private readonly idOf: Statement;
  private readonly endAfter: ChunkEnd;
  private readonly rowsAfter: Statement;
  private readonly joinedAfter: Statement;
  private readonly endFrom: ChunkEnd;
  private readonly rowsFrom: Statement;
  private readonly nextHead: Statement;
  private readonly rowBefore: Statement;

  constructor(
    db: Database.Database,
    private readonly audited = false,
  ) {
    const columns = audited ? `${COLUMNS}, ${COPIES}` : COLUMNS;
    const query = (sql: string) => db.prepare<unknown[]>(sql).raw();
    this.insertRow = db.prepare<unknown[]>(
      'INSERT INTO events (project_id, revision, id, type, entity_kind, entity_id, occurred_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.streamEnd = query('SELECT max(revision) FROM events WHERE project_id = ?');
    this.storeEnd = query('SELECT max(position) FROM events');
    this.idsFrom = query('SELECT id FROM events WHERE project_id = ? AND revision >= ? ORDER BY revision LIMIT ?');
    this.idOf = query('SELECT id FROM events WHERE position = ?');
    this.endAfter = new ChunkEnd(db, 'position', 'position > ? AND position <= ?');
    this.rowsAfter = query(`SELECT ${columns} FROM events WHERE position > ? AND position <= ? ORDER BY position`);
    this.joinedAfter = query(`SELECT position, body, ${JOINED} FROM events WHERE position > ? AND position <= ? ORDER BY position`);
    this.endFrom = new ChunkEnd(db, 'revision', 'project_id = ? AND revision >= ? AND revision <= ?');
    this.rowsFrom = query(`SELECT ${columns} FROM events WHERE project_id = ? AND revision >= ? AND revision <= ? ORDER BY revision`);
    this.nextHead = query(
      `SELECT ${columns} FROM events WHERE project_id = (SELECT min(project_id) FROM events WHERE project_id > ?) ORDER BY revision DESC LIMIT 1`,
    );
    this.rowBefore = query(`SELECT ${columns} FROM events WHERE project_id = ? AND revision < ? ORDER BY revision DESC LIMIT 1`);
  }

  /** Answers its position. */
  insert(projectId: string, { revision, id, type, entityKind, entityId, occurredAt, body }: EventRow): number {
    return Number(this.insertRow.run(projectId, revision, id, type, entityKind, entityId, occurredAt, body).lastInsertRowid);
  }

  /** The stream's last revision; -1 if there is none. */
  revisionOf(projectId: string): number {
    return (this.streamEnd.get(projectId) as [number | null])[0] ?? -1;
  }

  /** The position of the last event; 0 if there is none. */
  lastPosition(): number {
    return (this.storeEnd.get() as [number | null])[0] ?? 0;
  }

  ids(projectId: string, from: number, count: number): string[] {
    return (this.idsFrom.all(projectId, from, count) as [string][]).map(([id]) => id);
  }

  /** The id of the event at a position; undefined: none is there. */
  idAt(position: number): string | undefined {
    return (this.idOf.get(position) as [string] | undefined)?.[0];
  }

  /** The next chunk of the store in `after < position <= last`, at most so many; empty if there is none. */
  recorded(after: number, last: number, limit: number): StoredRow[] {
    const end = this.endAfter.find([after, last], limit);
    return end === null ? [] : this.rowsOf(this.rowsAfter.all(after, end));
  }

  /** The same chunk, with few columns: for a reader that looks at each row as a whole where those do not suffice. */
  joined(after: number, last: number, limit: number): JoinedRow[] {
    const end = this.endAfter.find([after, last], limit);
    return end === null ? [] : (this.joinedAfter.all(after, end) as unknown as JoinedRow[]);
  }

  /** The next chunk of a stream in `from <= revision <= last`, at most so many; empty if there is none. */
  stream(projectId: string, from: number, last: number, limit: number): StoredRow[] {
    const end = last - from < FEW ? last : this.endFrom.find([projectId, from, last], limit);
    return end === null ? [] : this.rowsOf(this.rowsFrom.all(projectId, from, end));
  }

  /** The last event of each stream, of the streams after that of the project in the order of their ids, at most so many. */
  heads(project: string, limit: number): StoredRow[] {
    const rows: StoredRow[] = [];
    for (let after = project; rows.length < limit;) {
      const [row] = this.rowsOf(this.nextHead.all(after));
      if (row === undefined) break;
      rows.push(row);
      after = row[1];
    }
    return rows;
  }

  /** The last event of a stream before a revision. */
  before(projectId: string, revision: number): StoredRow | undefined {
    return this.rowsOf(this.rowBefore.all(projectId, revision))[0];
  }

  private rowsOf(rows: unknown[]): StoredRow[] {
    if (!this.audited) return rows as StoredRow[];
    return (rows as AuditedRow[]).map(([position, projectId, revision, id, body, ...copies]) => [
      position,
      projectId,
      revision,
      id,
      body,
      copies,
    ]);
  }
}

/** The event of a row. By the columns it was found; that they say what the event says is the ledger's own doing, so others can undo it. */
export function eventIn(row: StoredRow): Envelope {
  const [, projectId, revision, id, body] = row;
  let event: Envelope;
  try {
    event = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString()) as Envelope;
  } catch (error) {
    throw new DamagedRecord(projectId, revision, `what is stored there is not JSON (${(error as Error).message})`);
  }
  if (event?.projectId !== projectId || event.revision !== revision || event.id !== id) {
    const why = `what is stored there calls itself event ${event?.revision} of project ${event?.projectId}`;
    throw new DamagedRecord(projectId, revision, why, event);
  }
  const why = rewritten(row, event);
  if (why !== undefined) throw new RewrittenText(projectId, revision, why, event);
  return event;
}

/** What of an audited row is not as the ledger writes it, although the event in it can be read. */
function rewritten([, , , , body, copies]: StoredRow, event: Envelope): string | undefined {
  if (copies === undefined) return undefined;
  const [type, entityKind, entityId, occurredAt, bodyBytes] = copies;
  if (typeof body !== 'string') return 'its body is stored as bytes, not as text';
  if (writtenAgain(event) !== body || Buffer.byteLength(body) !== bodyBytes)
    return 'its text is not the text that a ledger writes for it: a member stands there twice, or something was added that its hash does not cover';
  const said = [type, entityKind, entityId, occurredAt];
  const is = [event.type, event.entity?.kind, event.entity?.id, event.occurredAt];
  const at = said.findIndex((value, index) => value !== is[index]);
  const column = ['type', 'entity_kind', 'entity_id', 'occurred_at'][at];
  return at < 0 ? undefined : `its column ${column} says ${JSON.stringify(said[at])}, and the event ${JSON.stringify(is[at])}`;
}

/** undefined: it is nested too deeply to be written; no event of a ledger is. */
function writtenAgain(event: Envelope): string | undefined {
  try {
    return JSON.stringify(event);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The event of a row, or what is wrong with it. */
export function foundIn(
  row: StoredRow,
): { readonly event: Envelope; readonly damage?: never } | { readonly event?: never; readonly damage: DamagedRecord } {
  try {
    return { event: eventIn(row) };
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    return { damage: error };
  }
}
