import { setTimeout as sleep } from 'node:timers/promises';
import { KnownUserStore, type KnownStore } from '../../src/user-store/known-store';

test('a loss that is accepted twice at once, as by an operator who asks again, leaves the store that is there as the known one', async () => {
  let [made, written] = [0, undefined as KnownStore | undefined];
  const store = {
    identity: async () => `store ${made}`,
    acceptLoss: async () => {
      made += 1;
      await sleep(1);
      return `store ${made}`;
    },
  };
  const record = { read: async () => written, write: async (known: KnownStore) => void (written = known) };
  const known = new KnownUserStore(store, record, () => 7);
  await known.assertKnown();
  // While the first brings back what it can, the second would be done.
  const first = known.acceptLoss(() => sleep(40));
  await sleep(15);
  await Promise.all([first, known.acceptLoss()]);
  expect(written).toEqual({ id: await store.identity(), losses: [7, 7] });
  expect(await known.run(async () => 'let through')).toBe('let through');
  expect(known.isLost).toBe(false);
});
