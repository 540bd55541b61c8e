import { counterOf } from '../../src/evaluation/counter';
import { liveCounters, tooManyCounters } from '../../src/evaluation/live-counters';
import { Ledger } from '../fixtures/ledger';
import { createFlag, createKey, createSegment } from '../fixtures/shop';
import { rulesetOf } from './played';

const counters = (events: number, windows: number) =>
  Array.from({ length: events }, (_, event) =>
    Array.from({ length: windows }, (__, days) => counterOf({ event: `Event ${event}`, window: { lastDays: days + 1 } })),
  ).flat();

test('live rules count at most 500 things, and 50 of one event; more is said in words', () => {
  expect(tooManyCounters(counters(10, 50))).toBeUndefined();
  expect(tooManyCounters(counters(1, 51))).toMatch(/count one event in at most 50 different ways, and "Event 0" in 51/);
  expect(tooManyCounters(counters(167, 3))).toMatch(/count at most 500 different things that users do, and these count 501/);
});

test('rules that count the same thing share a counter, with whichever count they compare it', () => {
  const ledger = Ledger.started();
  const did = { event: 'Purchase', window: { lastDays: 7 } } as const;
  for (const [index, atLeast] of [1, 2, 3].entries()) {
    createKey(ledger, `k${index}`);
    const segment = createSegment(ledger, `S${index}`, { did: { ...did, count: { atLeast } } });
    const id = createFlag(ledger, `F${index}`, `k${index}`, { rows: [{ segment, percentage: 10_000, value: 1 }] });
    ledger.accept({ type: 'PublishFlag', id });
  }
  expect(liveCounters(rulesetOf(ledger))).toEqual([counterOf(did)]);
});
