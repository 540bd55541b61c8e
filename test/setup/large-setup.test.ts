import { ApplySetupDocument, PlanSetupDocument, SetupDocument } from '../generated/operations';
import { watchingTurns, withinTurns } from '../fixtures/event-loop';
import { Stack } from '../fixtures/stack';
import { conditions, LARGE_SETUPS } from './large';

let stack: Stack;
beforeEach(async () => (stack = await Stack.start()));
afterEach(() => stack.stop());

/** CPU time of the main thread between two turns: a piece of a plan, what GraphQL does for one answer, and the thread's part in collecting garbage. */
const TURN_MS = 100;

test.each(Object.keys(LARGE_SETUPS))('planning, applying and reading many %s leaves the event loop to others meanwhile', async (what) => {
  const setup = LARGE_SETUPS[what];
  const planned = await withinTurns(TURN_MS, () =>
    watchingTurns(() => stack.ask(PlanSetupDocument, { input: { projectId: 'shop', setup } })),
  );
  expect(planned.result.planSetup).toMatchObject({ __typename: 'Plan', obstacles: [] });
  // Each time to a project of its own.
  const applied = await withinTurns(TURN_MS, async (attempt) => {
    const projectId = `shop-${attempt}`;
    await stack.ask(`mutation { createProject(input: { projectId: "${projectId}", name: "Shop" }) { __typename } }`);
    return watchingTurns(() => stack.ask(ApplySetupDocument, { input: { projectId, setup } }));
  });
  expect(applied.result.applySetup.__typename).toMatch(/^(SetupApplied|Accepted|LimitReached)$/);
  const read = await withinTurns(TURN_MS, () => watchingTurns(() => stack.ask(SetupDocument, { projectId: 'shop-1' })));
  expect(read.result.setup).toMatchObject({ version: 2 });
  // In a process with the garbage of many test files a collection alone can take longer: then no turn may be most of the work.
  for (const { longestTurnMs, wholeMs } of [planned, applied, read])
    expect(longestTurnMs).toBeLessThan(Math.max(1.5 * TURN_MS, wholeMs / 2));
});

test('a set-up has at most 20,000 conditions, filters of goals and of behaviour counted', async () => {
  const input = { projectId: 'shop', setup: conditions(20_001) };
  const problems = [{ path: 'setup', message: expect.stringContaining('at most 20,000 conditions in all') }];
  expect(await stack.ask(PlanSetupDocument, { input })).toMatchObject({ planSetup: { __typename: 'InvalidInput', problems } });
});
