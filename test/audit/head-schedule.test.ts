import { setTimeout as wait } from 'node:timers/promises';
import type { ChainProblem } from '../../src/audit/chain';
import { scheduleHeads } from '../../src/audit/head-schedule';
import { until } from '../fixtures/eventually';

const problem: ChainProblem = { code: 'MISSING', projectId: 'shop', revision: 3, message: 'it is gone' };

function schedule(minutes: number, sign: (broken: (projectId: string, problem: ChainProblem) => void) => Promise<never[]>) {
  const lines: string[] = [];
  let runs = 0;
  const log = {
    info: (_: object, message: string) => void lines.push(message),
    error: (_: object, message: string) => void lines.push(message),
  };
  const signMoved = (broken: (projectId: string, problem: ChainProblem) => void): Promise<never[]> => {
    runs += 1;
    return sign(broken);
  };
  return { lines, runs: () => runs, stop: scheduleHeads({ signMoved }, minutes, log, 5) };
}

test('it signs again and again, also after a failure, and says what it could not sign', async () => {
  const answers = [
    async (): Promise<never[]> => Promise.reject(new Error('the store is away')),
    async (broken: (projectId: string, problem: ChainProblem) => void): Promise<never[]> => (broken('shop', problem), []),
  ];
  const { lines, runs, stop } = schedule(5 / 60_000, (broken) => answers[Math.min(runs() - 1, 1)]!(broken));
  await until(() => runs() >= 3);
  await stop();
  const after = runs();
  expect(lines.slice(0, 3)).toEqual([
    'the heads could not be signed; the next time is as planned',
    'the history is not whole, so its head was not signed: it is gone',
    'heads signed',
  ]);
  await wait(20);
  expect(runs()).toBe(after);
});

test('an end waits for what is under way', async () => {
  let done = false;
  const { runs, stop } = schedule(60, async () => {
    await wait(20);
    done = true;
    return [];
  });
  await until(() => runs() === 1);
  await stop();
  expect(done).toBe(true);
});

test('with 0 minutes it never signs by itself', async () => {
  const { runs, stop } = schedule(0, async () => []);
  await wait(20);
  await stop();
  expect(runs()).toBe(0);
});
