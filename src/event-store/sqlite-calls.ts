import type Database from 'libsql';
import { setImmediate as turn } from 'node:timers/promises';
import { AppendCommit, type AppendOutcome, type RowAppend } from './sqlite-commit';
import { CHUNK_EVENTS, SqliteEvents, type StoredRow } from './sqlite-events';
import { openForReading, openForWriting } from './sqlite-file';
import { linksIn, type LinkChunk } from './sqlite-links';

/** Which ledger a thread is for, and whether it is the one that writes it. */
export interface DatabaseLocation {
  readonly file: string;
  readonly access: 'read' | 'write';
  /** Whether rows are read whole. */
  readonly audited?: boolean;
}

export interface SqliteCalls {
  readonly append: (append: RowAppend) => Promise<AppendOutcome>;
  readonly recorded: (range: { readonly after: number; readonly last: number }) => StoredRow[];
  readonly links: (range: { readonly after: number; readonly last: number }) => LinkChunk;
  readonly stream: (range: { readonly projectId: string; readonly from: number; readonly last: number }) => StoredRow[];
  readonly heads: (from: { readonly project: string }) => StoredRow[];
  /** Commits what waits, and closes the connection. What was asked before is answered before. */
  readonly close: (_: undefined) => Promise<void>;
  [name: string]: (argument: never) => unknown;
}

/** What a thread does on a connection of its own, which it opens when it is first asked for something: an error of that is the call's. */
export function sqliteCalls({ file, access, audited }: DatabaseLocation): SqliteCalls {
  let opened: { readonly db: Database.Database; readonly events: SqliteEvents; readonly commits: AppendCommit } | undefined;
  const open = () => {
    if (opened !== undefined) return opened;
    const db = access === 'write' ? openForWriting(file) : openForReading(file);
    const events = new SqliteEvents(db, audited);
    return (opened = { db, events, commits: new AppendCommit(db, file, events) });
  };
  return {
    append: async (append) => open().commits.append(append),
    recorded: ({ after, last }) => open().events.recorded(after, last, CHUNK_EVENTS),
    links: ({ after, last }) => linksIn(open().events, after, last, CHUNK_EVENTS),
    stream: ({ projectId, from, last }) => open().events.stream(projectId, from, last, CHUNK_EVENTS),
    heads: ({ project }) => open().events.heads(project, CHUNK_EVENTS),
    close: async () => {
      opened?.commits.drain();
      await turn();
      opened?.db.close();
      opened = undefined;
    },
  };
}
