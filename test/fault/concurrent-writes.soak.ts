import { writeConcurrently } from './loaded-server';

test('64 clients for 30 s at the same 20 keys', async () => {
  const { events, done } = await writeConcurrently(30_000);
  expect(events).toBeGreaterThan(1_000);
  expect(done).toBeGreaterThan(1_000);
});
