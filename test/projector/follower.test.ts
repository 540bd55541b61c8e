import { Checkpoints } from '../../src/read-model/checkpoints';
import { Follower } from '../../src/projector/follower';
import { ReadModelUnavailable, type Checkpoint } from '../../src/read-model/read-model';
import { timed } from '../fixtures/elapsed';
import { until } from '../fixtures/eventually';

function following() {
  const revisions = new Map<string, number>();
  const seen: [string, number][] = [];
  const failures: Error[] = [];
  const parked = new Set<string>();
  let asked = 0;
  let failure: Error | undefined;
  let delayMs = 0;
  let begun = (): void => {};
  /** From now on a look takes a moment; resolves in the middle of the next one. */
  const slow = (): Promise<void> => ((delayMs = 20), new Promise<void>((resolve) => (begun = resolve)));
  const checkpoints = new Checkpoints();
  checkpoints.listen({ advanced: (projectId, { revision }) => void seen.push([projectId, revision]) });
  const follower = new Follower({
    readModel: {
      checkpoints,
      stored: {
        checkpoints: async (ids) => {
          asked += ids.length;
          begun();
          begun = () => {};
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          if (failure) throw failure;
          return ids.map((id): Checkpoint | undefined => {
            const revision = revisions.get(id);
            return revision === undefined ? undefined : { revision, hash: `${revision}`, occurredAt: revision };
          });
        },
      },
    },
    onFailure: (error) => void failures.push(error),
    isParked: (projectId) => parked.has(projectId),
  });
  return { follower, revisions, slow, seen, failures, parked, asked: () => asked, fail: (error: Error) => void (failure = error) };
}

test('it looks at those projects only of which more is expected, and stops when all is there', async () => {
  const { follower, revisions, seen, asked } = following();
  revisions.set('a', 1).set('b', 7);
  follower.expect('a', 3);
  await until(() => asked() > 1);
  revisions.set('a', 3);
  await follower.whenIdle();
  expect(seen.at(-1)).toEqual(['a', 3]);
  expect(seen.some(([id]) => id === 'b')).toBe(false);
  const before = asked();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked()).toBe(before);
  follower.end();
});

test('while nothing moves it looks ever more seldom, and soon again when something new is expected', async () => {
  const { follower, revisions, seen, asked } = following();
  revisions.set('a', 0);
  follower.expect('stuck', 1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const before = asked();
  expect(before).toBeLessThan(40);
  follower.expect('a', 0);
  const { ms } = await timed(until(() => seen.some(([id]) => id === 'a')));
  expect(ms).toBeLessThan(200);
  follower.end();
});

test('no one waits for a project that is parked', async () => {
  const { follower, revisions, parked } = following();
  revisions.set('a', 0);
  follower.expect('a', 0);
  follower.expect('bad', 4);
  parked.add('bad');
  await follower.whenIdle();
  follower.end();
});

test('when it cannot ask it tells so, once, and is over', async () => {
  const { follower, failures, fail, asked } = following();
  fail(new ReadModelUnavailable('gone'));
  follower.expect('a', 0);
  await until(() => failures.length > 0);
  const before = asked();
  follower.expect('b', 0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked()).toBe(before);
  expect(failures).toHaveLength(1);
});

test('what it is reported after its end is not passed on', async () => {
  const { follower, revisions, seen } = following();
  revisions.set('a', 5);
  follower.expect('a', 9);
  follower.end();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen).toEqual([]);
});

test('what is expected while a look is under way is looked for right after it', async () => {
  const { follower, revisions, seen, slow } = following();
  follower.expect('stuck', 1);
  // By now it looks only every 250 ms.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const looking = slow();
  await looking;
  revisions.set('a', 0);
  follower.expect('a', 0);
  const { ms } = await timed(until(() => seen.some(([id]) => id === 'a')));
  expect(ms).toBeLessThan(150);
  follower.end();
});
