import { MemoryEventStore } from '../../src/event-store/memory';
import { Checkpoints } from '../../src/read-model/checkpoints';
import { createMemoryReadModel } from '../../src/read-model/memory';
import { ReadModelUnavailable, type ReadModel } from '../../src/read-model/read-model';
import { until } from '../fixtures/eventually';
import { chain } from './chain';
import { projectRevisions, keys } from './revision-lists';
import { lived, project, stopAll } from './run';

afterEach(stopAll);

/** A read model that can lose everything, and says so when the test does; `away` while it cannot be reached. */
function losable() {
  let inner = createMemoryReadModel();
  let away = false;
  const checkpoints = new Checkpoints();
  const through = (name: keyof ReadModel) => {
    return (...args: unknown[]): unknown => {
      if (away) return Promise.reject(new ReadModelUnavailable('the test has taken it away'));
      return (inner[name] as (...given: unknown[]) => unknown)(...args);
    };
  };
  const readModel = {
    checkpoints,
    stored: { checkpoints: through('checkpointsOf'), get: through('get'), projectIds: through('projectIds') },
    commit: through('commit'),
    checkpoint: through('checkpoint'),
    standings: through('checkpointsOf'),
    get: through('get'),
    list: through('list'),
    projectIds: through('projectIds'),
    close: () => inner.close(),
  } as unknown as ReadModel;
  const invalidate = (): void => checkpoints.invalidate();
  return {
    readModel,
    lose: (): void => void (inner = createMemoryReadModel()),
    setAway: (now: boolean): void => void (away = now),
    invalidate,
  };
}

test('once the read model is invalidated, nothing counts as reached until it has been compared and made good, though nothing new comes', async () => {
  const store = new MemoryEventStore();
  await store.append('shop', -1, chain('shop', 6).events);
  const { readModel, lose, setAway, invalidate } = losable();
  const { projector } = project({ store, readModel });
  await projector.start();
  expect(await projector.reached('shop', 5, 0)).toBe('reached');
  setAway(true);
  lose();
  invalidate();
  expect(await projector.reached('shop', 5, 30)).toBe('timeout');
  expect(projector.status().state).not.toBe('live');
  setAway(false);
  await until(() => projector.status().state === 'live');
  expect(await projector.reached('shop', 5, 0)).toBe('reached');
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3, 4, 5]);
  await until(() => projector.status().state === 'live');
});

test('an invalidation while the comparison is under way leads to another one', async () => {
  const store = new MemoryEventStore();
  await store.append('shop', -1, chain('shop', 6).events);
  const { readModel, lose, invalidate } = losable();
  let heads = 0;
  const watched = {
    subscribe: store.subscribe.bind(store),
    read: store.read.bind(store),
    async *heads() {
      yield* store.heads();
      // Just after they have been read for the comparison, all is lost.
      if (++heads !== 1) return;
      lose();
      invalidate();
    },
  };
  const { projector } = project({ store: watched, readModel });
  await projector.start();
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3, 4, 5]);
});

test('of a parked project, what comes before the event that stopped it is made good as well', async () => {
  const bad = chain('bad', 3);
  bad.add('Cursed', 'a');
  const store = new MemoryEventStore();
  await store.append('bad', -1, bad.events);
  const { readModel, lose, invalidate } = losable();
  const cursed = { ...keys, evolve: refuse('Cursed') };
  const { projector } = project({ store, readModel, projections: [projectRevisions, cursed], clock: () => 77 });
  await projector.start();
  lose();
  invalidate();
  await until(() => projector.status().lastError !== undefined && projector.status().state === 'live');
  expect(await lived(readModel, 'bad')).toEqual([0, 1, 2]);
  expect(projector.parked('bad')).toMatchObject({ revision: 3, since: 77 });
});

test('documents that another projector has moved on meanwhile, and that cannot take the event again, park nothing', async () => {
  const store = new MemoryEventStore();
  const { events } = chain('shop', 6);
  const steady = createMemoryReadModel();
  const strict = { ...projectRevisions, evolve: onceEach };
  await store.append('shop', -1, events.slice(0, 2));
  const before = project({ store, readModel: steady, projections: [strict] });
  await before.projector.start();
  await before.projector.stop();
  await store.append('shop', 1, events.slice(2));
  let overtaken = false;
  const overtaking: ReadModel = {
    ...steady,
    // Just before this projector reads the documents of the checkpoint that it has read, another one does the whole work.
    stored: {
      ...steady.stored,
      get: async (...asked) => {
        if (!overtaken) {
          overtaken = true;
          await project({ store, readModel: steady, projections: [strict] }).projector.start();
        }
        return steady.get(...asked);
      },
    },
  };
  const { projector } = project({ store, readModel: overtaking, projections: [strict] });
  await projector.start();
  expect(overtaken).toBe(true);
  expect(projector.status().parked).toEqual([]);
  expect(await projector.reached('shop', 5, 1_000)).toBe('reached');
});

function refuse(type: string): typeof keys.evolve {
  return (document, event) => {
    if (event.type === type) throw new Error(`cannot read ${type}`);
    return keys.evolve(document, event);
  };
}

const onceEach: typeof projectRevisions.evolve = (document, event) => {
  if ((document?.revisions as number[] | undefined)?.includes(event.revision)) throw new Error(`has had revision ${event.revision}`);
  return projectRevisions.evolve(document, event);
};
