import { serveThroughKills } from './user-data-kills';

test('U1, X4: kill -9 while 16 clients evaluate and send events: no value changes, no event is lost or there twice', async () => {
  const { problems, unanswered, events } = await serveThroughKills({ kills: 1, betweenMs: 500, clients: 16 });
  expect(problems).toEqual([]);
  expect(unanswered).toBeGreaterThan(0);
  expect(events).toBeGreaterThan(0);
});
