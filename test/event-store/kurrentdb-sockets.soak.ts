import { setTimeout as delay } from 'node:timers/promises';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { all } from '../contract/event-store-probe';
import { history } from '../fixtures/events';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { MOST_CONNECTIONS, withoutQuorum } from './without-quorum';

test.each([
  ['one node', (url: string, _port: number) => url],
  ['several', (url: string, port: number) => url.replace('?', `,127.0.0.1:${port}?`)],
])('ten real minutes without quorum leave few sockets open: an address with %s', async (_, address) => {
  const server = await KurrentStandIn.start();
  const store = await KurrentEventStore.open(address(server.url, server.address.port));
  await store.append('shop', -1, history('shop', 1));
  await all(store.read('shop'));
  await withoutQuorum({ server, store, apartMs: 500, pass: (timeMs) => delay(timeMs) });
  expect(server.connections).toBeLessThanOrEqual(MOST_CONNECTIONS);
  await store.close();
  await server.dispose();
});
