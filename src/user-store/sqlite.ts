import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Lease } from '../coordination/lease';
import { MemoryLeases } from '../coordination/memory-leases';
import { sha256, type Json } from '../domain/json';
import type { UserKey } from '../domain/user-key';
import type { CounterWindow } from '../evaluation/counter';
import type { Assignment, AssignResult, Cell, Override, UserRecord } from '../evaluation/user-record';
import { explain } from '../sqlite/failure';
import { makeDirectory } from '../sqlite/file';
import { StoreThreads } from '../sqlite/store-threads';
import { openThread, type Channel } from '../threads/thread';
import { withoutNo, type KeptCounters } from './kept-counters';
import { ErasureCounts, linked } from './versions';
import type { StorePlace, UserReaderCalls, UserWriterCalls } from './sqlite-calls';
import { RecentRecords } from './recent-records';
import { type ReadCounters, recordOf } from './sqlite-reads';
import type { Target } from './sqlite-writes';
import { UserStoreUnavailable } from './user-store';
import type { CountedEvent, Erasures, Filled, KeptCounter, Recording, Sample, UserStore } from './user-store';

export interface UserThreadPlace extends StorePlace {
  readonly access: 'read' | 'write';
}

export interface SqliteUserStoreOptions {
  /** The id of the pepper that user keys are made with: a store that was made with another is refused. */
  readonly pepperId: string;
  /** UTC milliseconds. */
  readonly clock?: () => number;
  /** What starts a thread: tests have it in their own, where they can see and disturb what it does. */
  readonly thread?: (place: UserThreadPlace) => Channel;
}

type VersionedCounters = KeptCounters & { readonly version: number };

const ID_LENGTH = 32;
const KEY_BYTES = 16;

/** Users in one SQLite file, `users.db`, in a directory of its own, for one process. What was acknowledged survives kill -9 and power loss. */
export class SqliteUserStore implements UserStore {
  /** The counters of projects as they were last read. */
  private readonly known = new Map<string, VersionedCounters>();
  private readonly records = new RecentRecords();
  /** In memory: what a fill or an event waits for does not outlive the process, which alone writes the file. */
  private readonly erased = new ErasureCounts();
  private readonly leases = new MemoryLeases();

  private constructor(
    private readonly threads: StoreThreads<UserWriterCalls, UserReaderCalls>,
    private readonly clock: () => number,
  ) {}

  /** Rejects with `UserStoreUnavailable` if the directory cannot be used, another process uses it, or the store is of another pepper. */
  static async open(
    directory: string,
    { pepperId, clock = Date.now, thread = userStoreThread }: SqliteUserStoreOptions,
  ): Promise<SqliteUserStore> {
    const path = resolve(directory);
    try {
      makeDirectory(path);
    } catch (error) {
      throw new UserStoreUnavailable(`${path}: ${explain(error, 'a directory')}`, { cause: error });
    }
    const threads = new StoreThreads<UserWriterCalls, UserReaderCalls>({
      noun: 'user store',
      directory: path,
      lockFile: join(path, 'users.lock'),
      thread: (access) => thread({ file: join(path, 'users.db'), pepperId, access }),
      unavailable: (message, cause) => new UserStoreUnavailable(message, { cause }),
    });
    try {
      assertPepper(path, await threads.write('open', undefined), pepperId);
    } catch (error) {
      await threads.close();
      throw error;
    }
    return new SqliteUserStore(threads, clock);
  }

  async load(projectId: string, user: UserKey): Promise<UserRecord> {
    return this.records.get(projectId, user, () => this.read(projectId, user));
  }

  recent(projectId: string, user: UserKey): UserRecord | undefined {
    return this.records.peek(projectId, user);
  }

  private async read(projectId: string, user: UserKey): Promise<UserRecord> {
    const known = this.known.get(projectId);
    const { counters, user: row } = await this.threads.read('load', { projectId, user, knownVersion: known?.version });
    return recordOf(this.keptIn(projectId, counters, known), row);
  }

  async assign(projectId: string, user: UserKey, expected: number, assignments: readonly Assignment[]): Promise<AssignResult> {
    const target = { ...this.target(projectId, user), expected, assignments };
    const result = await this.records.during(projectId, user, () => this.threads.write('assign', target));
    if ('stored' in result) return { stored: true, assignmentVersion: result.stored };
    return { stored: false, record: recordOf(this.keptIn(projectId, result.found.counters), result.found.user) };
  }

  async record(projectId: string, user: UserKey, events: readonly CountedEvent[], erasures: Erasures): Promise<Recording> {
    // The thread begins its calls in their order: one that is made before that of a `forget` is carried out before it.
    if (this.erased.hasChanged(projectId, user, erasures)) return 'erased';
    const rows = events.map((event) => ({ ...event, id: sha256(event.id).slice(0, ID_LENGTH) }));
    return this.records.during(projectId, user, () => this.threads.write('record', { ...this.target(projectId, user), events: rows }));
  }

  async erasures(projectId: string): Promise<Erasures> {
    return this.erased.of(projectId);
  }

  async fill(projectId: string, user: UserKey, counter: string, cells: readonly Cell[], erasures: Erasures): Promise<Filled> {
    if (this.erased.hasChanged(projectId, user, erasures)) return 'erased';
    const write = { ...this.target(projectId, user), counter, cells };
    return this.records.during(projectId, user, () => this.threads.write('fill', write));
  }

  setProperties(projectId: string, user: UserKey, properties: { readonly [name: string]: Json }): Promise<number> {
    const texts = Object.entries(properties).map(([name, value]) => [name, value === null ? null : JSON.stringify(value)] as const);
    return this.records.during(projectId, user, () => this.threads.write('setProperties', { ...this.target(projectId, user), texts }));
  }

  override(projectId: string, user: UserKey, experiment: string, given: Pick<Override, 'variant' | 'until'> | null): Promise<void> {
    return this.records.during(projectId, user, () =>
      this.threads.write('override', { ...this.target(projectId, user), experiment, given }),
    );
  }

  link(projectId: string, from: UserKey, to: UserKey): Promise<'linked' | 'kept'> {
    return linked(this, projectId, from, to);
  }

  async forget(projectId: string, user: UserKey): Promise<boolean> {
    this.erased.add(projectId, user);
    return this.records.during(projectId, user, () => this.threads.write('forget', this.target(projectId, user)));
  }

  async endForget(projectId: string, user: UserKey): Promise<boolean> {
    this.erased.add(projectId, user);
    return !(await this.threads.write('isCounted', this.target(projectId, user)));
  }

  async sample(projectId: string, count: number): Promise<Sample> {
    const from = randomBytes(KEY_BYTES).toString('hex');
    const { counters, users, rows } = await this.threads.read('sample', { projectId, count, from });
    const kept = this.keptIn(projectId, counters);
    return { users, sampled: rows.map((row) => ({ user: row.key as UserKey, seenAt: row.seenAt, record: recordOf(kept, row) })) };
  }

  async assigned(projectId: string, experiment: string, variants: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const users = await this.threads.read('assigned', { projectId, experiment, variants });
    return new Map(variants.map((variant, at) => [variant, users[at]!]));
  }

  async counters(projectId: string): Promise<readonly KeptCounter[]> {
    const counters = await this.threads.read('counters', { projectId });
    return counters === undefined ? [] : [...this.keptIn(projectId, counters).byId.values()].map(withoutNo);
  }

  async keepCounter(
    projectId: string,
    { id, window }: { readonly id: string; readonly window: CounterWindow },
    countingSince: number,
  ): Promise<KeptCounter> {
    const counter = { projectId, id, window: JSON.stringify(window), countingSince };
    await this.records.duringAll(() => this.threads.write('keepCounter', counter));
    const kept = (await this.counters(projectId)).find((one) => one.id === id);
    if (kept === undefined) throw new UserStoreUnavailable(`counter ${id} was dropped while it was begun: begin it again`);
    return kept;
  }

  filledUpTo(projectId: string, id: string, user: UserKey): Promise<void> {
    return this.changeCounter({ projectId, id, change: { filledUpTo: user } });
  }

  filled(projectId: string, id: string): Promise<void> {
    return this.changeCounter({ projectId, id, change: 'filled' });
  }

  async lease(name: string): Promise<Lease> {
    return this.leases.lease(name);
  }

  dropCounter(projectId: string, id: string): Promise<void> {
    return this.changeCounter({ projectId, id, change: 'drop' });
  }

  async identity(): Promise<string | undefined> {
    return (await this.threads.read('store', undefined))?.id;
  }

  acceptLoss(): Promise<string> {
    return this.records.duringAll(() => this.threads.write('acceptLoss', undefined));
  }

  close(): Promise<void> {
    return this.records.duringAll(() => this.threads.close());
  }

  private changeCounter(change: Parameters<UserWriterCalls['changeCounter']>[0]): Promise<void> {
    return this.records.duringAll(() => this.threads.write('changeCounter', change));
  }

  private target(projectId: string, user: UserKey): Target {
    return { projectId, user, nowMs: this.clock() };
  }

  /** Those that were read together with what was counted: newer ones could say that a counter is filled which was not yet. */
  private keptIn(projectId: string, { version, lastNo, changed }: ReadCounters, asked?: VersionedCounters): KeptCounters {
    if (changed === undefined) return asked!;
    const kept = { version, lastNo, byId: new Map(changed.map((counter) => [counter.id, counter])) };
    const known = this.known.get(projectId);
    if (known === undefined || known.version < version) this.known.set(projectId, kept);
    return kept;
  }
}

function assertPepper(path: string, store: { readonly pepperId: string } | undefined, pepperId: string): void {
  if (store?.pepperId === pepperId) return;
  throw new UserStoreUnavailable(
    `${path}: this user store was made with another pepper (${store?.pepperId}, not ${pepperId}), so no user would be found in it: bring the pepper back, or use another directory`,
  );
}

function userStoreThread(place: UserThreadPlace): Channel {
  return openThread(join(__dirname, 'sqlite-thread'), place, `users-${place.access}`);
}
