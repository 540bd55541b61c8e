import fc from 'fast-check';
import { filterTest } from '../../src/evaluation/counted';
import { cellOf, cellsAt, counterOf, countersOf, HOUR_MS } from '../../src/evaluation/counter';
import type { Properties } from '../../src/evaluation/user-record';
import { arbitraryCondition } from '../domain/arbitrary-rule';

const HOUR = Date.parse('2026-03-05T17:00:00Z') / HOUR_MS;
const window = { lastDays: 7 };

test('what is counted makes the id: event, filters and window, and nothing else of the rule', () => {
  const id = counterOf({ event: 'Purchase', window }).id;
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(counterOf({ event: 'Purchase', window, filters: [], count: { atLeast: 3 } }).id).toBe(id);
  const others = [
    counterOf({ event: 'purchase', window }),
    counterOf({ event: 'Purchase', window: { lastDays: 8 } }),
    counterOf({ event: 'Purchase', window: { ever: true } }),
    counterOf({ event: 'Purchase', window, filters: [{ name: 'price', operator: 'GREATER', value: 10 }] }),
  ];
  expect(new Set([id, ...others.map((other) => other.id)]).size).toBe(5);
});

test('the order of filters, and one that is written twice, make no other counter', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCondition, { maxLength: 4 }), (filters) => {
      const { id } = counterOf({ event: 'Purchase', window, filters });
      expect(counterOf({ event: 'Purchase', window, filters: [...filters].reverse() }).id).toBe(id);
      expect(counterOf({ event: 'Purchase', window, filters: [...filters, ...filters] }).id).toBe(id);
    }),
  );
});

test('the ends of `between` are cut to the hour, however they are written (U3)', () => {
  const between = (from: string, to: string) => counterOf({ event: 'Purchase', window: { between: { from, to } } });
  const counter = between('2026-03-05', '2026-03-06T12:59:59+02:00');
  expect(counter.window).toEqual({ between: { fromHour: HOUR - 17, toHour: HOUR + 17 } });
  expect(between('2026-03-05T00:30:00Z', '2026-03-06T10:00:00Z').id).toBe(counter.id);
});

test('the counters of a rule are those of all its conditions on behaviour, each once', () => {
  const bought = { event: 'Purchase', window };
  const rule = { all: [{ did: bought }, { not: { any: [{ didNot: bought }, { did: { event: 'Visit', window } }] } }] };
  expect(
    countersOf(rule)
      .map(({ event }) => event)
      .sort(),
  ).toEqual(['Purchase', 'Visit']);
  expect(countersOf({ property: { name: 'geo.city', operator: 'EXISTS' } })).toEqual([]);
});

test('windows of 35 days and less are counted in whole hours, longer ones in whole UTC days (U3)', () => {
  const at = HOUR * HOUR_MS + 1_800_000;
  expect(cellOf({ lastDays: 35 }, at)).toBe(HOUR);
  expect(cellsAt({ lastDays: 35 }, HOUR)).toEqual({ after: HOUR - 35 * 24, upTo: HOUR });
  const day = Math.floor(HOUR / 24);
  expect(cellOf({ lastDays: 36 }, at)).toBe(day);
  expect(cellsAt({ lastDays: 36 }, HOUR)).toEqual({ after: day - 36, upTo: day });
});

test('`between` and `ever` have one cell, and an event outside `between` has none (U3)', () => {
  const between = { between: { fromHour: HOUR, toHour: HOUR + 1 } };
  expect([-1, 0, HOUR_MS - 1, HOUR_MS].map((ms) => cellOf(between, HOUR * HOUR_MS + ms))).toEqual([undefined, 0, 0, undefined]);
  expect(cellOf({ ever: true }, 5)).toBe(0);
  expect(cellsAt({ ever: true }, HOUR)).toEqual({ after: -1, upTo: 0 });
});

test('an event is counted if it passes every filter, whatever its properties are', () => {
  const counter = counterOf({
    event: 'Purchase',
    window,
    filters: [
      { name: 'price', operator: 'GREATER', value: 10 },
      { name: 'constructor', operator: 'NOT_EXISTS' },
    ],
  });
  const isCounted = filterTest(counter);
  const events: Properties[] = [{ price: 11 }, { price: 10 }, { price: '11' }, {}, { price: 11, constructor: 1 }];
  expect(events.map(isCounted)).toEqual([true, false, false, false, false]);
  expect(filterTest(counterOf({ event: 'Purchase', window }))({})).toBe(true);
});
