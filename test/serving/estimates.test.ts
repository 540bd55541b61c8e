import { Pepper } from '../../src/domain/user-key';
import type { Rule } from '../../src/domain/rule';
import { assignmentsOf, NOT_TAKEN, take } from '../../src/evaluation/assignment';
import { counterOf } from '../../src/evaluation/counter';
import { Estimates, shareOf } from '../../src/serving/estimates';
import { MemoryUserStore } from '../../src/user-store/memory';
import { rulesetOf, subjectOf } from '../evaluation/played';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const pepper = new Pepper(new Uint8Array(32));
const GOLD: Rule = { property: { name: 'plan', operator: 'EQUALS', value: 'gold' } };
const user = (number: number) => pepper.keyOf('shop', `user-${number}`);

/** A store of users, each fourth of plan gold, and what is estimated of them. */
async function stored(count: number, ledger = Ledger.started()) {
  let now = NOW;
  const users = new MemoryUserStore(() => now);
  for (let number = 0; number < count; number += 1) {
    await users.setProperties('shop', user(number), { plan: number % 4 === 0 ? 'gold' : 'free' });
  }
  const rulesets = { current: async () => rulesetOf(ledger) };
  return { users, estimates: new Estimates({ rulesets, users, clock: () => now }), later: (ms: number) => (now += ms) };
}

describe('a share', () => {
  test('is exact of all users, more certain the larger the sample, and unknown of none', () => {
    expect(shareOf(1, 4, 4)).toEqual({ share: 0.25, low: 0.25, high: 0.25 });
    expect(shareOf(0, 0, 4)).toBeUndefined();
    const width = (sampled: number, all: number) => {
      const { low, high } = shareOf(sampled / 4, sampled, all)!;
      return high - low;
    };
    expect(width(400, 1_000_000)).toBeLessThan(width(100, 1_000_000));
    expect(width(400, 500)).toBeLessThan(width(400, 1_000_000) / 2);
  });

  test('of a sample has the true one in its interval, in about 95 of 100', () => {
    let held = 0;
    for (let run = 0; run < 1_000; run += 1) {
      const all = Array.from({ length: 500 }, (_, number) => number % 4 === 0);
      let count = 0;
      for (let at = 0; at < 200; at += 1) {
        const other = at + Math.floor(Math.random() * (all.length - at));
        [all[at], all[other]] = [all[other]!, all[at]!];
        if (all[at] === true) count += 1;
      }
      const { low, high } = shareOf(count, 200, 500)!;
      if (low <= 0.25 && high >= 0.25) held += 1;
    }
    // 950 are expected, with a standard deviation of 7.
    expect(held).toBeGreaterThan(900);
  });
});

describe('a rule', () => {
  test('is exact where all users are looked at, and has an interval where they are not', async () => {
    const few = await stored(400);
    expect(await few.estimates.ofRule('shop', GOLD)).toMatchObject({
      users: 400,
      sampled: 400,
      matching: { share: 0.25, low: 0.25, high: 0.25 },
    });
    const many = await stored(2_500);
    const { sampled, users, matching } = await many.estimates.ofRule('shop', GOLD);
    expect([sampled, users]).toEqual([1_000, 2_500]);
    // Ten standard deviations around the truth.
    expect(Math.abs(matching!.share - 0.25)).toBeLessThan(0.11);
    expect(matching!.high - matching!.low).toBeGreaterThan(0.02);
  });

  test('on behaviour is not estimated before it is counted whole', async () => {
    const { users, estimates } = await stored(10);
    const did = { event: 'Purchase', window: { ever: true } } as const;
    const { id, window } = counterOf(did);
    const uncounted = async () => (await estimates.ofRule('shop', { did })).uncounted.length;
    expect(await uncounted()).toBe(1);
    await users.keepCounter('shop', { id, window }, NOW);
    expect(await uncounted()).toBe(1);
    await users.filled('shop', id);
    await users.record('shop', user(1), [{ id: 'e1', at: NOW, receivedAt: NOW, counters: [id] }], await users.erasures('shop'));
    expect(await estimates.ofRule('shop', { did })).toMatchObject({ uncounted: [], matching: { share: 0.1 } });
  });
});

describe('the reach of an experiment', () => {
  function project() {
    const ledger = Ledger.started();
    for (const key of ['size', 'crust']) createKey(ledger, key);
    const gold = ledger.create({ type: 'CreateSegment', name: 'Gold', rule: GOLD });
    const first = createExperiment(ledger, 'First', ['size'], { exclusive: true, traffic: 4_000 });
    ledger.accept({ type: 'StartExperiment', id: first });
    const second = createExperiment(ledger, 'Second', ['crust'], { traffic: 5_000 });
    const ofGold = createExperiment(ledger, 'Of gold', ['crust'], { audience: gold });
    return { ledger, first, second, ofGold };
  }

  test('is by the one algorithm of assignments: of a draft as if it started now', async () => {
    const { ledger, first, second, ofGold } = project();
    const { estimates } = await stored(1_000, ledger);
    const draft = (await estimates.ofExperiment('shop', second))!;
    const shareOfState = (reach: typeof draft, state: string) => reach.standings.find((one) => one.state === state)?.share.share ?? 0;
    expect(shareOfState(draft, 'CONFLICT')).toBeCloseTo(0.4, 1);
    expect(draft.standings.find(({ state }) => state === 'CONFLICT')?.inTheWay?.id).toBe(first);
    expect(draft.reached!.share).toBeCloseTo(0.6 * 0.5, 1);
    expect(draft.lastAssignedAt).toBeUndefined();
    // 300 of the 1,000 users of 30 days are taken: 10 a day.
    expect(draft.plannedUsers).toBe(10_000);
    expect(draft.expectedDays).toBeGreaterThan(900);
    expect(draft.expectedDays).toBeLessThan(1_100);
    expect((await estimates.ofExperiment('shop', ofGold))!.reached!.share).toBeCloseTo(0.6 * 0.25, 1);
    expect(await estimates.ofExperiment('shop', 'none')).toBeUndefined();
    ledger.accept({ type: 'StopExperiment', id: first });
    expect(await estimates.ofExperiment('shop', first)).toBeUndefined();
    expect((await estimates.ofExperiment('shop', second))!.reached!.share).toBeCloseTo(0.5, 1);
  });

  test('does not draw users anew whom their own ids have drawn: it is the same when all have been evaluated', async () => {
    const { ledger, first, second } = project();
    ledger.accept({ type: 'StartExperiment', id: second });
    const ruleset = rulesetOf(ledger);
    const { users, estimates } = await stored(1_000, ledger);
    const truth = new Map<string, number>();
    for (let number = 0; number < 1_000; number += 1) {
      const taking = take(ruleset, subjectOf({ userId: `user-${number}` }));
      await users.assign('shop', user(number), 0, assignmentsOf(ruleset, taking, taking.fresh, NOW - DAY_MS));
      for (const [at, { id }] of ruleset.running.entries()) {
        if (taking.variants[at] !== NOT_TAKEN) truth.set(id, (truth.get(id) ?? 0) + 1);
      }
    }
    for (const id of [first, second]) {
      const { reached, lastAssignedAt } = (await estimates.ofExperiment('shop', id))!;
      expect(Math.abs(reached!.share - truth.get(id)! / 1_000)).toBeLessThan(0.05);
      expect(lastAssignedAt).toBe(NOW - DAY_MS);
    }
  });

  test('is of users seen in 30 days', async () => {
    const { ledger, second } = project();
    const { users, estimates, later } = await stored(20, ledger);
    later(31 * DAY_MS);
    expect(await estimates.ofExperiment('shop', second)).toMatchObject({ users: 20, sampled: 0, reached: undefined, standings: [] });
    await users.setProperties('shop', user(3), { plan: 'free' });
    expect(await estimates.ofExperiment('shop', second)).toMatchObject({ users: 20, sampled: 1 });
  });
});
