import { setImmediate as turn } from 'node:timers/promises';
import type { Assignment, Cell, Override } from '../evaluation/user-record';
import { CommittedWork } from '../sqlite/group-commit';
import { explained } from '../sqlite/failure';
import { makeFile, openReadable, openWritable } from '../sqlite/file';
import { userStoreFormat } from './sqlite-format';
import { SqliteUserReads, type Loaded, type ReadCounters, type UserRow } from './sqlite-reads';
import { SqliteUserWrites, type EventRow, type Target } from './sqlite-writes';
import type { Filled, Recorded } from './user-store';

export interface StorePlace {
  readonly file: string;
  readonly pepperId: string;
}

interface CounterName {
  readonly projectId: string;
  readonly id: string;
}

export interface UserWriterCalls {
  /** Makes the file if there is none; answers which store it is, and for which pepper. */
  readonly open: (_: undefined) => { readonly id: string; readonly pepperId: string } | undefined;
  readonly assign: (
    write: Target & { readonly expected: number; readonly assignments: readonly Assignment[] },
  ) => Promise<{ readonly stored: number } | { readonly found: Loaded }>;
  readonly record: (write: Target & { readonly events: readonly EventRow[] }) => Promise<readonly Recorded[]>;
  readonly fill: (write: Target & { readonly counter: string; readonly cells: readonly Cell[] }) => Promise<Filled>;
  readonly setProperties: (
    write: Target & { readonly texts: readonly (readonly [name: string, text: string | null])[] },
  ) => Promise<number>;
  readonly override: (
    write: Target & { readonly experiment: string; readonly given: Pick<Override, 'variant' | 'until'> | null },
  ) => Promise<void>;
  readonly forget: (write: Target) => Promise<boolean>;
  /** Whether anything is counted of the user, or an id of an event is known. */
  readonly isCounted: (of: Target) => Promise<boolean>;
  readonly acceptLoss: (_: undefined) => Promise<string>;
  readonly keepCounter: (counter: CounterName & { readonly window: string; readonly countingSince: number }) => Promise<void>;
  readonly changeCounter: (
    counter: CounterName & { readonly change: { readonly filledUpTo: string } | 'filled' | 'drop' },
  ) => Promise<void>;
  /** Commits what waits, and closes the file. */
  readonly close: (_: undefined) => Promise<void>;
  [name: string]: (argument: never) => unknown;
}

export function userWriterCalls({ file, pepperId }: StorePlace): UserWriterCalls {
  let opened: { readonly writes: SqliteUserWrites; readonly commits: CommittedWork; readonly reads: SqliteUserReads } | undefined;
  const open = () => {
    if (opened !== undefined) return opened;
    const format = userStoreFormat(pepperId);
    const db = explained(file, 'a user store', () => {
      makeFile(file, format);
      return openWritable(file, format);
    });
    const writes = new SqliteUserWrites(db);
    const commits = new CommittedWork(db, file, `a ${format.noun}`, () => writes.rolledBack());
    return (opened = { writes, commits, reads: new SqliteUserReads(db) });
  };
  const write = async <Answer>(work: (writes: SqliteUserWrites) => Answer): Promise<Answer> => {
    const { writes, commits } = open();
    return commits.run(() => work(writes));
  };
  return {
    open: () => open().reads.store(),
    assign: ({ expected, assignments, ...target }) => write((writes) => writes.assign(target, expected, assignments)),
    record: ({ events, ...target }) => write((writes) => writes.record(target, events)),
    fill: ({ counter, cells, ...target }) => write((writes) => writes.fill(target, counter, cells)),
    setProperties: ({ texts, ...target }) => write((writes) => writes.setProperties(target, texts)),
    override: ({ experiment, given, ...target }) => write((writes) => writes.override(target, experiment, given)),
    forget: (target) => write((writes) => writes.forget(target)),
    isCounted: (target) => write((writes) => writes.isCounted(target)),
    acceptLoss: () => write((writes) => writes.acceptLoss()),
    keepCounter: ({ projectId, id, window, countingSince }) => write((writes) => writes.keepCounter(projectId, id, window, countingSince)),
    changeCounter: ({ projectId, id, change }) => write((writes) => writes.changeCounter(projectId, id, change)),
    close: async () => {
      opened?.commits.drain();
      await turn();
      opened?.writes.close();
      opened = undefined;
    },
  };
}

export interface UserReaderCalls {
  readonly load: (of: { readonly projectId: string; readonly user: string; readonly knownVersion: number | undefined }) => Loaded;
  readonly sample: (of: { readonly projectId: string; readonly count: number; readonly from: string }) => {
    readonly counters: ReadCounters;
    readonly users: number;
    readonly rows: readonly UserRow[];
  };
  readonly assigned: (of: {
    readonly projectId: string;
    readonly experiment: string;
    readonly variants: readonly string[];
  }) => readonly number[];
  readonly counters: (of: { readonly projectId: string }) => ReadCounters | undefined;
  readonly store: (_: undefined) => { readonly id: string } | undefined;
  readonly close: (_: undefined) => void;
  [name: string]: (argument: never) => unknown;
}

export function userReaderCalls({ file, pepperId }: StorePlace): UserReaderCalls {
  let opened: { readonly reads: SqliteUserReads; close(): void } | undefined;
  const reads = (): SqliteUserReads => {
    if (opened === undefined) {
      const db = explained(file, 'a user store', () => openReadable(file, userStoreFormat(pepperId)));
      opened = { reads: new SqliteUserReads(db), close: () => void db.close() };
    }
    return opened.reads;
  };
  return {
    load: ({ projectId, user, knownVersion }) => reads().load(projectId, user, knownVersion),
    sample: ({ projectId, count, from }) => reads().sample(projectId, count, from),
    assigned: ({ projectId, experiment, variants }) => reads().assigned(projectId, experiment, variants),
    counters: ({ projectId }) => {
      const project = reads().counters.projectId(projectId);
      return project === undefined ? undefined : reads().countersSince(project, undefined);
    },
    store: () => reads().store(),
    close: () => {
      opened?.close();
      opened = undefined;
    },
  };
}
