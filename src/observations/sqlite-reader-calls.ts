import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { explained } from '../sqlite/failure';
import { openReadable } from '../sqlite/file';
import { fileOfMonth, monthsOfFiles } from './month';
import { VOCABULARY_LIMITS } from './observations';
import { MONTH_FORMAT } from './sqlite-format';
import {
  MonthReader,
  type EventPlace,
  type EventTuple,
  type ExposurePlace,
  type ExposureTuple,
  type KnownTuple,
  type Page,
} from './sqlite-month-reader';

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
    readonly month: string;
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
  }) => Page<KnownTuple>;
  readonly knownExposuresOf: (user: { readonly month: string; readonly projectId: string; readonly user: string }) => readonly KnownTuple[];
  readonly vocabulary: (project: {
    readonly projectId: string;
  }) => readonly (readonly [event: string, property: string | null, type: string | null])[];
  readonly forgotten: (project: { readonly projectId: string }) => number;
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
      reader = new MonthReader(explained(file, 'a file of observations', () => openReadable(file, MONTH_FORMAT)));
      open.set(name, reader);
    }
    return reader;
  };
  return {
    months: () => files(),
    eventsOf: ({ month: name, projectId, event, receivedBefore, after }) => month(name).eventsOf(projectId, event, receivedBefore, after),
    exposuresOf: ({ month: name, projectId, experiment, receivedBefore, after }) =>
      month(name).exposuresOf(projectId, experiment, receivedBefore, after),
    knownEventsOf: ({ month: name, projectId, user, after }) => month(name).knownEventsOf(projectId, user, after),
    knownExposuresOf: ({ month: name, projectId, user }) => month(name).knownExposuresOf(projectId, user),
    vocabulary: ({ projectId }) => files().flatMap((name) => month(name).vocabulary(projectId, VOCABULARY_LIMITS.events)),
    forgotten: ({ projectId }) => files().reduce((sum, name) => sum + month(name).forgotten(projectId), 0),
    close: () => {
      for (const reader of open.values()) reader.close();
      open.clear();
    },
  };
}
