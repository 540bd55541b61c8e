import { Checkpoints } from '../../src/read-model/checkpoints';
import { Watch } from '../../src/projector/watch';
import { ReadModelUnavailable, type Checkpoint } from '../../src/read-model/read-model';
import { until } from './run';

function watched() {
  const standings = new Map<string, number>();
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
  const watch = new Watch({
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
            const revision = standings.get(id);
            return revision === undefined ? undefined : { revision, hash: `${revision}`, occurredAt: revision };
          });
        },
      },
    },
    onFailure: (error) => void failures.push(error),
    isParked: (projectId) => parked.has(projectId),
  });
  return { watch, standings, slow, seen, failures, parked, asked: () => asked, fail: (error: Error) => void (failure = error) };
}

test('it looks at those projects only of which more is expected, and stops when all is there', async () => {
  const { watch, standings, seen, asked } = watched();
  standings.set('a', 1).set('b', 7);
  watch.expect('a', 3);
  await until(() => asked() > 1);
  standings.set('a', 3);
  await watch.whenIdle();
  expect(seen.at(-1)).toEqual(['a', 3]);
  expect(seen.some(([id]) => id === 'b')).toBe(false);
  const before = asked();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked()).toBe(before);
  watch.end();
});

test('while nothing moves it looks ever more seldom, and soon again when something new is expected', async () => {
  const { watch, standings, seen, asked } = watched();
  standings.set('a', 0);
  watch.expect('stuck', 1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const before = asked();
  expect(before).toBeLessThan(40);
  watch.expect('a', 0);
  const began = performance.now();
  await until(() => seen.some(([id]) => id === 'a'));
  expect(performance.now() - began).toBeLessThan(200);
  watch.end();
});

test('nobody waits for a project that stands still', async () => {
  const { watch, standings, parked } = watched();
  standings.set('a', 0);
  watch.expect('a', 0);
  watch.expect('bad', 4);
  parked.add('bad');
  await watch.whenIdle();
  watch.end();
});

test('when it cannot ask it tells so, once, and is over', async () => {
  const { watch, failures, fail, asked } = watched();
  fail(new ReadModelUnavailable('gone'));
  watch.expect('a', 0);
  await until(() => failures.length > 0);
  const before = asked();
  watch.expect('b', 0);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked()).toBe(before);
  expect(failures).toHaveLength(1);
});

test('what it is told after its end is not passed on', async () => {
  const { watch, standings, seen } = watched();
  standings.set('a', 5);
  watch.expect('a', 9);
  watch.end();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen).toEqual([]);
});

test('what is expected while a look is under way is looked for right after it', async () => {
  const { watch, standings, seen, slow } = watched();
  watch.expect('stuck', 1);
  // By now it looks only every 250 ms.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const looking = slow();
  await looking;
  standings.set('a', 0);
  const began = performance.now();
  watch.expect('a', 0);
  await until(() => seen.some(([id]) => id === 'a'));
  expect(performance.now() - began).toBeLessThan(150);
  watch.end();
});
