import { serveThroughKills } from './user-data-kills';

test('kill -9 of a server again and again while 64 clients evaluate and send events', async () => {
  const { problems, unanswered } = await serveThroughKills({ kills: 12, betweenMs: 3_000, clients: 64 });
  expect(problems).toEqual([]);
  expect(unanswered).toBeGreaterThan(0);
});
