import { createMemoryReadModel } from '../../src/read-model/memory';
import { replay } from '../../src/projector/replay';
import { dump } from '../fixtures/dump';
import { chain } from './chain';
import { COLLECTIONS, fragile } from './revision-lists';
import { lived, plain, project, PROJECTIONS, replayed, stopAll } from './run';
import { UnsteadyStore } from './unsteady';

afterEach(stopAll);

test('a replay gives what the projector gave, byte for byte, and another history gives something else', async () => {
  const { events } = chain('shop', 2_500);
  const store = new UnsteadyStore(() => 77);
  store.append(...events);
  const { projector, readModel } = project({ store });
  await projector.start();
  expect(await dump(readModel, 'shop', COLLECTIONS)).toBe(await replayed('shop', events));
  expect(await dump(readModel, 'shop', COLLECTIONS)).not.toBe(await replayed('shop', events.slice(0, -1)));
});

test('a replay of a prefix gives the documents as of its last event', async () => {
  const readModel = createMemoryReadModel();
  await replay({ events: chain('shop', 9).events.slice(0, 4), readModel, projections: PROJECTIONS, upcast: plain });
  expect(await lived(readModel, 'shop')).toEqual([0, 1, 2, 3]);
  expect(await readModel.checkpoint('shop')).toMatchObject({ revision: 3 });
});

test('a replay rejects at the first event that cannot be projected, and at a gap', async () => {
  const { events } = chain('shop', 5);
  const broken = [fragile((event) => event.revision === 3)];
  const options = { readModel: createMemoryReadModel(), projections: broken, upcast: plain };
  await expect(replay({ ...options, events })).rejects.toThrow('replay stopped at Noted, revision 3 of project shop: cannot read Noted');
  const gap = replay({ ...options, readModel: createMemoryReadModel(), events: events.slice(1) });
  await expect(gap).rejects.toThrow('have a gap');
});
