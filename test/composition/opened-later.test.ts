import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { openedLater } from '../../src/composition/opened-later';
import { start } from '../../src/main';
import { MemoryObservations } from '../../src/observations/memory';
import { ObservationsUnavailable, type Observations } from '../../src/observations/observations';
import { readSettings } from '../../src/settings';
import { freePort } from '../fixtures/free-port';

test('a store that was away is opened once, by the first call that finds it', async () => {
  let isAway = true;
  let opened = 0;
  const store = openedLater<Observations>(
    async () => {
      if (isAway) throw new ObservationsUnavailable('away');
      opened += 1;
      return new MemoryObservations();
    },
    ['eventsOf', 'exposuresOf', 'known'],
    0,
  );
  const all = async () => {
    const events = [];
    for await (const event of store.eventsOf('shop', 'Purchase', Date.now())) events.push(event);
    return events;
  };
  await expect(store.vocabulary('shop')).rejects.toThrow(ObservationsUnavailable);
  await expect(all()).rejects.toThrow(ObservationsUnavailable);
  isAway = false;
  expect(await Promise.all([store.vocabulary('shop'), store.forgotten('shop'), all()])).toEqual([[], 0, []]);
  expect(opened).toBe(1);
  await store.close();
});

test('closing a store that was never reached does nothing', async () => {
  const store = openedLater<Observations>(async () => {
    throw new ObservationsUnavailable('away');
  }, []);
  await expect(store.vocabulary('shop')).rejects.toThrow(ObservationsUnavailable);
  await store.close();
});

test('a server starts while its stores of users are away, and serves values that say so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ledger-away-'));
  const settings = readSettings({
    DATA_DIR: directory,
    PORT: '0',
    EVENT_STORE: 'memory:',
    USER_STORE: `redis://127.0.0.1:${await freePort()}`,
    OBSERVATIONS: `clickhouse://127.0.0.1:${await freePort()}`,
  });
  const running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  const post = (path: string, body: object) =>
    fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.firstToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const mutation = `mutation {
    createProject(input: { projectId: "shop", name: "Shop" }) { __typename }
    createKey(input: { projectId: "shop", name: "size", type: NUMBER, defaultValue: 3 }) { __typename }
    createExperiment(input: { projectId: "shop", name: "Sizes", keys: ["size"], audienceId: null, goalIds: [], variants: [
      { name: "as it is", control: true, weight: 50, values: [] }
      { name: "large", control: false, weight: 50, values: [{ key: "size", value: 4 }] }
    ] }) { __typename }
  }`;
  expect((await post('/graphql', { query: mutation })).status).toBe(200);
  const answer = await post('/projects/shop/ofrep/v1/evaluate/flags/size', { context: { targetingKey: 'ann' } });
  expect(await answer.json()).toMatchObject({ value: 3, metadata: { unstored: true } });
  const events = await post('/projects/shop/events', { events: [{ user: 'ann', event: 'Purchase' }] });
  expect([events.status, events.headers.has('retry-after')]).toEqual([503, true]);
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});
