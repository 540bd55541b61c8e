import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { StoreHealth } from '../application/store-health';
import type { UserKey } from '../domain/user-key';
import type { UserRecord } from '../evaluation/user-record';
import { StoreUnavailable, type EventStore } from '../event-store/event-store';
import { replaceFile } from '../files/private';
import type { LedgerMetrics } from '../http/ledger-metrics';
import { timed, type ObserveCall } from '../http/timed-stores';
import { ObservationsUnavailable, type Observations } from '../observations/observations';
import { openObservations } from '../observations/open';
import type { Settings } from '../settings';
import { KnownUserStore, type KnownStore, type KnownStoreRecord } from '../user-store/known-store';
import { openUserStore } from '../user-store/open';
import { UserStoreUnavailable, UserStoreUnfit, type UserStore } from '../user-store/user-store';
import { openedLater } from './opened-later';

export interface UserDataParts {
  readonly settings: Settings;
  readonly store: Pick<EventStore, 'ledgerId'>;
  readonly pepperId: string;
  readonly ledger: LedgerMetrics;
  readonly logger: Logger;
  /** UTC milliseconds. Never goes backwards. */
  readonly stampClock: () => number;
}

/** What is stored of users, with each call measured. */
export interface UserData {
  readonly observations: Observations;
  /** The store that this server knows: another one answers nothing. */
  readonly users: UserStore;
  /** `UserStore.recent` of the store that this server knows. It is not measured: the store is not asked. */
  readonly recent: (projectId: string, user: UserKey) => UserRecord | undefined;
  /** The store itself, for what brings it back. */
  readonly anyUsers: UserStore;
  readonly known: KnownUserStore;
  readonly health: { readonly users: StoreHealth; readonly observations: StoreHealth };
}

/** Whether a store is in this process or its files, and not over the network. */
export const isOfThisProcess = (url: string): boolean => /^(?:sqlite|memory):/.test(url);

const ITERABLES = ['eventsOf', 'exposuresOf', 'known'] as const;

/** An instance starts without its stores over the network, and serves what it can until they are there. */
async function reachedOrLater<Store extends Observations | UserStore>({
  url,
  open,
  iterables,
  logger,
}: {
  readonly url: string;
  readonly open: () => Promise<Store>;
  readonly iterables: readonly (keyof Store)[];
  readonly logger: Logger;
}): Promise<Store> {
  if (isOfThisProcess(url)) return open();
  try {
    return await open();
  } catch (error) {
    const isAway = error instanceof UserStoreUnavailable || error instanceof ObservationsUnavailable || error instanceof StoreUnavailable;
    if (!isAway || error instanceof UserStoreUnfit) throw error;
    logger.error({ err: error }, 'a store of users or observations cannot be reached: it is tried again when it is asked for');
    return openedLater(open, iterables);
  }
}

/** Rejects where it cannot be opened, with nothing left open. */
export async function openUserData(parts: UserDataParts): Promise<UserData> {
  const opened: { close(): Promise<void> }[] = [];
  try {
    return await openStores(parts, opened);
  } catch (error) {
    await Promise.allSettled(opened.map((store) => store.close()));
    throw error;
  }
}

async function openStores(
  { settings, store, pepperId, ledger, logger, stampClock }: UserDataParts,
  opened: { close(): Promise<void> }[],
): Promise<UserData> {
  const { dataDir, observationsKeptDays: keptDays } = settings;
  const health = {
    users: new StoreHealth((error) => error instanceof UserStoreUnavailable),
    observations: new StoreHealth((error) => error instanceof ObservationsUnavailable),
  };
  const observations = await reachedOrLater<Observations>({
    url: settings.observations,
    open: () => openObservations(settings.observations, { dataDir, keptDays, clock: stampClock }),
    iterables: ITERABLES,
    logger,
  });
  opened.push(observations);
  const anyUsers = await reachedOrLater<UserStore>({
    url: settings.userStore,
    open: () => openUserStore(settings.userStore, { dataDir, ledgerId: () => store.ledgerId(), pepperId }),
    iterables: [],
    logger,
  });
  opened.push(anyUsers);
  // One in memory is a new one at each start.
  const record = settings.userStore.startsWith('memory:') ? recordInMemory() : recordIn(join(dataDir, 'user-store.json'));
  const known = new KnownUserStore(anyUsers, record, stampClock);
  ledger.watchUserStore(() => known.isLost);
  await known.assertKnown().catch((error: unknown) => {
    if (!(error instanceof UserStoreUnavailable)) throw error;
    logger.error({ err: error }, 'no user is assigned to an experiment until the user store is there');
  });
  const measured = (name: 'user_store' | 'observations', of: StoreHealth) => {
    const count = ledger.store(name);
    const observe: ObserveCall = (operation, outcome, seconds, error) => {
      count(operation, outcome, seconds);
      of.observe(operation, error);
    };
    return <Result>(operation: string, run: () => Promise<Result>): Promise<Result> => timed(observe, operation, run);
  };
  const ofUsers = measured('user_store', health.users);
  return {
    observations: aroundCalls(observations, [...ITERABLES, 'close'], measured('observations', health.observations)),
    users: aroundCalls(anyUsers, ['recent', 'identity', 'acceptLoss', 'close'], (name, run) => ofUsers(name, () => known.run(run))),
    recent: (projectId, user) => (known.isConfirmed ? anyUsers.recent?.(projectId, user) : undefined),
    anyUsers,
    known,
    health,
  };
}

/** The text of the file. */
const RECORD = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'no JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.object({ id: z.string(), losses: z.array(z.number()) }));

function recordIn(file: string): KnownStoreRecord {
  return {
    read: async () => {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      });
      if (text === undefined) return undefined;
      const { success, data } = RECORD.safeParse(text);
      if (success) return data;
      throw new Error(
        `${file} is not what this server wrote: put back the one of a backup, or delete it to take the user store that is there now for the known one`,
      );
    },
    write: (known) => replaceFile(file, `${JSON.stringify(known)}\n`),
  };
}

function recordInMemory(): KnownStoreRecord {
  let kept: KnownStore | undefined;
  return { read: async () => kept, write: async (known) => void (kept = known) };
}

/** A store whose methods answer promises, or async iterables. */
type Method = (...args: unknown[]) => unknown;

/**
 * The store with `around` about each of its calls, which is given the name and what carries it out. Methods that are named as `untouched` are called
 * as they are: those that answer an async iterable, and what the store is looked after by.
 */
function aroundCalls<Store extends object>(
  store: Store,
  untouched: readonly (keyof Store)[],
  around: <Result>(name: string, run: () => Promise<Result>) => Promise<Result>,
): Store {
  const methods = new Map<string | symbol, Method>();
  const method = (name: string): Method => {
    const run: Method = (...args) => (store[name as keyof Store] as Method).call(store, ...args);
    return untouched.includes(name as keyof Store) ? run : (...args) => around(name, () => run(...args) as Promise<unknown>);
  };
  return new Proxy(store, {
    get: (_target, name) => {
      // A promise that resolves with this store must not take it for another promise.
      if (typeof name !== 'string' || name === 'then') return undefined;
      const known = methods.get(name) ?? method(name);
      methods.set(name, known);
      return known;
    },
  });
}
