import { setTimeout as sleep } from 'node:timers/promises';
import { UserStoreBeingRestored } from '../../src/user-store/user-store';
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

test('while an operator brings a store back, which may be in use, calls of others say that, and not that it is lost', async () => {
  const store = { identity: async () => 'store', acceptLoss: async () => 'store' };
  const known = new KnownUserStore(store, { read: async () => undefined, write: async () => {} }, () => 7);
  await known.assertKnown();
  let end = () => {};
  const restored = known.acceptLoss(() => new Promise((resolve) => (end = resolve)));
  await sleep(1);
  await expect(known.run(async () => 'let through')).rejects.toThrow(UserStoreBeingRestored);
  end();
  await restored;
  expect(await known.run(async () => 'let through')).toBe('let through');
  const failed = known.acceptLoss(() => Promise.reject(new Error('the observations are away')));
  await expect(failed).rejects.toThrow('the observations are away');
  await expect(known.run(async () => 'let through')).rejects.toThrow(/was emptied or replaced/);
});

test('a look that ends while a store is brought back lets no call through', async () => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  let isFirst = true;
  const identity = async (): Promise<string> => {
    if (isFirst) {
      isFirst = false;
      await asked;
    }
    return 'store';
  };
  const known = new KnownUserStore(
    { identity, acceptLoss: async () => 'store' },
    { read: async () => undefined, write: async () => {} },
    () => 7,
  );
  const looked = known.assertKnown();
  let end = () => {};
  const restored = known.acceptLoss(() => new Promise((resolve) => (end = resolve)));
  answer();
  await looked;
  await sleep(1);
  await expect(known.run(async () => 'let through')).rejects.toThrow(UserStoreBeingRestored);
  end();
  await restored;
  expect(await known.run(async () => 'let through')).toBe('let through');
});
