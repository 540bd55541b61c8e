import { KeptMoments } from '../../src/observations/kept-moments';
import { DAY_MS, NO_MOMENTS, type MomentsQuery } from '../../src/observations/moments';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const asked = (receivedBefore: number): MomentsQuery => ({
  projectId: 'shop',
  experiment: 'e',
  variants: ['v1'],
  goals: [],
  earlier: [],
  receivedBefore,
});

test('R1 a change is remembered, however many hours have changed since', async () => {
  const computed: number[] = [];
  const kept = new KeptMoments({
    compute: async (_, dayAt) => {
      computed.push(dayAt);
      return NO_MOMENTS;
    },
    clock: () => START + 10_000 * DAY_MS,
  });
  const first = START + 20 * DAY_MS;
  await kept.moments(asked(first));
  // One that is late by two weeks, then one in each of more hours than are kept apart.
  kept.exposed('shop', 'e', START + 5 * DAY_MS, first);
  for (let hour = 1; hour <= 5_000; hour += 1) kept.exposed('shop', 'e', first + hour * HOUR_MS, first + hour * HOUR_MS);
  const second = first + 5_001 * HOUR_MS;
  await kept.moments(asked(second));
  kept.exposed('shop', 'e', second, second);
  await kept.moments(asked(second + DAY_MS));
  const startOfDay = Math.floor(second / DAY_MS) * DAY_MS;
  expect(computed).toEqual([-Infinity, START + 5 * DAY_MS, startOfDay]);
});
