import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { explained } from '../sqlite/failure';
import { openReadable } from '../sqlite/file';
import { VOCABULARY_LIMITS, type TallyQuery, type TallyTotal } from './observations';
import { MONTH_FORMAT, endOf, fileOfMonth, monthsOfFiles, EXPOSURES_FILE, EXPOSURES_FORMAT } from './sqlite-format';
import { DAY_MS, NO_MOMENTS, type Moments, type MomentsQuery } from './moments';
import { ExposureReader, type ExposurePlace, type ExposureTuple, type KnownExposureTuple } from './sqlite-exposure-reader';
import { momentsFrom } from './sqlite-moments';
import { MonthReader, type EventPlace, type EventTuple, type KnownEventTuple } from './sqlite-month-reader';
import type { Page } from './thread-rows';
import { TALLIES_FILE, TALLIES_FORMAT, TallyReader } from './sqlite-tallies';

export interface ReaderCalls {
  /** The months that something is stored of, the oldest first. */
  readonly months: (_: undefined) => readonly string[];
  readonly eventsOf: (page: {
    readonly month: string;
    readonly projectId: string;
    readonly event: string;
    readonly receivedBefore: number;
    readonly after: EventPlace;
  }) => Page<EventTuple>;
  readonly exposuresOf: (page: {
    readonly projectId: string;
    readonly experiment: string;
    readonly receivedBefore: number;
    readonly after: ExposurePlace;
  }) => Page<ExposureTuple>;
  readonly knownEventsOf: (page: {
    readonly month: string;
    readonly projectId: string;
    readonly user: string;
    readonly after: { readonly name: string; readonly id: string };
  }) => Page<KnownEventTuple>;
  readonly knownExposuresOf: (user: { readonly projectId: string; readonly user: string }) => readonly KnownExposureTuple[];
  /** The moments of users first exposed at or after the start of a day. */
  readonly moments: (asked: { readonly query: MomentsQuery; readonly dayAt: number }) => Moments;
  readonly vocabulary: (project: {
    readonly projectId: string;
  }) => readonly (readonly [event: string, property: string | null, type: string | null])[];
  readonly forgotten: (project: { readonly projectId: string }) => number;
  readonly tallied: (query: TallyQuery) => readonly TallyTotal[];
  readonly close: (_: undefined) => void;
  [name: string]: (argument: never) => unknown;
}

/** What the reading thread does, on connections that it opens when a month is first read, and closes when the month's file is gone. */
export function readerCalls(directory: string): ReaderCalls {
  const open = new Map<string, MonthReader>();
  const files = (): readonly string[] => {
    const months = monthsOfFiles(readdirSync(directory));
    for (const [month, reader] of [...open]) {
      if (months.includes(month)) continue;
      reader.close();
      open.delete(month);
    }
    return months;
  };
  const month = (name: string): MonthReader => {
    let reader = open.get(name);
    if (reader === undefined) {
      const file = join(directory, fileOfMonth(name));
      reader = new MonthReader(
        explained(file, 'a file of observations', () => openReadable(file, MONTH_FORMAT)),
        join(directory, EXPOSURES_FILE),
      );
      open.set(name, reader);
    }
    return reader;
  };
  let openExposures: ExposureReader | undefined;
  /** undefined: none has been stored yet. */
  const exposures = (): ExposureReader | undefined => {
    const file = join(directory, EXPOSURES_FILE);
    if (openExposures === undefined && existsSync(file))
      openExposures = new ExposureReader(explained(file, 'a file of exposures', () => openReadable(file, EXPOSURES_FORMAT)));
    return openExposures;
  };
  let openTallies: TallyReader | undefined;
  const tallies = (): TallyReader | undefined => {
    const file = join(directory, TALLIES_FILE);
    if (openTallies === undefined && existsSync(file))
      openTallies = new TallyReader(explained(file, 'a file of tallies', () => openReadable(file, TALLIES_FORMAT)));
    return openTallies;
  };
  return {
    months: () => files(),
    eventsOf: ({ month: name, projectId, event, receivedBefore, after }) => month(name).eventsOf(projectId, event, receivedBefore, after),
    exposuresOf: ({ projectId, experiment, receivedBefore, after }) =>
      exposures()?.exposuresOf(projectId, experiment, receivedBefore, after) ?? { rows: [], isLast: true },
    knownEventsOf: ({ month: name, projectId, user, after }) => month(name).knownEventsOf(projectId, user, after),
    knownExposuresOf: ({ projectId, user }) => exposures()?.knownOf(projectId, user) ?? [],
    moments: ({ query, dayAt }) => {
      const reader = exposures();
      if (reader === undefined) return NO_MOMENTS;
      return momentsFrom(query, dayAt, reader, (since) =>
        files()
          // An event is dated at most a day after its receipt.
          .filter((name) => endOf(name) + DAY_MS > since)
          .map(month),
      );
    },
    vocabulary: ({ projectId }) => files().flatMap((name) => month(name).vocabulary(projectId, VOCABULARY_LIMITS.events)),
    forgotten: ({ projectId }) => files().reduce((sum, name) => sum + month(name).forgotten(projectId), 0),
    tallied: (query) => tallies()?.total(query) ?? [],
    close: () => {
      for (const reader of open.values()) reader.close();
      open.clear();
      openExposures?.close();
      openExposures = undefined;
      openTallies?.close();
      openTallies = undefined;
    },
  };
}
