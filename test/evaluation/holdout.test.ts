import { assignmentsOf, NOT_TAKEN, take } from '../../src/evaluation/assignment';
import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';
import type { Ruleset } from '../../src/evaluation/ruleset';
import { standingsOf } from '../../src/evaluation/standing';
import { HOLDOUT } from '../../src/evaluation/user-record';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey } from '../fixtures/shop';
import { ask, assigned, rulesetOf, subjectOf, userWhere } from './played';

/* X8: a share of users who get no values from experiments that start while their holdout is active. */

const SHARE = 2_000;

/** A project with an active holdout and an experiment on `size` that runs, and another that started after it. */
function shop() {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust']) createKey(ledger, key);
  const holdout = ledger.create({ type: 'CreateHoldout', name: 'Holdout', share: SHARE });
  const first = running(ledger, 'First', { exclusive: true });
  const second = running(ledger, 'Second');
  const isHeldOut = (userId: string) => bucketOf(userId, seedOf(salts.holdout(holdout))) < SHARE;
  return { ledger, holdout, first, second, inside: userWhere(isHeldOut), outside: userWhere((userId) => !isHeldOut(userId)) };
}

function running(ledger: Ledger, name: string, more: Parameters<typeof createExperiment>[3] = {}): string {
  const id = createExperiment(ledger, name, ['size'], more);
  ledger.accept({ type: 'StartExperiment', id });
  return id;
}

const variantsOf = (ruleset: Ruleset, userId: string) => {
  const { variants } = take(ruleset, subjectOf({ userId }));
  return ruleset.running.map(({ variants: ids }, number) => (variants[number] === NOT_TAKEN ? null : ids[variants[number]!]));
};

test('a held-out user whom an experiment would take is assigned to its holdout group: stored, blocking, and served like control', () => {
  const { ledger, first, inside, outside } = shop();
  const ruleset = rulesetOf(ledger);
  expect(variantsOf(ruleset, inside)).toEqual([HOLDOUT, null]);
  expect(variantsOf(ruleset, outside)).toEqual([expect.stringMatching(/^v[12]$/), null]);
  const taking = take(ruleset, subjectOf({ userId: inside }));
  expect(assignmentsOf(ruleset, taking, taking.fresh, 0)).toMatchObject([{ experiment: first, variant: HOLDOUT }]);
  const { outcome, trail } = ask(ruleset, 'size', { userId: inside });
  expect(outcome.source).toBe('default');
  expect(trail.steps[0]).toMatchObject({ source: 'experiment', id: first, variant: HOLDOUT, serves: false });
  expect(standingsOf(ruleset, subjectOf({ userId: inside })).map(({ state, why }) => [state, why])).toEqual([
    ['TAKES', 'it would hold the user out'],
    ['CONFLICT', 'the user is in "First", and a user is not in both'],
  ]);
});

test('the holdout group lasts to the end of the experiment, and the end of the holdout holds for those that start after it', () => {
  const { ledger, holdout, first, inside } = shop();
  ledger.accept({ type: 'EndHoldout', id: holdout });
  expect(variantsOf(rulesetOf(ledger), inside)).toEqual([HOLDOUT, null]);
  ledger.accept({ type: 'StopExperiment', id: first });
  const third = running(ledger, 'Third', { exclusive: true });
  const ruleset = rulesetOf(ledger);
  const record = { assignments: [assigned(first, HOLDOUT)] };
  expect(take(ruleset, subjectOf({ userId: inside, record })).fresh).toEqual([0]);
  expect(ruleset.running.find(({ id }) => id === third)!.holdouts).toEqual([]);
});

test('a roll-out passes over held-out users until the holdout ends, which changes what is served', () => {
  const { ledger, holdout, first, second, inside, outside } = shop();
  ledger.accept({ type: 'RollOutExperiment', id: first, variant: 'v2' });
  ledger.accept({ type: 'StopExperiment', id: second });
  const before = rulesetOf(ledger);
  const { outcome, trail } = ask(before, 'size', { userId: inside });
  expect(outcome.source).toBe('default');
  expect(trail.steps[0]).toMatchObject({ source: 'rollout', serves: false, why: 'the user is in a holdout that has not ended' });
  expect(ask(before, 'size', { userId: outside }).outcome).toMatchObject({ source: 'rollout', value: 5 });
  const [ended] = ledger.accept({ type: 'EndHoldout', id: holdout });
  const after = rulesetOf(ledger, before);
  expect(ask(after, 'size', { userId: inside }).outcome).toMatchObject({ source: 'rollout', value: 5 });
  expect(after.digest).not.toBe(before.digest);
  expect(after.servingRevision).toBe(ended!.revision);
});
