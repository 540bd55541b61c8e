import { eventsOnDisk } from './disk';
import { followThroughKills } from './feed-through-kills';

test('2,000 changes, 8 subscribers that leave at random, kill -9 twice: each has each change once, in order', async () => {
  const { events, connections } = await followThroughKills({
    changes: 2_000,
    subscribers: 8,
    kills: 2,
    maxStayMs: 1_000,
    idsInStore: async (dataDir) => ((await eventsOnDisk(dataDir)).get('shop') ?? []).map(({ id }) => id),
  });
  expect(events).toBe(2_000);
  expect(connections).toBeGreaterThan(24);
});
