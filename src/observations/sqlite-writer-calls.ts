import type Database from 'libsql';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { CommittedWork } from '../sqlite/group-commit';
import { explained } from '../sqlite/failure';
import { makeFile, openWritable, type FileFormat } from '../sqlite/file';
import { REPEAT_DAYS, type Appended, type Tally } from './observations';
import {
  MONTH_FORMAT,
  endOf,
  fileOfMonth,
  isExpired,
  monthOf,
  monthsOfFiles,
  monthsOfLastDays,
  EXPOSURES_FILE,
  EXPOSURES_FORMAT,
} from './sqlite-format';
import type { ObservationRow } from './thread-rows';
import { ExposureWriter, type ChangedFrom } from './sqlite-exposure-writer';
import { MonthWriter } from './sqlite-month-writer';
import { TALLIES_FILE, TALLIES_FORMAT, TallyWriter } from './sqlite-tallies';

const DAY_MS = 86_400_000;

export interface WriterPlace {
  readonly directory: string;
  readonly keptDays: number;
}

export interface WriterCalls {
  readonly append: (batch: {
    readonly projectId: string;
    readonly rows: readonly ObservationRow[];
    readonly nowMs: number;
  }) => Promise<{ readonly answers: readonly Appended[]; readonly changed: readonly ChangedFrom[] }>;
  readonly forget: (user: {
    readonly projectId: string;
    readonly user: string;
    readonly nowMs: number;
  }) => Promise<{ readonly removed: number; readonly changed: readonly ChangedFrom[] }>;
  readonly tally: (counted: { readonly projectId: string; readonly tallies: readonly Tally[]; readonly nowMs: number }) => Promise<void>;
  /** Commits what waits, and closes the files. What was asked before is answered before. */
  readonly close: (_: undefined) => Promise<void>;
  [name: string]: (argument: never) => unknown;
}

interface Opened<Writer> {
  readonly writer: Writer;
  readonly commits: CommittedWork;
}

type Indexed<Row extends ObservationRow> = readonly (readonly [index: number, row: Row])[];

function exposuresIn(rows: readonly ObservationRow[]): Indexed<Extract<ObservationRow, { kind: 'exposure' }>> {
  return rows.flatMap((row, index) => (row.kind === 'exposure' ? [[index, row] as const] : []));
}

/** What the writing thread does: it keeps the months open in which a repetition can be, and removes those that have expired. */
export function writerCalls(place: WriterPlace): WriterCalls {
  const months = new MonthsToWrite(place);
  return {
    append: async ({ projectId, rows, nowMs }) => {
      const receivedAt = months.stamp(nowMs);
      const { writer, commits } = months.of(receivedAt);
      const earlier = months.before(receivedAt);
      const answers: Appended[] = [];
      const changed: ChangedFrom[] = [];
      const events = commits.run(() => {
        if (receivedAt > writer.lastReceivedAt()) writer.received(receivedAt);
        for (const [index, row] of rows.entries()) {
          if (row.kind !== 'event') continue;
          const found = [writer, ...earlier].map((month) => month.find(projectId, row)).find((of) => of !== undefined);
          answers[index] = found ?? writer.addEvent(projectId, row, receivedAt);
        }
      });
      const exposures = exposuresIn(rows).length === 0 ? undefined : months.exposures();
      await Promise.all([
        months.removed(),
        events,
        exposures?.commits.run(() => {
          for (const [index, row] of exposuresIn(rows))
            answers[index] = exposures.writer.add(projectId, row, receivedAt, (change) => changed.push(change));
        }),
      ]);
      return { answers, changed };
    },
    forget: async ({ projectId, user, nowMs }) => {
      const { writer, commits } = months.of(months.stamp(nowMs));
      const exposures = months.exposures();
      const changed: ChangedFrom[] = [];
      const exposed = await exposures.commits.run(() => exposures.writer.forget(projectId, user, (change) => changed.push(change)));
      const removed = exposed + (await months.inAll(writer, (month) => month.forget(projectId, user)));
      const sum = await commits.run(() => {
        const all = removed + writer.forget(projectId, user);
        if (all > 0) writer.countForgotten(projectId);
        return all;
      });
      return { removed: sum, changed };
    },
    tally: ({ projectId, tallies, nowMs }) => {
      const { writer, commits } = months.tallies();
      return commits.run(() => writer.add(projectId, tallies, months.stamp(nowMs)));
    },
    close: async () => {
      months.drain();
      await turn();
      months.close();
    },
  };
}

class MonthsToWrite {
  private readonly open = new Map<string, Opened<MonthWriter>>();
  private openExposures: Opened<ExposureWriter> | undefined;
  private openTallies: Opened<TallyWriter> | undefined;
  private last: number | undefined;
  private nextRemovalMs = 0;
  /** The removal of expired exposures that is under way. */
  private removing: Promise<void> | undefined;

  constructor(private readonly place: WriterPlace) {}

  /** When something is received that is received now: never earlier than what was received before. */
  stamp(nowMs: number): number {
    if (this.last === undefined) {
      const newest = this.files().at(-1);
      this.last = newest === undefined ? 0 : this.month(newest).writer.lastReceivedAt();
    }
    this.last = Math.max(this.last, nowMs);
    if (this.last >= this.nextRemovalMs) this.removeExpired(this.last);
    return this.last;
  }

  /** Rejects if what has expired could not be removed. */
  async removed(): Promise<void> {
    const { removing } = this;
    this.removing = undefined;
    await removing;
  }

  of(receivedAt: number): Opened<MonthWriter> {
    return this.month(monthOf(receivedAt));
  }

  /** The months before that of an instant in which a repetition can be. */
  before(receivedAt: number): readonly MonthWriter[] {
    const [, ...earlier] = monthsOfLastDays(receivedAt, REPEAT_DAYS);
    const files = earlier.length === 0 ? [] : this.files();
    return earlier.filter((month) => files.includes(month)).map((month) => this.month(month).writer);
  }

  /** Does the work in every month but the one whose writer is given; answers the sum. They stay open until the next removal, since others may use them. */
  async inAll(except: MonthWriter, work: (month: MonthWriter) => number): Promise<number> {
    let sum = 0;
    for (const name of this.files()) {
      // It was removed while an earlier one was being written.
      if (!this.files().includes(name)) continue;
      const { writer, commits } = this.month(name);
      if (writer !== except) sum += await commits.run(() => work(writer));
    }
    return sum;
  }

  exposures(): Opened<ExposureWriter> {
    this.openExposures ??= this.opened(EXPOSURES_FILE, EXPOSURES_FORMAT, (db) => new ExposureWriter(db));
    return this.openExposures;
  }

  tallies(): Opened<TallyWriter> {
    this.openTallies ??= this.opened(TALLIES_FILE, TALLIES_FORMAT, (db) => new TallyWriter(db, this.place.keptDays));
    return this.openTallies;
  }

  drain(): void {
    this.openTallies?.commits.drain();
    this.openExposures?.commits.drain();
    for (const { commits } of this.open.values()) commits.drain();
  }

  close(): void {
    for (const name of [...this.open.keys()]) this.closeMonth(name);
    this.openExposures?.writer.close();
    this.openExposures = undefined;
    this.openTallies?.writer.close();
    this.openTallies = undefined;
    this.last = undefined;
  }

  private month(name: string): Opened<MonthWriter> {
    let month = this.open.get(name);
    if (month === undefined) this.open.set(name, (month = this.opened(fileOfMonth(name), MONTH_FORMAT, (db) => new MonthWriter(db))));
    return month;
  }

  private opened<Writer extends { rolledBack(): void }>(
    name: string,
    format: FileFormat,
    make: (db: Database.Database) => Writer,
  ): Opened<Writer> {
    const file = join(this.place.directory, name);
    const db = explained(file, `a ${format.noun}`, () => {
      makeFile(file, format);
      return openWritable(file, format);
    });
    const writer = make(db);
    return { writer, commits: new CommittedWork(db, file, `a ${format.noun}`, () => writer.rolledBack()) };
  }

  private files(): readonly string[] {
    return monthsOfFiles(readdirSync(this.place.directory));
  }

  private closeMonth(name: string): void {
    this.open.get(name)?.writer.close();
    this.open.delete(name);
  }

  /** Removes the files that have expired, and closes those that nothing is looked for in any more. */
  private removeExpired(nowMs: number): void {
    const used = new Set(monthsOfLastDays(nowMs, REPEAT_DAYS));
    for (const [name, { commits }] of [...this.open]) {
      if (used.has(name)) continue;
      commits.drain();
      this.closeMonth(name);
    }
    const expired = this.files().filter((month) => isExpired(month, nowMs, this.place.keptDays));
    for (const name of expired) {
      const file = join(this.place.directory, fileOfMonth(name));
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    }
    const newest = expired.at(-1);
    if (newest !== undefined && existsSync(join(this.place.directory, EXPOSURES_FILE))) this.removing = this.removeExposures(endOf(newest));
    this.nextRemovalMs = nowMs + DAY_MS;
  }

  private async removeExposures(receivedBefore: number): Promise<void> {
    const { writer, commits } = this.exposures();
    await commits.run(() => writer.removeBefore(receivedBefore));
  }
}
