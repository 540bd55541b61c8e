import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { CommittedWork } from '../sqlite/committed';
import { explained } from '../sqlite/failure';
import { makeFile, openWritable } from '../sqlite/file';
import { fileOfMonth, isExpired, monthOf, monthsOfFiles, monthsOfLastDays } from './month';
import { REPEAT_DAYS, type Appended } from './observations';
import { MONTH_FORMAT } from './sqlite-format';
import { MonthWriter, type ObservationRow } from './sqlite-month-writer';

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
  }) => Promise<readonly Appended[]>;
  readonly forget: (user: { readonly projectId: string; readonly user: string; readonly nowMs: number }) => Promise<number>;
  /** Commits what waits, and closes the files. What was asked before is answered before. */
  readonly close: (_: undefined) => Promise<void>;
  [name: string]: (argument: never) => unknown;
}

interface OpenMonth {
  readonly writer: MonthWriter;
  readonly commits: CommittedWork;
}

/** What the writing thread does: it keeps the months open in which a repetition can be, and removes those that have expired. */
export function writerCalls(place: WriterPlace): WriterCalls {
  const months = new MonthsToWrite(place);
  return {
    append: async ({ projectId, rows, nowMs }) => {
      const receivedAt = months.stamp(nowMs);
      const { writer, commits } = months.of(receivedAt);
      const earlier = months.before(receivedAt);
      return commits.run(() => {
        if (receivedAt > writer.lastReceivedAt()) writer.received(receivedAt);
        return rows.map((row) => {
          if (row.kind === 'exposure') return writer.addExposure(projectId, row, receivedAt);
          for (const month of [writer, ...earlier]) {
            const found = month.find(projectId, row);
            if (found !== undefined) return found;
          }
          return writer.addEvent(projectId, row, receivedAt);
        });
      });
    },
    forget: async ({ projectId, user, nowMs }) => {
      const { writer, commits } = months.of(months.stamp(nowMs));
      const removed = await months.inAll(writer, (month) => month.forget(projectId, user));
      return commits.run(() => {
        const sum = removed + writer.forget(projectId, user);
        if (sum > 0) writer.countForgotten(projectId);
        return sum;
      });
    },
    close: async () => {
      months.drain();
      await turn();
      months.close();
    },
  };
}

class MonthsToWrite {
  private readonly open = new Map<string, OpenMonth>();
  private last: number | undefined;
  private nextRemovalMs = 0;

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

  of(receivedAt: number): OpenMonth {
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

  drain(): void {
    for (const { commits } of this.open.values()) commits.drain();
  }

  close(): void {
    for (const name of [...this.open.keys()]) this.closeMonth(name);
    this.last = undefined;
  }

  private month(name: string): OpenMonth {
    let month = this.open.get(name);
    if (month === undefined) {
      const file = join(this.place.directory, fileOfMonth(name));
      const db = explained(file, 'a file of observations', () => {
        makeFile(file, MONTH_FORMAT);
        return openWritable(file, MONTH_FORMAT);
      });
      const writer = new MonthWriter(db);
      month = { writer, commits: new CommittedWork(db, file, `a ${MONTH_FORMAT.noun}`, () => writer.rolledBack()) };
      this.open.set(name, month);
    }
    return month;
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
    for (const name of this.files().filter((month) => isExpired(month, nowMs, this.place.keptDays))) {
      const file = join(this.place.directory, fileOfMonth(name));
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    }
    this.nextRemovalMs = nowMs + DAY_MS;
  }
}
