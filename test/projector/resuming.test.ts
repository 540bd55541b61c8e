import fc from 'fast-check';
import type { Envelope } from '../../src/domain/event';
import { AheadOfStore, DamagedRecord, type Chunk, type EventStore, type Position } from '../../src/event-store/event-store';
import { UpgradeRequired } from '../../src/event-store/upcast';
import { Projector } from '../../src/projector/projector';
import type { ProjectorOptions } from '../../src/projector/status';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { ReadModelUnavailable, type ReadModel } from '../../src/read-model/read-model';
import type { ResumePoint, ResumePoints } from '../../src/read-model/generations';
import { dump } from '../fixtures/dump';
import { until } from '../fixtures/eventually';
import { Chain, chain } from './chain';
import { COLLECTIONS } from './revision-lists';
import { plain, project, PROJECTIONS, replayed, stopAll } from './run';
import { SharedResumePoints } from './together';

afterEach(stopAll);

type Store = ProjectorOptions['store'];

/** A store that says what was read of it, and can be replaced by another copy. */
class Log implements Pick<EventStore, 'subscribe' | 'read' | 'heads' | 'anchored'> {
  readonly begun: (Position | undefined)[] = [];
  delivered = 0;
  events: Envelope[] = [];
  damaged: DamagedRecord[] = [];
  private readonly sleepers = new Set<() => void>();

  append(...events: readonly Envelope[]): void {
    this.events.push(...events);
    for (const wake of this.sleepers) wake();
    this.sleepers.clear();
  }

  async *read(projectId: string, from = 0, limit = Infinity): AsyncGenerator<Envelope> {
    yield* this.events.filter((event) => event.projectId === projectId && event.revision >= from).slice(0, limit);
  }

  async *heads() {
    yield* new Map(this.events.map(({ projectId, revision, hash }) => [projectId, { projectId, revision, hash }])).values();
  }

  async anchored(position: Position): Promise<Position> {
    return `${position}/${this.events[Number(position) - 1]?.id}`;
  }

  async *subscribe(after: Position | undefined, signal: AbortSignal): AsyncGenerator<Chunk> {
    this.begun.push(after);
    signal.addEventListener('abort', () => this.append());
    const [count = '0', id] = (after ?? '0').split('/');
    let at = Number(count);
    if (at > this.events.length || (id !== undefined && this.events[at - 1]?.id !== id)) throw new AheadOfStore(`not here: ${after}`);
    let damaged = at === 0 ? this.damaged : [];
    for (let live = false; !signal.aborted;) {
      const end = Math.min(this.events.length, at + 3);
      if (end === at && live) {
        await new Promise<void>((resolve) => this.sleepers.add(resolve));
        continue;
      }
      const events = this.events.slice(at, end).map((event, offset) => ({ position: String(at + offset + 1), event }));
      at = end;
      live = end === this.events.length;
      this.delivered += events.length;
      yield { events, caughtUp: live, position: String(at), ...(damaged.length > 0 && { damaged }) };
      damaged = [];
    }
  }
}

interface World {
  readonly log: Log;
  readonly readModel: ReadModel;
  readonly shared: SharedResumePoints;
}

function world(): World {
  return { log: new Log(), readModel: createMemoryReadModel(), shared: new SharedResumePoints() };
}

/** A process begins: it knows nothing but what is stored. */
function begin({ log, readModel, shared }: World, options: Partial<ProjectorOptions> = {}): Projector {
  const checkpoints = new (readModel.checkpoints.constructor as new () => ReadModel['checkpoints'])();
  const own: ReadModel = Object.create(readModel, { checkpoints: { value: checkpoints } }) as ReadModel;
  return project({ store: log as Store, readModel: own, resumePoints: shared.seat(), ...options }).projector;
}

/** From its start until all is shown, and a clean end; answers how many events it was given. */
async function run(these: World, options: Partial<ProjectorOptions> = {}): Promise<number> {
  const before = these.log.delivered;
  const projector = begin(these, options);
  await projector.start();
  await projector.stop();
  return these.log.delivered - before;
}

const shown = ({ readModel }: World, projectId: string) => dump(readModel, projectId, COLLECTIONS);

async function assertReplayed(these: World, projectIds: readonly string[]): Promise<void> {
  for (const projectId of projectIds) expect(await shown(these, projectId)).toBe(await replayed(projectId, these.log.events));
}

test('a start reads what is new since an earlier process, and no more', async () => {
  const these = world();
  const [one, other] = [chain('one', 20), chain('other', 10)];
  these.log.append(...one.events, ...other.events);
  expect(await run(these)).toBe(30);
  expect(await run(these)).toBe(0);
  these.log.append(one.add('Noted', 'a', { amount: 1 }), one.add('Noted', 'b', { amount: 1 }));
  expect(await run(these)).toBe(2);
  await assertReplayed(these, ['one', 'other']);
});

test('while it runs, what it has handled is stored within moments', async () => {
  const these = world();
  const one = chain('one', 5);
  these.log.append(...one.events);
  await begin(these).start();
  these.log.append(one.add('Noted', 'a', { amount: 1 }));
  await until(() => these.shared.stored?.point.projects.get('one')?.head?.revision === 5);
  expect(these.shared.stored?.point.position).toBe(await these.log.anchored('6'));
});

test('an emptied or partly lost read model is not believed to hold what is said of it', async () => {
  const these = world();
  these.log.append(...chain('one', 20).events, ...chain('other', 10).events);
  await run(these);
  await these.readModel.stored.clear('one');
  expect(await run(these)).toBe(0);
  await assertReplayed(these, ['one', 'other']);
  await these.readModel.stored.clear('one');
  await these.readModel.stored.clear('other');
  await run(these);
  await assertReplayed(these, ['one', 'other']);
  these.shared.stored = undefined;
  expect(await run(these)).toBe(30);
});

test('a store that was restored from an older copy, and has grown since, is recognised: only what differs is parked', async () => {
  const these = world();
  const [one, other] = [chain('one', 20), chain('other', 10)];
  these.log.append(...one.events, ...other.events);
  await run(these);
  // The last event of all is lost, and others are in its place.
  const fork = chain('fork', 9);
  const tail = new Chain('other');
  tail.events.push(...other.events.slice(0, 9));
  these.log.events.splice(29, 1, ...fork.events, tail.add('Changed', 'x'));
  const projector = begin(these);
  await projector.start();
  expect(these.log.begun.at(-1)).toBeUndefined();
  expect(projector.status().parked).toMatchObject([{ projectId: 'other', reason: 'HISTORY_DIFFERS' }]);
  await assertReplayed(these, ['one', 'fork']);
});

test('another copy of the ledger, with the same events at other positions, parks nothing, and is read on from the next time', async () => {
  const these = world();
  const [one, other] = [chain('one', 20), chain('other', 10)];
  these.log.append(...one.events, ...other.events);
  await run(these);
  these.log.events = [...other.events, ...one.events];
  const projector = begin(these);
  await projector.start();
  expect(projector.status()).toMatchObject({ parked: [], state: 'live' });
  await projector.stop();
  expect(await run(these)).toBe(0);
  await assertReplayed(these, ['one', 'other']);
});

test('events of a kind that this version does not know are met again by each of its starts', async () => {
  const these = world();
  const one = chain('one', 5);
  one.add('Invented', 'a');
  these.log.append(...one.events, ...chain('other', 5).events);
  await run(these);
  const upcast = (event: Envelope): Envelope => {
    if (event.type === 'Invented') throw new UpgradeRequired(event);
    return event;
  };
  for (let time = 0; time < 2; time += 1) {
    const projector = begin(these, { upcast });
    await projector.start();
    expect(these.log.begun.at(-1)).toBeUndefined();
    expect(projector.status()).toMatchObject({ upgradeRequired: 1, parked: [{ projectId: 'one', reason: 'UPGRADE_REQUIRED' }] });
    await projector.stop();
  }
  expect(await run(these)).toBe(0);
});

test('a project that is parked, and a stream that is no project, are so after a start as well', async () => {
  const these = world();
  these.log.append(...chain('one', 5).events);
  these.log.damaged = [new DamagedRecord('one', 3, 'a link'), new DamagedRecord('stray', 0, 'not ours')];
  for (let time = 0; time < 2; time += 1) {
    const projector = begin(these);
    await projector.start();
    expect(projector.status()).toMatchObject({ strays: 1, parked: [{ projectId: 'one', revision: 3, reason: 'HISTORY_BROKEN' }] });
    await projector.stop();
  }
  expect(these.log.begun).toEqual([undefined, await these.log.anchored('5')]);
  const projector = begin(these);
  await projector.start();
  expect(await projector.unpark('one')).toBe(true);
  await projector.stop();
  const after = begin(these);
  await after.start();
  expect(after.status()).toMatchObject({ strays: 1, parked: [] });
});

test('of two that both believe to be the one that projects, each stores what is whole', async () => {
  const these = world();
  const one = chain('one', 5);
  these.log.append(...one.events);
  const [first, second] = [begin(these), begin(these)];
  await first.start();
  await second.start();
  these.log.append(one.add('Noted', 'a', { amount: 1 }), ...chain('other', 3).events);
  await until(() => these.shared.stored?.point.projects.get('other')?.head?.revision === 2);
  await first.stop();
  expect(these.shared.stored?.point.projects.get('one')?.head?.revision).toBe(5);
  await second.stop();
  expect(await run(these)).toBe(0);
});

/** All that a process writes until it is killed, and nothing after: also a write that it was killed in. */
class Killed extends ReadModelUnavailable {}

function mortal(
  these: World,
  writes: number,
  isLastDone: boolean,
): { readonly options: Partial<ProjectorOptions>; readonly isDead: () => boolean } {
  let left = writes;
  const through = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    left -= 1;
    if (left === 0 && isLastDone) await act();
    if (left <= 0) throw new Killed('killed');
    return act();
  };
  const checkpoints = new (these.readModel.checkpoints.constructor as new () => ReadModel['checkpoints'])();
  const readModel = Object.create(these.readModel, {
    checkpoints: { value: checkpoints },
    commit: { value: (batch: Parameters<ReadModel['commit']>[0]) => through(() => these.readModel.commit(batch)) },
  }) as ReadModel;
  const seat = these.shared.seat();
  const resumePoints: ResumePoints = {
    load: () => seat.load(),
    replace: (point: ResumePoint) => through(() => seat.replace(point)),
    advance: (change: ResumePoint) => through(() => seat.advance(change)),
  };
  return { options: { readModel, resumePoints }, isDead: () => left <= 0 };
}

test('killed at any moment, also between a batch and the position after it, the next process shows what a replay gives', async () => {
  const life = fc.record({
    writes: fc.integer({ min: 1, max: 8 }),
    isLastDone: fc.boolean(),
    lengths: fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }),
  });
  const loss = fc.constantFrom(undefined, 'position', 'p0', 'p1', 'older position');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(life, loss), { minLength: 1, maxLength: 4 }), async (lives) => {
      const these = world();
      const chains = ['p0', 'p1', 'p2'].map((projectId) => new Chain(projectId));
      let earlier: SharedResumePoints['stored'];
      for (const [{ writes, isLastDone, lengths }, lost] of lives) {
        lengths.forEach((length, at) => {
          for (let nth = 0; nth < length; nth += 1) these.log.append(chains[at]!.add('Noted', 'abc'.charAt(nth % 3), { amount: nth }));
        });
        const { options, isDead } = mortal(these, writes, isLastDone);
        const projector = new Projector({
          store: these.log,
          projections: PROJECTIONS,
          upcast: plain,
          log: { info: () => {}, warn: () => {}, error: () => {} },
          backOff: () => new Promise((resolve) => setTimeout(resolve, 1)),
          readModel: these.readModel,
          ...options,
        });
        const started = projector.start().catch(() => undefined);
        while (!isDead() && projector.status().state !== 'live') await new Promise((resolve) => setTimeout(resolve, 1));
        await projector.stop();
        await started;
        if (lost === 'position') these.shared.stored = undefined;
        else if (lost === 'older position') these.shared.stored = earlier;
        else if (lost !== undefined) await these.readModel.stored.clear(lost);
        earlier = these.shared.stored;
      }
      await run(these);
      for (const { projectId, events } of chains) expect(await shown(these, projectId)).toBe(await replayed(projectId, events));
    }),
    { numRuns: 40 },
  );
});
