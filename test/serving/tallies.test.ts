import { Pepper } from '../../src/domain/user-key';
import { MemoryObservations } from '../../src/observations/memory';
import type { Tally } from '../../src/observations/observations';
import { countedOf } from '../../src/reporting/experiment-results';
import type { ExperimentPast } from '../../src/reporting/experiment-past';
import { EventIntake, LateEvents } from '../../src/serving/event-intake';
import { StoreIdentity } from '../../src/serving/store-identity';
import { Tallies } from '../../src/serving/tallies';
import { MemoryUserStore } from '../../src/user-store/memory';
import { assignmentsOf, take } from '../../src/evaluation/assignment';
import { rulesetOf, subjectOf } from '../evaluation/played';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createGoal, createKey } from '../fixtures/shop';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const pepper = new Pepper(new Uint8Array(32));

test('what is counted is written together, and again after the store was away, nothing twice and nothing lost', async () => {
  const written: (readonly Tally[])[] = [];
  let isAway = true;
  const failures: unknown[] = [];
  const tallies = new Tallies({
    observations: {
      tally: async (_projectId, list) => {
        if (isAway) throw new Error('away');
        written.push(list);
      },
    },
    onFailure: (error) => failures.push(error),
  });
  tallies.note('shop', 'UNSTORED', 'x1', 'a');
  tallies.note('shop', 'UNSTORED', 'x1', 'a', 2);
  await tallies.flush();
  expect(failures).toHaveLength(1);
  tallies.note('shop', 'UNSTORED', 'x1', 'a');
  tallies.note('shop', 'LATE', 'x1', 'purchase');
  isAway = false;
  await tallies.flush();
  await tallies.flush();
  expect(written).toEqual([
    [
      { kind: 'UNSTORED', subject: 'x1', name: 'a', count: 4 },
      { kind: 'LATE', subject: 'x1', name: 'purchase', count: 1 },
    ],
  ]);
});

test('R4 an event that comes too late is counted for the tests that its user is in and that measure it', async () => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  const goals = [createGoal(ledger, 'Sale', 'purchase')];
  const [measured, other] = [createExperiment(ledger, 'Measured', ['price'], { goals }), createExperiment(ledger, 'Other', ['price'])];
  ledger.accept({ type: 'StartExperiment', id: measured });
  const ruleset = rulesetOf(ledger);
  const users = new MemoryUserStore(() => NOW);
  const taking = take(ruleset, subjectOf({ userId: 'ana' }));
  await users.assign('shop', pepper.keyOf('shop', 'ana'), 0, assignmentsOf(ruleset, taking, taking.fresh, NOW));
  const observations = new MemoryObservations(() => NOW);
  const tallies = new Tallies({ observations, onFailure: fail });
  const rulesets = { current: async () => ruleset, confirmed: async () => ruleset };
  const intake = new EventIntake({
    rulesets,
    counters: { after: async () => [] },
    observations,
    users,
    late: new LateEvents({ rulesets, users, tallies }),
    pepper,
    clock: () => NOW,
    lateDays: 7,
  });
  const late = new Date(NOW - 8 * DAY_MS).toISOString();
  const events = [
    { user: 'ana', event: 'purchase', at: late },
    { user: 'ana', event: 'visit', at: late },
    { user: 'bob', event: 'purchase', at: late },
    { user: 'ana', event: 'purchase' },
  ];
  expect(await intake.take('shop', { events })).toMatchObject({ accepted: 1, rejected: [{ index: 0 }, { index: 1 }, { index: 2 }] });
  await tallies.flush();
  const of = (subject: string) => observations.tallied({ projectId: 'shop', kind: 'LATE', subject, receivedBefore: NOW + DAY_MS });
  expect(await of(measured)).toEqual([{ name: 'purchase', firstAt: NOW, count: 1 }]);
  expect(await of(other)).toEqual([]);
});

describe('U6', () => {
  const past = (startedAtMs: number, endedAtMs?: number) =>
    ({
      experiment: { id: 'x1' },
      goals: [{ event: 'purchase' }],
      startedAtMs,
      ended: endedAtMs === undefined ? undefined : { revision: 9, atMs: endedAtMs },
    }) as unknown as ExperimentPast;

  test('U6, R4 another store of users than before says that assignments were lost, in tests that ran then', async () => {
    let [nowMs, identity] = [NOW, 'first'];
    const observations = new MemoryObservations(() => nowMs);
    const tallies = new Tallies({ observations, onFailure: fail });
    const watch = new StoreIdentity({ users: { identity: async () => identity }, tallies, clock: () => nowMs, onFailure: fail });
    const looked = async () => {
      await watch.look();
      watch.close();
      await tallies.flush();
    };
    await looked();
    nowMs += 3 * DAY_MS;
    await looked();
    const counted = (of: ExperimentPast) => countedOf(observations, 'shop', of, nowMs + DAY_MS);
    expect((await counted(past(NOW - DAY_MS))).assignmentsLost).toEqual([]);
    identity = 'second';
    nowMs += DAY_MS;
    await looked();
    expect((await counted(past(NOW))).assignmentsLost).toEqual([new Date(NOW + 4 * DAY_MS).toISOString()]);
    expect((await counted(past(NOW + 5 * DAY_MS))).assignmentsLost).toEqual([]);
    expect((await counted(past(NOW, NOW + DAY_MS))).assignmentsLost).toEqual([]);
    // As of a time before it, nothing is known of it (R3).
    expect((await countedOf(observations, 'shop', past(NOW), NOW + 2 * DAY_MS)).assignmentsLost).toEqual([]);
  });

  test('a store that is closed while it is asked is no failure', async () => {
    const failures: unknown[] = [];
    const users = { identity: () => Promise.reject(new Error('closed')) };
    const watch = new StoreIdentity({ users, tallies: { note: fail }, clock: () => NOW, onFailure: (error) => failures.push(error) });
    await watch.look();
    expect(failures).toHaveLength(1);
    const looking = watch.look();
    watch.close();
    await looking;
    expect(failures).toHaveLength(1);
  });

  test('what was served without the store, and events of goals that came too late, are counts of the experiment', async () => {
    const observations = new MemoryObservations(() => NOW);
    await observations.tally('shop', [
      { kind: 'UNSTORED', subject: 'x1', name: 'a', count: 3 },
      { kind: 'UNSTORED', subject: 'x1', name: 'b', count: 4 },
      { kind: 'UNSTORED', subject: 'x2', name: 'b', count: 5 },
      { kind: 'LATE', subject: 'x1', name: 'purchase', count: 2 },
      { kind: 'LATE', subject: 'x1', name: 'visit', count: 6 },
    ]);
    expect(await countedOf(observations, 'shop', past(NOW), NOW + DAY_MS)).toEqual({
      servedWithoutStore: 7,
      lateEvents: 2,
      assignmentsLost: [],
    });
  });
});

function fail(error: unknown): void {
  throw error;
}
