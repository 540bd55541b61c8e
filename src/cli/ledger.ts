import { readFileSync } from 'node:fs';
import { DamagedRecord, OutcomeUnknown, StoreUnavailable, type EventStore } from '../event-store/event-store';
import { eventStoreAt, readSettings, type EventStoreSetting } from '../settings';
import { CommandFailed, WrongUse, type Terminal } from './verb';

export type StoredSetting = Exclude<EventStoreSetting, { kind: 'memory' }>;

/** `audit` reads, and looks at all that is stored, not at the events alone. */
export type Access = 'read' | 'audit' | 'write';

/** The text that an option gives, or where it says that it is kept: what is on a command line is shown to every user of the machine. */
function given(environment: Terminal['environment'], option: string, text: string): string {
  const [, kind, name = ''] = /^(env|file):(.+)$/s.exec(text) ?? [];
  if (kind === undefined) return text;
  if (kind === 'env') {
    const value = environment[name];
    if (value === undefined || value === '') throw new WrongUse(`${option} names the environment variable ${name}, which is not set.`);
    return value;
  }
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new WrongUse(`${option} names a file that cannot be read: ${(error as Error).message}.`);
  }
}

/** The ledger that an option names, as EVENT_STORE does, or by `env:NAME` or `file:PATH`. The address is not repeated to anyone who got it wrong: it may hold a password. */
export function ledgerAt({ environment }: Terminal, option: string, address: string): StoredSetting {
  const setting = eventStoreAt(
    given(environment, option, address.trim()).trim(),
    readSettings({ DATA_DIR: environment['DATA_DIR'] }).dataDir,
  );
  if (typeof setting === 'string') throw new WrongUse(`${option} ${setting}.`);
  if (setting.kind === 'memory') throw new WrongUse(`${option}: a ledger in memory is gone with the process that has it.`);
  return setting;
}

/** The ledger that the environment names. */
export function ownLedger(environment: Terminal['environment']): StoredSetting {
  const { eventStore } = readSettings(environment);
  if (eventStore.kind !== 'memory') return eventStore;
  throw new CommandFailed('EVENT_STORE is memory: the ledger is gone with the process that has it, and no other can look into it.');
}

/**
 * Opens a ledger, does something with it, and closes it, whatever happens. Read, it may be beside a running server; what is written in SQLite
 * must have no other writer. Whatever keeps the store from answering is a `CommandFailed`.
 */
export async function withLedger<T>(setting: StoredSetting, access: Access, act: (store: EventStore) => Promise<T>): Promise<T> {
  let store: EventStore | undefined;
  try {
    store = await open(setting, access);
    return await act(store);
  } catch (error) {
    const expected = error instanceof StoreUnavailable || error instanceof OutcomeUnknown || error instanceof DamagedRecord;
    throw expected ? new CommandFailed(error.message, { cause: error }) : error;
  } finally {
    await store?.close();
  }
}

/** Where a ledger is, in words that may be shown: an address may hold a password. */
export function placeOf(setting: StoredSetting): string {
  return setting.kind === 'sqlite' ? setting.directory : setting.url.replace(/\/\/.*@/, '//').replace(/\?.*$/, '');
}

/* Loaded when they are needed: both take a good part of a start. `require`, since `import()` would stay an ES import in our CommonJS output. */
/* eslint-disable @typescript-eslint/no-require-imports */
async function open(setting: StoredSetting, access: Access): Promise<EventStore> {
  if (setting.kind === 'sqlite') {
    const { SqliteEventStore } = require('../event-store/sqlite') as typeof import('../event-store/sqlite');
    return new SqliteEventStore(setting.directory, { readOnly: access !== 'write', audited: access === 'audit' });
  }
  const { KurrentEventStore } = require('../event-store/kurrentdb') as typeof import('../event-store/kurrentdb');
  return KurrentEventStore.open(setting.url);
}
