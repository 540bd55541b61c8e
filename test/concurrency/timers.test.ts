/** @jest-environment node */
import * as timers from 'node:timers/promises';
import { atTime, backOff } from '../../src/concurrency/timers';
import { collectGarbage } from '../fixtures/event-loop';

jest.mock('node:timers/promises', () => ({ ...jest.requireActual<typeof timers>('node:timers/promises'), setTimeout: jest.fn() }));
const slept = jest.mocked(timers.setTimeout);
const RANGE = { firstMs: 50, longestMs: 2_000 };
const never = new AbortController().signal;

beforeEach(() => void slept.mockReset().mockResolvedValue(undefined));
afterEach(() => jest.restoreAllMocks());

async function waits(random: number): Promise<unknown[]> {
  jest.spyOn(Math, 'random').mockReturnValue(random);
  for (let attempt = 0; attempt < 8; attempt += 1) await backOff(attempt, RANGE, never);
  return slept.mock.calls.map(([milliseconds]) => milliseconds);
}

test('it waits twice as long each time, up to the longest, less up to half by chance', async () => {
  expect(await waits(1)).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000]);
  slept.mockClear();
  expect(await waits(0)).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000]);
});

test('an abort ends it at once, without an error', async () => {
  slept.mockImplementation(jest.requireActual<typeof timers>('node:timers/promises').setTimeout as never);
  const aborting = new AbortController();
  const waited = backOff(0, { firstMs: 3_600_000, longestMs: 3_600_000 }, aborting.signal);
  aborting.abort();
  await waited;
  await backOff(0, { firstMs: 3_600_000, longestMs: 3_600_000 }, aborting.signal);
});

test('another error is no end of the wait', async () => {
  slept.mockRejectedValue(new RangeError('no such time'));
  await expect(backOff(0, RANGE, never)).rejects.toThrow(RangeError);
});

test('at a time it acts: at once if the time is over, never too soon if it is too far off for a timer', async () => {
  jest.useFakeTimers();
  try {
    const acted: string[] = [];
    atTime(Date.now() - 1, () => acted.push('over'));
    atTime(Date.now() + 5_000, () => acted.push('soon'));
    clearTimeout(atTime(Date.now() + 5_000, () => acted.push('cleared')));
    clearTimeout(atTime(Number.POSITIVE_INFINITY, () => acted.push('never')));
    jest.advanceTimersByTime(1);
    expect(acted).toEqual(['over']);
    jest.advanceTimersByTime(24 * 86_400_000);
    expect(acted).toEqual(['over', 'soon']);
  } finally {
    jest.useRealTimers();
  }
});

test('nothing stays of timers that were cleared, each with a duration of its own', () => {
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const clear = (count: number): void => {
    for (let at = 0; at < count; at += 1) clearTimeout(atTime(Date.now() + 3_600_000 + 10 * at, () => {}));
  };
  clear(1_000);
  const before = heapBytes();
  clear(100_000);
  // It is about 20 MB where Node keeps a list for each duration.
  expect(heapBytes() - before).toBeLessThan(4e6);
});
