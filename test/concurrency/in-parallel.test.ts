import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../../src/concurrency/limiter';

test('all items are handled, in order, so many at a time', async () => {
  const begun: number[] = [];
  let [running, most] = [0, 0];
  await inParallel(new Set([1, 2, 3, 4, 5, 6, 7]), 3, async (item) => {
    begun.push(item);
    most = Math.max(most, (running += 1));
    await sleep(1);
    running -= 1;
  });
  expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
  expect(running).toBe(0);
});

test('no items is nothing to do', () => expect(inParallel([], 3, () => Promise.reject(new Error('called')))).resolves.toBeUndefined());

test('after a failure no further one is begun, and it is thrown when those under way have ended', async () => {
  const [begun, ended] = [[] as number[], [] as number[]];
  const all = inParallel([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('broken');
    await sleep(20);
    ended.push(item);
  });
  await expect(all).rejects.toThrow('broken');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});

test('also undefined can be thrown', () => expect(inParallel([1], 1, () => Promise.reject(undefined as never))).rejects.toBeUndefined());
