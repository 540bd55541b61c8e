import { pointsBehind } from '../../src/domain/cursor';
import type { Envelope } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { evolve, EMPTY_PROJECT } from '../../src/domain/decider';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { assertWhole } from '../application/instance';
import { assertSerial } from '../application/serial-order';
import { brokenRules } from '../property/invariants';
import { KEY_LIMIT, type Sent } from './key-writers';

/** All events of all projects as they are on the disk, read beside the server or without one. */
export async function eventsOnDisk(dataDir: string): Promise<Map<string, Envelope[]>> {
  const store = new SqliteEventStore(dataDir, { readOnly: true });
  const byProject = new Map<string, Envelope[]>();
  try {
    for await (const { event } of store.readAll()) {
      const events = byProject.get(event.projectId) ?? [];
      if (events.length === 0) byProject.set(event.projectId, events);
      events.push(event);
    }
  } finally {
    await store.close();
  }
  return byProject;
}

/** Throws unless everything that a client has been shown is in the ledger. */
export function assertKept(events: readonly Envelope[], commands: readonly Sent[]): void {
  for (const { commandId, seen } of commands) {
    if (seen === undefined) continue;
    const event = events[seen.cursor.revision];
    if (event === undefined || !pointsBehind(seen.cursor, event)) {
      throw new Error(`${commandId} was shown revision ${seen.cursor.revision}, of which the ledger knows nothing`);
    }
  }
}

/** Throws unless the ledger of the writers' project is whole, no rule is broken at any revision, and some serial order explains all answers. */
export function assertTrue(events: readonly Envelope[], commands: readonly Sent[]): void {
  assertWhole(events);
  assertKept(events, commands);
  assertSerial(events, commands, KEY_LIMIT);
  const own = new Map(events.map((event) => [event.commandId, event]));
  for (const { commandId, seen } of commands) {
    const event = own.get(commandId);
    if (event === undefined || seen === undefined) continue;
    if (seen.cursor.revision < event.revision || (seen.version ?? event.version) < event.version) {
      throw new Error(`${commandId} was shown something older than itself`);
    }
  }
  let state = EMPTY_PROJECT;
  for (const event of events) {
    state = evolve(state, event);
    // The judge of serial orders has looked at every revision already; this looks at all rules, now and then.
    if (event.revision % 20 !== 0 && event.revision !== events.length - 1) continue;
    const broken = brokenRules(state, { ...DEFAULT_LIMITS, keys: KEY_LIMIT });
    if (broken.length > 0) throw new Error(`after revision ${event.revision}: ${broken.join()}`);
  }
}
