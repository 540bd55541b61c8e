import { ClockDiffers, ClockGuard, type OtherClock } from '../../src/application/clock-guard';
import { DatedAhead } from '../../src/clocks';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.UTC(2026, 5, 1);
const log = { error: jest.fn(), info: jest.fn(), warn: jest.fn() };

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  jest.clearAllMocks();
});
afterEach(() => jest.useRealTimers());

const clock = (read: () => number | undefined, isLowerBound = false): OtherClock => ({
  name: 'Redis',
  read: async () => read(),
  isLowerBound,
});
const guardOf = (...clocks: OtherClock[]): ClockGuard => new ClockGuard({ clocks, log });

test.each([
  ['the same', 0, false, undefined],
  ['a day ahead at most', DAY_MS, false, undefined],
  ['more than a day ahead', DAY_MS + 1_000, false, /24 hours behind that of Redis/],
  ['ten years behind', -3_650 * DAY_MS, false, /3650 days ahead of that of Redis/],
  ['far behind, where that says nothing', -3_650 * DAY_MS, true, undefined],
  ['far ahead, also where only that says something', 3 * DAY_MS, true, /3 days behind that of Redis/],
] as const)('another clock that is %s', async (_, differenceMs, isLowerBound, message) => {
  const guard = guardOf(clock(() => NOW + differenceMs, isLowerBound));
  await guard.start();
  if (message === undefined) {
    expect(guard.problem).toBeUndefined();
    guard.assertMayWrite();
  } else {
    expect(guard.problem?.message).toMatch(message);
    expect(() => guard.assertMayWrite()).toThrow(ClockDiffers);
    expect(log.error).toHaveBeenCalledTimes(1);
    // Both clocks, so that it can be seen which of them is wrong.
    const [here, there] = [NOW, NOW + differenceMs].map((ms) => new Date(ms).toISOString());
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ here, there }), expect.any(String));
  }
  guard.stop();
});

test('writing begins when the clock has been set, and is not stopped again by a clock that has agreed once', async () => {
  let offMs = 10 * DAY_MS;
  const guard = guardOf(clock(() => Date.now() + offMs));
  await guard.start();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(() => guard.assertMayWrite()).toThrow(ClockDiffers);
  expect(log.error).toHaveBeenCalledTimes(1);
  offMs = 0;
  await jest.advanceTimersByTimeAsync(10_000);
  guard.assertMayWrite();
  offMs = 10 * DAY_MS;
  await jest.advanceTimersByTimeAsync(60_000);
  guard.assertMayWrite();
  guard.stop();
});

test('a clock that cannot be asked stops nothing, and is asked again', async () => {
  let away = true;
  const guard = new ClockGuard({
    clocks: [{ name: 'Redis', read: () => (away ? Promise.reject(new Error('away')) : Promise.resolve(NOW + 10 * DAY_MS)) }],
    log,
  });
  await guard.start();
  guard.assertMayWrite();
  away = false;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(() => guard.assertMayWrite()).toThrow(ClockDiffers);
  guard.stop();
});

test('a clock that has differed and goes away still stops the writing', async () => {
  let away = false;
  const guard = new ClockGuard({
    clocks: [{ name: 'Redis', read: () => (away ? Promise.reject(new Error('away')) : Promise.resolve(Date.now() + 10 * DAY_MS)) }],
    log,
  });
  await guard.start();
  away = true;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(() => guard.assertMayWrite()).toThrow(ClockDiffers);
  guard.stop();
});

test('events that are dated ahead are warned of at once and then once an hour, as long as they are', () => {
  let newest: number | undefined;
  const ahead = new DatedAhead(() => newest, log);
  ahead.look();
  newest = NOW + 59_000;
  ahead.look();
  expect([ahead.aheadMs, log.warn.mock.calls.length]).toEqual([0, 0]);
  newest = NOW + 3 * 3_600_000;
  ahead.look();
  ahead.look();
  expect([ahead.aheadMs, log.warn.mock.calls.length]).toEqual([3 * 3_600_000, 1]);
  jest.advanceTimersByTime(3_600_000 + 10_000);
  expect(log.warn).toHaveBeenCalledTimes(2);
  jest.advanceTimersByTime(3 * 3_600_000);
  expect([ahead.aheadMs, log.warn.mock.calls.length]).toEqual([0, 3]);
  ahead.stop();
});
