import { pauseIfLong } from '../../src/concurrency/in-slices';
import { mainThreadCpuMs } from '../fixtures/main-thread-cpu';
import { watchingTurns, withinTurns } from '../fixtures/event-loop';

function busy(forMs: number): void {
  const end = mainThreadCpuMs() + forMs;
  while (mainThreadCpuMs() < end);
}

test('work that waits for nothing leaves the event loop to others, however many do it at once', async () => {
  const one = async (): Promise<void> => {
    for (let step = 0; step < 5; step += 1) {
      await pauseIfLong();
      busy(1);
    }
  };
  const watched = await withinTurns(50, () => watchingTurns(() => Promise.all(Array.from({ length: 60 }, one))));
  expect(watched.wholeMs).toBeGreaterThan(300);
  expect(watched.longestTurnMs).toBeLessThan(50);
});

test('who has waited longest goes on first', async () => {
  const order: number[] = [];
  await pauseIfLong();
  busy(15);
  await Promise.all(
    Array.from({ length: 10 }, async (_, at) => {
      await pauseIfLong();
      order.push(at);
    }),
  );
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('work is interrupted once it has held a turn of the event loop for 10 ms, not before', async () => {
  await new Promise(setImmediate);
  const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  try {
    expect(pauseIfLong()).toBeUndefined();
    clock.mockReturnValue(1_009);
    expect(pauseIfLong()).toBeUndefined();
    await new Promise(setImmediate);
    clock.mockReturnValue(1_018);
    expect(pauseIfLong()).toBeUndefined();
    clock.mockReturnValue(1_028);
    const pause = pauseIfLong();
    expect(pause).toBeInstanceOf(Promise);
    await pause;
  } finally {
    clock.mockRestore();
  }
});
