import fc from 'fast-check';
import { assign, type AssignmentStore } from '../../src/evaluation/assign';
import { assignmentsOf, freshFor, heldOnly, NOT_TAKEN, take } from '../../src/evaluation/assignment';
import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';
import { conflict } from '../../src/domain/reach';
import { HOUR_MS } from '../../src/evaluation/counter';
import type { Ruleset } from '../../src/evaluation/ruleset';
import { standingsOf } from '../../src/evaluation/standing';
import { EMPTY_RECORD, HOLDOUT, type UserRecord } from '../../src/evaluation/user-record';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createKey, createSegment, IN_NEW_YORK } from '../fixtures/shop';
import { Dice } from '../property/dice';
import { ask, assigned, HOUR, rulesetOf, subjectOf, userWhere } from './played';
import { change, randomProject, randomProperties, randomRecord } from './random-project';

const rolls = fc.noBias(fc.array(fc.nat(10_000), { minLength: 300, maxLength: 300 }));

function shop(keys = ['size', 'crust']) {
  const ledger = Ledger.started();
  for (const key of keys) createKey(ledger, key);
  return ledger;
}

function running(ledger: Ledger, name: string, keys: readonly string[], more: Parameters<typeof createExperiment>[3] = {}): string {
  const id = createExperiment(ledger, name, keys, more);
  ledger.accept({ type: 'StartExperiment', id });
  return id;
}

describe('which experiments take a user (X4)', () => {
  test('those that share no key, and none beside an exclusive one', () => {
    const ledger = shop();
    running(ledger, 'First', ['size']);
    running(ledger, 'Same key', ['size']);
    running(ledger, 'Other key', ['crust']);
    const taken = (record?: Partial<UserRecord>) =>
      take(rulesetOf(ledger), subjectOf({ userId: 'u1', ...(record && { record }) })).variants.map((variant) => variant !== NOT_TAKEN);
    expect(taken()).toEqual([true, false, true]);
    const exclusive = running(ledger, 'Exclusive', ['crust'], { exclusive: true });
    expect(taken()).toEqual([true, false, true, false]);
    expect(taken({ assignments: [assigned(exclusive, 'v1')] })).toEqual([false, false, false, true]);
  });

  test('an assignment remains, whatever changes: traffic, audience, properties; assignments of ended experiments have no say', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'New York', IN_NEW_YORK);
    const first = running(ledger, 'First', ['size'], { audience: segment, traffic: 0 });
    const record = { assignments: [assigned(first, 'v2')] };
    expect(ask(rulesetOf(ledger), 'size', { userId: 'u1', record }).outcome).toMatchObject({ value: 5, id: first });
    ledger.accept({ type: 'StopExperiment', id: first });
    const second = running(ledger, 'Second', ['size'], { exclusive: true });
    const { taking } = ask(rulesetOf(ledger), 'size', { userId: 'u1', record });
    expect(taking.fresh).toEqual([0]);
    expect(assignmentsOf(rulesetOf(ledger), taking, taking.fresh, 7)[0]).toMatchObject({
      experiment: second,
      assignedAt: 7,
      revision: ledger.state.head.revision,
    });
  });

  test('the variant is drawn by weights with a salt of its own, so each is as likely in the sample as outside it', () => {
    const ledger = shop();
    const experiment = running(ledger, 'First', ['size'], { traffic: 2_000 });
    const ruleset = rulesetOf(ledger);
    const bucket = (salt: string, userId: string) => bucketOf(userId, seedOf(salt));
    const userId = userWhere((id) => bucket(salts.traffic(experiment), id) < 2_000 && bucket(salts.variant(experiment), id) >= 5_000);
    expect(take(ruleset, subjectOf({ userId })).variants).toEqual([1]);
    const users = Array.from({ length: 4_000 }, (_, number) => take(ruleset, subjectOf({ userId: `u${number}` })).variants[0]!);
    const [control, variant] = [0, 1].map((number) => users.filter((other) => other === number).length) as [number, number];
    expect(control + variant).toBeGreaterThan(650);
    expect(control / (control + variant)).toBeGreaterThan(0.4);
    expect(control / (control + variant)).toBeLessThan(0.6);
  });

  test('an experiment that is not sticky serves a user who left its audience as if outside, and still blocks others (X5)', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'New York', IN_NEW_YORK);
    const first = running(ledger, 'First', ['size'], { audience: segment, sticky: false });
    running(ledger, 'Second', ['size']);
    const ruleset = rulesetOf(ledger);
    const served = (city: string) =>
      ask(ruleset, 'size', { userId: 'u1', properties: { 'geo.city': city }, record: { assignments: [assigned(first, 'v2')] } });
    expect(served('New York').outcome).toMatchObject({ value: 5, source: 'experiment' });
    expect(served('Miami').outcome).toMatchObject({ value: 3, source: 'default' });
    expect(served('Miami').trail.steps[0]!.why).toMatch(/, and outside the audience now \(not sticky\)$/);
    expect(served('Miami').taking.variants).toEqual([1, NOT_TAKEN]);
  });

  test('says for each running experiment since when, or why not', () => {
    const ledger = shop(['size', 'crust', 'sauce', 'cheese']);
    const segment = createSegment(ledger, 'New York', IN_NEW_YORK);
    const first = running(ledger, 'First', ['size']);
    running(ledger, 'Same key', ['size']);
    running(ledger, 'None', ['crust'], { traffic: 0 });
    running(ledger, 'Audience', ['sauce'], { audience: segment });
    running(ledger, 'Fourth', ['cheese']);
    const standings = standingsOf(rulesetOf(ledger), subjectOf({ userId: 'u1', record: { assignments: [assigned(first, 'v2', 9)] } }));
    expect(standings.map(({ state }) => state)).toEqual(['ASSIGNED', 'CONFLICT', 'OUTSIDE_SAMPLE', 'OUTSIDE_AUDIENCE', 'TAKES']);
    expect(standings.map(({ why }) => why)).toEqual([
      'in variant "New" since 2026-03-05T17:00:00.000Z (revision 9)',
      'the user is in "First", and a user is not in both',
      expect.stringMatching(/^its traffic of 0 % does not have the user, who is at \d/),
      'its audience does not have the user',
      expect.stringMatching(/^it would take the user into variant "(New|Control)"$/),
    ]);
    expect(standings[3]!.audience).toMatchObject({ matched: false, instead: 'geo.city is missing' });
  });
});

describe('of random projects and users (X4)', () => {
  const each = (property: (ruleset: Ruleset, dice: Dice, ledger: Ledger) => void) =>
    fc.assert(
      fc.property(rolls, (numbers) => {
        const dice = new Dice(numbers);
        const ledger = randomProject(dice);
        property(rulesetOf(ledger), dice, ledger);
      }),
      { numRuns: 100 },
    );
  const askedBy = (dice: Dice, record: Partial<UserRecord> = {}) => ({
    userId: `user-${dice.roll(1_000)}`,
    properties: randomProperties(dice),
    record,
  });

  test('what is taken has no conflict', () => {
    each((ruleset, dice) => {
      for (let user = 0; user < 10; user += 1) {
        const { variants } = take(ruleset, subjectOf(askedBy(dice)));
        const taken = ruleset.running.filter((_, number) => variants[number] !== undefined && variants[number] !== NOT_TAKEN);
        for (const a of taken) for (const b of taken) if (a !== b) expect(conflict(a.from, b.from)).toBe(false);
      }
    });
  });

  test('with the same facts it does not matter which key is asked for first, nor whether all are', () => {
    each((ruleset, dice) => {
      const { record: _record, ...asked } = askedBy(dice);
      const all = take(ruleset, subjectOf(asked));
      let record: UserRecord = EMPTY_RECORD;
      for (const key of dice.some([...ruleset.keys.keys()], ruleset.keys.size, ruleset.keys.size)) {
        const taking = take(ruleset, subjectOf({ ...asked, record }));
        const fresh = assignmentsOf(ruleset, taking, freshFor(ruleset, taking, [key]), 0);
        record = { ...record, assignments: [...record.assignments, ...fresh] };
      }
      expect(take(ruleset, subjectOf({ ...asked, record }))).toEqual({ ...all, fresh: [] });
      expect(assignmentsOf(ruleset, all, all.fresh, 0)).toEqual(expect.arrayContaining([...record.assignments]));
    });
  });

  test('a start never changes what earlier experiments take', () => {
    each((before, dice, ledger) => {
      const asked = askedBy(dice, randomRecord(ledger, dice));
      const draft = [...ledger.state.experiments.values()].find(({ status }) => status === 'DRAFT');
      if (draft === undefined || asked.record.assignments?.some(({ experiment }) => experiment === draft.id)) return;
      if (asked.record.overrides?.some(({ experiment }) => experiment === draft.id)) return;
      ledger.accept({ type: 'StartExperiment', id: draft.id });
      const { variants } = take(before, subjectOf(asked));
      expect(take(rulesetOf(ledger, before), subjectOf(asked)).variants.slice(0, before.running.length)).toEqual([...variants]);
    });
  });

  test('a change of traffic, up or down, moves no user', () => {
    each((before, dice, ledger) => {
      const asked = askedBy(dice);
      const taking = take(before, subjectOf(asked));
      const assignments = assignmentsOf(before, taking, taking.fresh, 0);
      for (const { id } of before.running) ledger.submit({ type: 'ChangeExperimentTraffic', id, traffic: dice.pick([10_000, 1_000]) });
      change(ledger, dice);
      const after = rulesetOf(ledger, before);
      const later = take(after, subjectOf({ ...asked, properties: {}, record: { assignments } }));
      for (const { experiment, variant } of assignments) {
        const number = after.numbers.get(experiment);
        if (number !== undefined) expect(after.running[number]!.variants[later.variants[number]!]).toBe(variant);
      }
    });
  });
});

describe('the conditional write', () => {
  const ledger = shop();
  const first = running(ledger, 'First', ['size']);
  const before = rulesetOf(ledger);
  const second = running(ledger, 'Second', ['size', 'crust']);
  const after = rulesetOf(ledger, before);
  const stored: AssignmentStore = { assign: async (version) => ({ stored: true, assignmentVersion: version + 1 }) };
  const request = {
    record: EMPTY_RECORD,
    facts: { userId: 'u1', properties: {} },
    nowMs: HOUR * HOUR_MS,
    keys: undefined,
    store: stored,
    rulesetAt: async () => undefined,
  };

  test('is not made where no key that was asked for needs it', async () => {
    const assigns = jest.fn();
    const { taking, unstored, assignmentVersion } = await assign({
      ...request,
      ruleset: before,
      keys: ['crust'],
      store: { assign: assigns },
    });
    expect(assigns).not.toHaveBeenCalled();
    expect([taking.variants, unstored, assignmentVersion]).toEqual([[], false, 0]);
  });

  test('is made on the version that was read, with the revision of the ruleset', async () => {
    const assigns = jest.fn(stored.assign);
    const { taking, assignmentVersion } = await assign({
      ...request,
      ruleset: after,
      record: { ...EMPTY_RECORD, assignmentVersion: 7 },
      store: { assign: assigns },
    });
    expect(assigns.mock.calls).toEqual([
      [7, [{ experiment: first, variant: expect.any(String), assignedAt: HOUR * HOUR_MS, revision: after.revision }]],
    ]);
    expect(taking.fresh).toEqual([0]);
    expect(assignmentVersion).toBe(8);
  });

  test('that loses is decided again on what is there; after five times what is held is served, unstored', async () => {
    const other = { ...EMPTY_RECORD, assignmentVersion: 1, assignments: [assigned(second, 'v2', after.revision)] };
    const once = jest.fn(async () => ({ stored: false as const, record: other }));
    const won = await assign({ ...request, ruleset: after, store: { assign: once } });
    expect([once.mock.calls.length, won.unstored, won.taking.variants]).toEqual([1, false, [NOT_TAKEN, 1]]);
    const always = jest.fn(async (version: number) => ({
      stored: false as const,
      record: { ...EMPTY_RECORD, assignmentVersion: version + 1 },
    }));
    const lost = await assign({ ...request, ruleset: after, store: { assign: always } });
    expect([always.mock.calls.length, lost.unstored, lost.taking.variants]).toEqual([5, true, [NOT_TAKEN, NOT_TAKEN]]);
  });

  test('waits for a ruleset as new as the newest assignment, and is not made without it', async () => {
    const record = { ...EMPTY_RECORD, assignments: [assigned(second, 'v2', after.revision)] };
    const assigns = jest.fn(stored.assign);
    const late = await assign({ ...request, ruleset: before, record, store: { assign: assigns } });
    expect([late.unstored, late.taking.variants]).toEqual([true, [NOT_TAKEN]]);
    const rulesetAt = jest.fn(async () => after);
    const caughtUp = await assign({ ...request, ruleset: before, record, store: { assign: assigns }, rulesetAt });
    expect(rulesetAt).toHaveBeenCalledWith(after.revision);
    expect([caughtUp.ruleset, caughtUp.unstored, caughtUp.taking.variants]).toEqual([after, false, [NOT_TAKEN, 1]]);
    expect(assigns).not.toHaveBeenCalled();
  });

  test('an answer without it has only what is held', () => {
    const taking = take(after, subjectOf({ userId: 'u1' }));
    expect(taking.fresh).toEqual([0]);
    expect(heldOnly(taking).variants).toEqual([NOT_TAKEN, NOT_TAKEN]);
    expect(take(after, subjectOf({ userId: 'u1', record: { assignments: [assigned(first, HOLDOUT)] } })).variants).toEqual([2, NOT_TAKEN]);
  });
});
