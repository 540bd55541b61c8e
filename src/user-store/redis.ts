import type { Lease } from '../coordination/lease';
import { LEASE_SCRIPTS, RedisLeases } from '../coordination/redis-leases';
import type { Json } from '../domain/json';
import type { UserKey } from '../domain/user-key';
import type { CounterWindow } from '../evaluation/counter';
import type { Assignment, AssignResult, Cell, Override, UserRecord } from '../evaluation/user-record';
import type { RedisAddress } from '../redis/address';
import { RedisConnection } from '../redis/connection';
import { isFillDone, staleAt, withoutNo, type KeptCounters } from './kept-counters';
import { CachedCounters } from './redis-counters';
import { lost, RedisIdentity, assertDurable } from './redis-identity';
import { UserStoreKeys } from './redis-keys';
import { recordedArgs, recordIn, staleFields, type Fields } from './redis-record';
import { assignedUsers, sampleUsers } from './redis-sample';
import { LOST, USER_STORE_SCRIPTS } from './redis-scripts';
import { IDS_KEPT_DAYS, UserStoreUnavailable } from './user-store';
import type { CountedEvent, Erasures, Filled, KeptCounter, Recording, Sample, UserStore } from './user-store';
import { ErasureCounts, dayOf, idExpiry, linked } from './versions';

export interface RedisUserStoreOptions {
  /** Ledgers on one Redis have users of their own. */
  readonly ledgerId: string;
  /** The id of the pepper that user keys are made with: a store that was made with another is refused. */
  readonly pepperId: string;
  /** UTC milliseconds. */
  readonly clock?: () => number;
}

/**
 * Users in a Redis that many instances share: one script, and so one round trip, for each call. It must be one that keeps what it acknowledges; one
 * that does not is refused, and again whenever a connection was lost.
 */
export class RedisUserStore implements UserStore {
  private readonly counterCache: CachedCounters;
  private readonly erased = new ErasureCounts();
  private readonly identities: RedisIdentity;
  private readonly keys: UserStoreKeys;
  private readonly clock: () => number;
  private readonly leases: RedisLeases;
  private marker = '';
  /** That the Redis keeps what it acknowledges; undefined: to be asked again. */
  private durable: Promise<void> | undefined;

  private constructor(
    private readonly connection: RedisConnection,
    address: RedisAddress,
    { ledgerId, pepperId, clock = Date.now }: RedisUserStoreOptions,
  ) {
    this.keys = new UserStoreKeys(`${address.prefix}:${ledgerId}:users:`);
    this.clock = clock;
    this.leases = new RedisLeases((script, keys, args) => connection.run(script, keys, args));
    this.identities = new RedisIdentity(connection, this.keys, pepperId);
    this.counterCache = new CachedCounters((projectId) => this.read('usersLoad', this.keys.counters(projectId), []) as Promise<Fields>);
    connection.onLoss(() => (this.durable = undefined));
  }

  /** Rejects with `UserStoreUnavailable`, also if the Redis keeps nothing or the store is of another pepper. */
  static async open(address: RedisAddress, options: RedisUserStoreOptions): Promise<RedisUserStore> {
    const connection = new RedisConnection(address, { ...USER_STORE_SCRIPTS, ...LEASE_SCRIPTS }, UserStoreUnavailable);
    try {
      await connection.settle();
      const store = new RedisUserStore(connection, address, options);
      await store.assertDurable();
      // Of a store that has lost a part no call is carried out until the loss is accepted.
      store.marker = (await store.identities.open()) ?? '';
      return store;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async load(projectId: string, user: UserKey): Promise<UserRecord> {
    const kept = await this.counterCache.of(projectId);
    return recordIn(await this.fieldsOf(projectId, user), kept);
  }

  async assign(projectId: string, user: UserKey, expected: number, assignments: readonly Assignment[]): Promise<AssignResult> {
    const kept = await this.counterCache.of(projectId);
    const added = assignments.flatMap(({ experiment, ...rest }) => [experiment, JSON.stringify(rest)]);
    const answer = await this.write('usersAssign', projectId, user, [`${expected}`, ...added]);
    if (typeof answer === 'string') return { stored: true, assignmentVersion: Number(answer) };
    return { stored: false, record: recordIn(answer as Fields, kept) };
  }

  async record(projectId: string, user: UserKey, events: readonly CountedEvent[], erasures: Erasures): Promise<Recording> {
    const needed = events.flatMap(({ counters }) => counters);
    const kept = await this.counterCache.of(projectId, needed);
    const now = this.clock();
    const inTime = events.filter(({ at }) => idExpiry(at, IDS_KEPT_DAYS) > now);
    if (inTime.length === 0) return events.map(() => 'late');
    const args = [`${erasures(user)}`, ...recordedArgs(kept, inTime, now)];
    const answers = (await this.write('usersRecord', projectId, user, args)) as number[] | string;
    if (typeof answers === 'string') return this.erased.missed(projectId, user, Number(answers));
    if (answers.at(-1) === 1) await this.compact(projectId, user, kept, now);
    let at = 0;
    return events.map((event) => {
      if (!inTime.includes(event)) return 'late';
      at += 1;
      return answers[at - 1] === 1 ? 'counted' : 'repeated';
    });
  }

  async erasures(projectId: string): Promise<Erasures> {
    if (!this.erased.has(projectId)) {
      await this.assertDurable();
      const keys = this.keys.erasuresOfAll(projectId);
      this.erased.begin(projectId, (await this.connection.read((client) => Promise.all(keys.map((key) => client.get(key))))).map(Number));
    }
    return this.erased.of(projectId);
  }

  async fill(projectId: string, user: UserKey, counter: string, cells: readonly Cell[], erasures: Erasures): Promise<Filled> {
    const { no, isFilled = true } = (await this.counterCache.of(projectId, [counter])).byId.get(counter) ?? {};
    if (isFilled) return 'repeated';
    const args = cells.flatMap(({ at, count }) => [`${at}`, `${count}`]);
    const answer = await this.write('usersFill', projectId, user, [`${erasures(user)}`, `${no}`, ...args]);
    if (typeof answer === 'string') return this.erased.missed(projectId, user, Number(answer));
    return answer === 1 ? 'filled' : 'repeated';
  }

  async setProperties(projectId: string, user: UserKey, properties: { readonly [name: string]: Json }): Promise<number> {
    const args = Object.entries(properties).flatMap(([name, value]) => [`p:${name}`, value === null ? '' : JSON.stringify(value)]);
    return Number(await this.change(projectId, user, ['facts', ...args]));
  }

  async override(projectId: string, user: UserKey, experiment: string, given: Pick<Override, 'variant' | 'until'> | null): Promise<void> {
    const text = given === null ? '' : JSON.stringify({ variant: given.variant, until: given.until });
    await this.change(projectId, user, ['assigned', `o:${experiment}`, text]);
  }

  link(projectId: string, from: UserKey, to: UserKey): Promise<'linked' | 'kept'> {
    return linked(this, projectId, from, to);
  }

  async forget(projectId: string, user: UserKey): Promise<boolean> {
    return (await this.once('usersForget', this.keys.of(projectId, user), [`${this.clock()}`, user])) === 1;
  }

  async endForget(projectId: string, user: UserKey): Promise<boolean> {
    return (await this.once('usersEndForget', this.keys.of(projectId, user), [])) === 1;
  }

  async sample(projectId: string, count: number): Promise<Sample> {
    const kept = await this.counterCache.of(projectId);
    const { users, found } = await sampleUsers(this.connection, this.keys.usersOfAll(projectId), count);
    const sampled = await Promise.all(
      found.map(async ({ user, seenAt }) => ({ user, seenAt, record: recordIn(await this.fieldsOf(projectId, user), kept) })),
    );
    return { users, sampled };
  }

  assigned(projectId: string, experiment: string, variants: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return assignedUsers(this.connection, this.keys.assignedOfAll(projectId), experiment, variants);
  }

  async counters(projectId: string): Promise<readonly KeptCounter[]> {
    this.counterCache.forget(projectId);
    return [...(await this.counterCache.of(projectId)).byId.values()].map(withoutNo);
  }

  async keepCounter(
    projectId: string,
    { id, window }: { readonly id: string; readonly window: CounterWindow },
    countingSince: number,
  ): Promise<KeptCounter> {
    const askedAtMs = performance.now();
    const fields = await this.once('usersKeepCounter', this.keys.counters(projectId), [id, JSON.stringify({ window, countingSince })]);
    return withoutNo(this.counterCache.note(projectId, fields as Fields, askedAtMs).byId.get(id)!);
  }

  filledUpTo(projectId: string, counter: string, user: UserKey): Promise<void> {
    return this.changeCounter('usersNoteCounter', projectId, [counter, 'u', user]);
  }

  filled(projectId: string, counter: string): Promise<void> {
    return this.changeCounter('usersNoteCounter', projectId, [counter, 't', '1']);
  }

  async lease(name: string): Promise<Lease> {
    return this.leases.lease(this.keys.lease(name));
  }

  dropCounter(projectId: string, counter: string): Promise<void> {
    return this.changeCounter('usersDropCounter', projectId, [counter]);
  }

  identity(): Promise<string | undefined> {
    return this.identities.id();
  }

  async acceptLoss(): Promise<string> {
    this.marker = await this.identities.replaced(this.marker);
    return this.marker.split(' ')[0]!;
  }

  async close(): Promise<void> {
    this.connection.close();
  }

  private async compact(projectId: string, user: UserKey, kept: KeptCounters, nowMs: number): Promise<void> {
    const stale = staleFields(await this.fieldsOf(projectId, user), staleAt(kept, nowMs), (no) => isFillDone(kept, no));
    await this.once('usersCompact', this.keys.of(projectId, user), [`${dayOf(nowMs)}`, ...stale]);
  }

  private async changeCounter(script: string, projectId: string, args: readonly string[]): Promise<void> {
    await this.once(script, this.keys.counters(projectId), args);
    this.counterCache.forget(projectId);
  }

  private async fieldsOf(projectId: string, user: UserKey): Promise<Fields> {
    return (await this.read('usersLoad', [this.keys.markerOf(user), this.keys.user(projectId, user)], [])) as Fields;
  }

  private read(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.guarded(() => this.connection.runRead(script, keys, [this.marker, ...args]));
  }

  /** For what leads to the same when it is sent again. */
  private write(script: string, projectId: string, user: UserKey, args: readonly string[]): Promise<unknown> {
    const all = [this.marker, `${this.clock()}`, user, ...args];
    return this.guarded(() => this.connection.runRepeatable(script, this.keys.of(projectId, user), all));
  }

  private change(projectId: string, user: UserKey, args: readonly string[]): Promise<unknown> {
    return this.once('usersChange', this.keys.of(projectId, user), [`${this.clock()}`, user, ...args]);
  }

  /** For what another write may have come after. */
  private once(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.guarded(() => this.connection.run(script, keys, [this.marker, ...args]));
  }

  private async guarded(run: () => Promise<unknown>): Promise<unknown> {
    await this.assertDurable();
    const answer = await run();
    if (answer === LOST) throw lost();
    return answer;
  }

  private assertDurable(): Promise<void> {
    if (this.durable !== undefined) return this.durable;
    const asking = assertDurable(this.connection);
    asking.catch(() => {
      if (this.durable === asking) this.durable = undefined;
    });
    return (this.durable = asking);
  }
}
