import { RevisionWaiters } from '../../src/projector/waiting';

test('a project that is parked releases those who wait for what is not shown, and lets the others wait', async () => {
  const room = new RevisionWaiters(10);
  const [below, at, above] = [4, 5, 6].map((revision) => room.wait('shop', revision, 5_000));
  // As every second, on an instance that reads of it.
  for (let second = 0; second < 3; second += 1) room.parked('shop', 5);
  expect(await Promise.all([at, above])).toEqual(['parked', 'parked']);
  expect(room.size).toBe(1);
  room.advanced('shop', 4);
  expect(await below).toBe('reached');
});
