import { join, resolve } from 'node:path';
import { sha256 } from '../domain/json';
import type { UserKey } from '../domain/user-key';
import type { Properties } from '../evaluation/user-record';
import { explain } from '../sqlite/failure';
import { makeDirectory } from '../sqlite/file';
import { StoreThreads } from '../sqlite/store-threads';
import { openThread, type Channel } from '../threads/thread';
import { KeptMoments } from './kept-moments';
import type { Moments, MomentsQuery } from './moments';
import type { ObservationRow } from './thread-rows';
import {
  ObservationsUnavailable,
  type Appended,
  type EventInUse,
  type KnownObservation,
  type Observation,
  type Observations,
  type StoredEvent,
  type StoredExposure,
  type Tally,
  type TallyQuery,
  type TallyTotal,
} from './observations';
import type { ReaderCalls } from './sqlite-reader-calls';
import type { WriterCalls, WriterPlace } from './sqlite-writer-calls';
import { vocabularyOf, propertyType } from './vocabulary';

export interface ThreadPlace extends WriterPlace {
  readonly access: 'read' | 'write';
}

export interface SqliteObservationsOptions {
  /** How many days what was received is kept at least: it goes with its whole month. */
  readonly keptDays: number;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  /** What starts a thread: tests have it in their own, where they can see and disturb what it does. */
  readonly thread?: (place: ThreadPlace) => Channel;
}

/** Keys and ids begin behind this. */
const FIRST = '';
const ID_LENGTH = 32;

/** Observations as SQLite files, one for the events of each month and one for exposures, in a directory of their own, for one process. What was acknowledged survives kill -9 and power loss. */
export class SqliteObservations implements Observations {
  private readonly threads: StoreThreads<WriterCalls, ReaderCalls>;
  private readonly clock: () => number;
  private readonly kept: KeptMoments;

  /** Throws `ObservationsUnavailable` if the directory cannot be used, or another process uses it. */
  constructor(directory: string, { keptDays, clock = Date.now, thread = observationsThread }: SqliteObservationsOptions) {
    const path = resolve(directory);
    this.clock = clock;
    try {
      makeDirectory(path);
    } catch (error) {
      throw new ObservationsUnavailable(`${path}: ${explain(error, 'a directory')}`, { cause: error });
    }
    this.threads = new StoreThreads({
      noun: 'store of observations',
      directory: path,
      lockFile: join(path, 'observations.lock'),
      thread: (access) => thread({ directory: path, keptDays, access }),
      unavailable: (message, cause) => new ObservationsUnavailable(message, { cause }),
    });
    this.kept = new KeptMoments({ clock, compute: (query, dayAt) => this.threads.readLong('moments', { query, dayAt }) });
  }

  async append(projectId: string, batch: readonly Observation[]): Promise<readonly Appended[]> {
    const { answers, changed } = await this.threads.write('append', { projectId, rows: batch.map(rowOf), nowMs: this.clock() });
    for (const [index, answer] of answers.entries()) {
      const item = batch[index]!;
      if (item.kind === 'event' && answer.outcome === 'appended') this.kept.happened(projectId, item.event, answer.at, answer.receivedAt);
    }
    const receivedAt = answers.find(({ outcome }) => outcome === 'appended')?.receivedAt ?? 0;
    for (const { experiment, at } of changed) this.kept.exposed(projectId, experiment, at, receivedAt);
    return answers;
  }

  async *eventsOf(projectId: string, event: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredEvent> {
    const months = await this.threads.read('months', undefined);
    yield* mergedByUser(months.map((month) => this.eventsOfMonth(month, projectId, event, receivedBefore, afterUser)));
  }

  async *exposuresOf(projectId: string, experiment: string, receivedBefore: number, afterUser?: UserKey): AsyncIterable<StoredExposure> {
    // Behind all users up to that one: a key with a byte more.
    let after = { user: afterUser === undefined ? FIRST : `${afterUser}00`, variant: FIRST, at: 0 };
    for (;;) {
      const { rows, isLast } = await this.threads.read('exposuresOf', { projectId, experiment, receivedBefore, after });
      for (const [user, variant, at, receivedAt, revision] of rows) yield { user: user as UserKey, variant, at, receivedAt, revision };
      const last = rows.at(-1);
      if (isLast || last === undefined) return;
      after = { user: last[0], variant: last[1], at: last[2] };
    }
  }

  moments(query: MomentsQuery): Promise<Moments> {
    return this.kept.moments(query);
  }

  async tally(projectId: string, tallies: readonly Tally[]): Promise<void> {
    await this.threads.write('tally', { projectId, tallies, nowMs: this.clock() });
  }

  tallied(query: TallyQuery): Promise<readonly TallyTotal[]> {
    return this.threads.read('tallied', query);
  }

  async *known(projectId: string, user: UserKey): AsyncIterable<KnownObservation> {
    for (const month of await this.threads.read('months', undefined)) {
      for (let after = { name: FIRST, id: FIRST }; ;) {
        const { rows, isLast } = await this.threads.read('knownEventsOf', { month, projectId, user, after });
        for (const [event, , at, receivedAt, properties] of rows)
          yield { kind: 'event', event, at, receivedAt, properties: JSON.parse(properties) as Properties };
        const last = rows.at(-1);
        if (isLast || last === undefined) break;
        after = { name: last[0], id: last[1] };
      }
    }
    for (const [experiment, variant, at, receivedAt, revision] of await this.threads.read('knownExposuresOf', { projectId, user }))
      yield { kind: 'exposure', experiment, variant, at, receivedAt, revision };
  }

  async forget(projectId: string, user: UserKey): Promise<number> {
    const { removed, changed } = await this.threads.write('forget', { projectId, user, nowMs: this.clock() });
    for (const { experiment, at } of changed) this.kept.erased(projectId, experiment, at);
    return removed;
  }

  forgotten(projectId: string): Promise<number> {
    return this.threads.read('forgotten', { projectId });
  }

  async vocabulary(projectId: string): Promise<readonly EventInUse[]> {
    return vocabularyOf(await this.threads.read('vocabulary', { projectId }));
  }

  close(): Promise<void> {
    return this.threads.close();
  }

  private async *eventsOfMonth(
    month: string,
    projectId: string,
    event: string,
    receivedBefore: number,
    afterUser: UserKey | undefined,
  ): AsyncGenerator<StoredEvent> {
    let after = { user: afterUser === undefined ? FIRST : `${afterUser}00`, id: FIRST };
    for (;;) {
      const { rows, isLast } = await this.threads.read('eventsOf', { month, projectId, event, receivedBefore, after });
      for (const [user, , at, receivedAt, properties] of rows)
        yield { user: user as UserKey, at, receivedAt, properties: JSON.parse(properties) as Properties };
      const last = rows.at(-1);
      if (isLast || last === undefined) return;
      after = { user: last[0], id: last[1] };
    }
  }
}

function rowOf(observation: Observation): ObservationRow {
  if (observation.kind === 'exposure') {
    const { kind, user, experiment, variant, at, revision } = observation;
    return { kind, user, experiment, variant, at, revision };
  }
  const { kind, user, event, at, properties } = observation;
  const types = Object.entries(properties).flatMap(([name, value]) => {
    const type = propertyType(value);
    return type === undefined ? [] : [[name, type] as const];
  });
  const [id, content] = [observation.id, observation.content].map((text) => sha256(text).slice(0, ID_LENGTH)) as [string, string];
  return { kind, user, id, content, event, at, properties: JSON.stringify(properties), types };
}

function observationsThread(place: ThreadPlace): Channel {
  return openThread(join(__dirname, 'sqlite-thread'), place, `observations-${place.access}`);
}

interface OfUser {
  readonly user: UserKey;
}

/** Joins sequences that are each in the order of their users into one in that order; reads no further than one item ahead in each. */
async function* mergedByUser<Item extends OfUser>(sources: readonly AsyncGenerator<Item>[]): AsyncGenerator<Item> {
  try {
    const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
    for (;;) {
      let first: (typeof heads)[number] | undefined;
      for (const head of heads) {
        if (head.next.done !== true && (first === undefined || head.next.value.user < (first.next.value as Item).user)) first = head;
      }
      if (first === undefined) return;
      yield first.next.value as Item;
      first.next = await first.source.next();
    }
  } finally {
    await Promise.all(sources.map((source) => source.return(undefined)));
  }
}
