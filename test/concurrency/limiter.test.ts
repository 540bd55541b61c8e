import { Limiter, TooManyWaiting, WaitedTooLong } from '../../src/concurrency/limiter';

/** Calls that end when the test says so, and the order they were begun in. */
function calls(limiter: Limiter) {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const run = (name: string): Promise<string> =>
    limiter.run(async () => {
      begun.push(name);
      await new Promise<void>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())));
      return name;
    });
  return { begun, run, end: (name: string, error?: Error) => ends.get(name)?.(error) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('so many run at a time, and the others in the order they came', async () => {
  const { begun, run, end } = calls(new Limiter({ atOnce: 2 }));
  const all = ['a', 'b', 'c', 'd'].map(run);
  expect(begun).toEqual(['a', 'b']);
  end('b');
  expect(await all[1]).toBe('b');
  await turn();
  expect(begun).toEqual(['a', 'b', 'c']);
  // One that comes now does not begin before those that wait.
  const last = run('e');
  for (const name of ['a', 'c', 'd', 'e']) {
    end(name);
    await turn();
  }
  expect(await Promise.all([...all, last])).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a call that fails makes room like any other', async () => {
  const { begun, run, end } = calls(new Limiter({ atOnce: 1 }));
  const [first, second] = [run('a'), run('b')];
  end('a', new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await turn();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  expect(await second).toBe('b');
});

test('one more than may wait is refused, and was not begun', async () => {
  const { begun, run, end } = calls(new Limiter({ atOnce: 1, waiting: 1 }));
  const [running, waiting] = [run('a'), run('b')];
  await expect(run('c')).rejects.toThrow(TooManyWaiting);
  end('a');
  await running;
  await turn();
  const next = run('d');
  end('b');
  await waiting;
  await turn();
  end('d');
  await next;
  expect(begun).toEqual(['a', 'b', 'd']);
});

test('one that waits too long leaves the queue, and is not begun later', async () => {
  const { begun, run, end } = calls(new Limiter({ atOnce: 1, waitMs: 20 }));
  const running = run('a');
  await expect(run('b')).rejects.toThrow(WaitedTooLong);
  const next = run('c');
  end('a');
  await running;
  await turn();
  end('c');
  await next;
  expect(begun).toEqual(['a', 'c']);
});

test('it is idle when no call runs and none waits', async () => {
  const limiter = new Limiter({ atOnce: 1 });
  await limiter.idle();
  const { run, end } = calls(limiter);
  const all = [run('a'), run('b')];
  let idle = false;
  const became = limiter.idle().then(() => (idle = true));
  end('a');
  await turn();
  expect([idle, limiter.isIdle]).toEqual([false, false]);
  end('b');
  await became;
  expect(limiter.isIdle).toBe(true);
  await Promise.all(all);
});
