import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copy } from '../../src/audit/copy';
import { importEvents } from '../../src/audit/import';
import { HistoryMismatch } from '../../src/audit/bulk-append';
import { textOf, type Envelope } from '../../src/domain/event';
import { AppendTooLarge, OutcomeUnknown, StoreUnavailable, type EventStore } from '../../src/event-store/event-store';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { MemoryEventStore } from '../../src/event-store/memory';
import { SqliteEventStore } from '../../src/event-store/sqlite';
import { following, history } from '../fixtures/events';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';

let directory: string;
let opened: EventStore[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'copy-'));
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(directory, { recursive: true });
});

function kept<Store extends EventStore>(store: Store): Store {
  opened.push(store);
  return store;
}

const sqlite = (name: string, readOnly = false): SqliteEventStore => kept(new SqliteEventStore(join(directory, name), { readOnly }));

/** Projects of different lengths, written in turns. */
async function fill(store: EventStore, projects = 5): Promise<void> {
  const histories = Array.from({ length: projects }, (_, at) => history(`p${at}`, 20 + 13 * at));
  for (let from = 0; from < 20 + 13 * projects; from += 7) {
    for (const events of histories) {
      const part = events.slice(from, from + 7);
      if (part.length > 0) await store.append(part[0]!.projectId, from - 1, part);
    }
  }
}

async function textsOf(store: EventStore): Promise<string[]> {
  const events: Envelope[] = [];
  for await (const { projectId } of store.heads()) for await (const event of store.read(projectId)) events.push(event);
  return events.map(textOf);
}

test('SQLite to KurrentDB and back: every event is the same, byte for byte', async () => {
  const server = await KurrentStandIn.start();
  try {
    const source = sqlite('source');
    await fill(source);
    const middle = await KurrentEventStore.open(server.url);
    opened.unshift(middle);
    const target = sqlite('target');
    const expected = { events: 230, projects: 5, appended: 230, movedOn: false, complete: true };
    expect(await copy({ source, target: middle })).toEqual(expected);
    expect(await copy({ source: middle, target })).toEqual(expected);
    expect(await textsOf(target)).toEqual(await textsOf(source));
    expect(await copy({ source: middle, target })).toEqual({ ...expected, appended: 0 });
    await opened.shift()?.close();
  } finally {
    await server.dispose();
  }
});

test('no append is above what the target takes', async () => {
  const source = kept(new MemoryEventStore());
  await source.append('p', -1, history('p', 200, { padding: 2_000 }));
  const target = kept(new MemoryEventStore({ appendLimitBytes: 5_000 }));
  expect(await copy({ source, target })).toMatchObject({ events: 200, appended: 200 });
});

test('a limit of the server that is learnt while projects are copied splits what is too large, and names an event that is', async () => {
  const source = kept(new MemoryEventStore());
  for (const project of ['p', 'q', 'r']) await source.append(project, -1, history(project, 30, { padding: 2_000 }));
  const server = await KurrentStandIn.start();
  try {
    server.log.limit = 8_000;
    const target = await KurrentEventStore.open(server.url);
    opened.unshift(target);
    expect(await copy({ source, target })).toMatchObject({ events: 90, appended: 90 });
    expect(target.appendLimitBytes).toBe(8_000);
    await source.append('s', -1, history('s', 1, { padding: 9_000 }));
    const refused = copy({ source, target });
    await expect(refused).rejects.toThrow(AppendTooLarge);
    await expect(refused).rejects.toThrow(/above the limit of 8000: raise MaxAppendSize/);
    await opened.shift()?.close();
  } finally {
    await server.dispose();
  }
}, 20_000);

test('an import splits what is too large as well, where the limit is learnt while it writes', async () => {
  const server = await KurrentStandIn.start();
  try {
    server.log.limit = 8_000;
    const target = await KurrentEventStore.open(server.url);
    opened.unshift(target);
    const events = history('p', 30, { padding: 2_000 });
    const brought = async function* () {
      yield* events;
    };
    expect(await importEvents({ events: brought, target })).toEqual({ events: 30, projects: 1, appended: 30 });
    expect(await textsOf(target)).toEqual(events.map(textOf));
    await opened.shift()?.close();
  } finally {
    await server.dispose();
  }
}, 20_000);

test('what is there already is left alone, and the rest follows it', async () => {
  const source = kept(new MemoryEventStore());
  await fill(source);
  const target = kept(new MemoryEventStore());
  await target.append('p1', -1, history('p1', 10));
  await target.append('p4', -1, history('p4', 72));
  expect(await copy({ source, target })).toMatchObject({ events: 230, appended: 148 });
});

test.each([
  ['another history of a project', 'p1', history('p1', 10, { note: 'else' }), /project "p1": .* the hashes of revision 9 differ/],
  ['a project the source has not', 'other', history('other', 1), /project "other" is in the target, and not in the source/],
  ['a project that is ahead', 'p1', history('p1', 40), /project "p1": the target is at revision 39, which the source does not have/],
])('a target that holds %s is refused before anything is written', async (_, projectId, events, message) => {
  const source = kept(new MemoryEventStore());
  await fill(source);
  const target = kept(new MemoryEventStore());
  await target.append(projectId, -1, events);
  const refused = copy({ source, target });
  await expect(refused).rejects.toThrow(HistoryMismatch);
  await expect(refused).rejects.toThrow(message);
  expect(await textsOf(target)).toEqual(events.map(textOf));
});

test('a source that is not whole is copied up to its first problem, which is reported', async () => {
  const events = history('p', 10);
  const broken = events.map((event) => (event.revision === 6 ? { ...event, reason: 'added later' } : event));
  const source = kept(new MemoryEventStore());
  await source.append('p', -1, broken);
  const target = kept(new MemoryEventStore());
  const { flaws } = await copy({ source, target });
  expect(flaws).toMatchObject([{ code: 'ALTERED', projectId: 'p', revision: 6, held: 6 }]);
  expect(await textsOf(target)).toEqual(events.slice(0, 6).map(textOf));
});

test('a target that gives back something else than it was given is found out at the end', async () => {
  const source = kept(new MemoryEventStore());
  await fill(source);
  class Forgetful extends MemoryEventStore {
    override append(projectId: string, expected: number, events: readonly Envelope[]): Promise<void> {
      return super.append(projectId, expected, projectId === 'p3' ? events.map((event) => ({ ...event, data: {} })) : events);
    }
  }
  await expect(copy({ source, target: kept(new Forgetful()) })).rejects.toThrow(/The target is not whole. revision 0 of project "p3"/);
});

test('a store that is away for a while, or does not say what it did, is sent the same again', async () => {
  const source = kept(new MemoryEventStore());
  await fill(source);
  let calls = 0;
  class Unsteady extends MemoryEventStore {
    override async append(projectId: string, expected: number, events: readonly Envelope[]): Promise<void> {
      calls += 1;
      if (calls === 2) throw new StoreUnavailable('it is away');
      await super.append(projectId, expected, events);
      if (calls === 4) throw new OutcomeUnknown('it did not say');
    }
  }
  expect(await copy({ source, target: kept(new Unsteady()) })).toMatchObject({ events: 230, appended: 230 });
});

test('a source that is written meanwhile is caught up with, and that is reported', async () => {
  // In memory, where an append has happened when the call returns: nothing here depends on how soon another thread gets its turn.
  const source = kept(new MemoryEventStore());
  await fill(source);
  let written = history('p0', 20);
  let [steps, added] = [0, 0];
  const onEvent = (): void => {
    steps += 1;
    if (steps % 50 !== 0 || added >= 6) return;
    added += 1;
    const more = following(written, 3);
    written = [...written, ...more];
    void source.append('p0', more[0]!.revision - 1, more);
  };
  const target = sqlite('target');
  const copied = await copy({ source, target, onEvent });
  expect(copied).toEqual({ events: 248, projects: 5, appended: 248, movedOn: true, complete: true });
  expect(await textsOf(target)).toEqual(await textsOf(source));
});
