import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/reporting/experiment-results';
import { ResultsWatch, TooManyWatched } from '../../src/reporting/results-watch';
import { resultsOf } from '../../src/results/results';
import { bought, exposed, STARTED_AT_MS } from './inputs';

const watching = { projectId: 'shop', id: 'x', owner: 'ana', expiresAt: Date.now() + 3_600_000 };
const LIMITS = { experiments: 2, subscribers: 4, perOwner: 3 };

/** Results that a test moves on, and how often they were read. */
function watched(limits = LIMITS) {
  const state = { atMs: STARTED_AT_MS + 3_600_000, users: 100, read: 0, failures: 0, away: false };
  const report = async (): Promise<Report> => {
    state.read += 1;
    if (state.away) throw new Error('away');
    const input = bought(10, 10, { exposed: [exposed('c', 0, state.users)], atMs: state.atMs });
    const cursor = { projectId: 'shop', revision: 3, mark: '0'.repeat(16) };
    return { cursor, receivedUpToMs: state.atMs, digest: `${state.users}`, input, results: resultsOf(input) } as unknown as Report;
  };
  const watch = new ResultsWatch({ report, everyMs: 20, limits, onFailure: () => (state.failures += 1) });
  return { state, watch };
}

test('it says how results stand, and again only when they have moved, however many listen', async () => {
  const { state, watch } = watched();
  const [first, second] = [watch.follow(watching), watch.follow(watching)];
  expect((await first.next()).value).toMatchObject({ id: 'x', digest: '100' });
  expect((await second.next()).value).toMatchObject({ digest: '100' });
  const next = first.next();
  state.atMs += 60_000;
  const reads = state.read;
  while (state.read < reads + 3) await sleep(5);
  state.users = 101;
  expect((await next).value).toMatchObject({ digest: '101' });
  // The one that did not read meanwhile is given the newest alone.
  state.users = 102;
  expect((await first.next()).value).toMatchObject({ digest: '102' });
  expect((await second.next()).value).toMatchObject({ digest: '102' });
  // One that comes later is given at once what they are.
  expect((await watch.follow(watching).next()).value).toMatchObject({ digest: '102' });
  watch.close();
  expect(await first.next()).toEqual({ done: true, value: undefined });
  const after = state.read;
  await sleep(60);
  expect(state.read).toBeLessThanOrEqual(after + 1);
});

test('it goes on after a failure, and ends with the token', async () => {
  const { state, watch } = watched();
  state.away = true;
  const following = watch.follow(watching);
  const next = following.next();
  while (state.failures < 2) await sleep(5);
  state.away = false;
  expect((await next).value).toMatchObject({ digest: '100' });
  const short = watch.follow({ ...watching, expiresAt: Date.now() + 50 });
  await short.next();
  expect(await short.next()).toEqual({ done: true, value: undefined });
  watch.close();
});

test('it is bounded by token, by subscribers and by experiments, and what has left makes room', async () => {
  const { watch } = watched();
  const mine = [1, 2, 3].map(() => watch.follow(watching));
  expect(() => watch.follow(watching)).toThrow(TooManyWatched);
  const other = watch.follow({ ...watching, owner: 'bob', id: 'y' });
  expect(() => watch.follow({ ...watching, owner: 'cem' })).toThrow('as many results as it may');
  await mine[0]!.return!();
  expect(() => watch.follow({ ...watching, owner: 'cem', id: 'z' })).toThrow('as many results as it may');
  await other.return!();
  await watch.follow({ ...watching, owner: 'cem', id: 'z' }).return!();
  watch.close();
});
