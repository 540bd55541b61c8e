import { eventsOnDisk } from './disk';
import { followThroughKills } from './feed-through-kills';

test('600 changes, 8 subscribers that leave at random, kill -9 twice: each has each change once, in order', async () => {
  const { events, connections } = await followThroughKills({
    changes: 600,
    subscribers: 8,
    kills: 2,
    maxStayMs: 500,
    idsInStore: async (dataDir) => ((await eventsOnDisk(dataDir)).get('shop') ?? []).map(({ id }) => id),
  });
  expect(events).toBe(600);
  expect(connections).toBeGreaterThan(16);
});
