import fc from 'fast-check';
import { take } from '../../src/evaluation/assignment';
import { bulkOf } from '../../src/evaluation/evaluate';
import { standingsOf } from '../../src/evaluation/standing';
import { compileRuleset, type Ruleset } from '../../src/evaluation/ruleset';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey, createSegment, IN_MIAMI, IN_NEW_YORK } from '../fixtures/shop';
import { assertUntil } from '../property/assert-until';
import { Dice } from '../property/dice';
import { ask, rulesetOf, states, subjectOf } from './played';
import { randomProject, randomProperties, randomRecord } from './random-project';

const SOURCES = ['config', 'default', 'experiment', 'flag', 'override', 'rollout'];
const STATES = ['ASSIGNED', 'CONFLICT', 'NO_USER', 'OUTSIDE_AUDIENCE', 'OUTSIDE_SAMPLE', 'TAKES', 'TEST_USER'];

const rolls = fc.noBias(fc.array(fc.nat(10_000), { minLength: 300, maxLength: 300 }));

test('compiled step by step or at once, a ruleset serves the same, and its digest changes where its serving revision says so (V2, V5)', () => {
  let changes = 0;
  fc.assert(
    fc.property(rolls, (numbers) => {
      const { events } = randomProject(new Dice(numbers));
      let previous: Ruleset | undefined;
      for (const { state, servingRevision, event } of states(events)) {
        const ruleset = compileRuleset(state, servingRevision, previous);
        const fresh = compileRuleset(state, servingRevision);
        expect(ruleset.digest).toBe(fresh.digest);
        expect([...ruleset.counters.keys()].sort()).toEqual([...fresh.counters.keys()].sort());
        const fragments = ({ keys }: Ruleset) =>
          [...keys.values()].map(({ fallback, rows, rollOuts, experiments }) => [
            fallback,
            rows.map((row) => row.outcome),
            rollOuts.map(({ outcome }) => outcome),
            experiments.map(({ number, outcomes }) => [number, outcomes]),
          ]);
        expect(fragments(ruleset)).toEqual(fragments(fresh));
        if (previous !== undefined) {
          expect([event.type, ruleset.digest !== previous.digest]).toEqual([event.type, servingRevision === event.revision]);
          if (servingRevision === event.revision) changes += 1;
        }
        previous = ruleset;
      }
    }),
    { numRuns: 40 },
  );
  expect(changes).toBeGreaterThan(100);
});

test('fast, bulk and explained evaluation agree on random projects and users: values, and who is in which experiment (V4)', () => {
  const sources = new Set<string>();
  const seen = new Set<string>();
  assertUntil(
    () => sources.size === SOURCES.length && seen.size === STATES.length,
    fc.property(rolls, (numbers) => {
      const dice = new Dice(numbers);
      const ledger = randomProject(dice);
      const ruleset = rulesetOf(ledger);
      for (let user = 0; user < 12; user += 1) {
        const asked = {
          userId: dice.once(8) ? undefined : `user-${dice.roll(1_000)}`,
          properties: randomProperties(dice),
          record: randomRecord(ledger, dice),
        };
        let variants: readonly number[] = [];
        const fragments: string[] = [];
        for (const key of ruleset.keys.keys()) {
          const { outcome, taking } = ask(ruleset, key, asked);
          variants = taking.variants;
          fragments.push(`${outcome.fragment}}}`);
          sources.add(outcome.source);
        }
        const subject = subjectOf(asked);
        expect(bulkOf(ruleset, subject, take(ruleset, subject), '}}')).toBe(`[${fragments.join(',')}]`);
        const explained = standingsOf(ruleset, subjectOf(asked));
        const fast = ruleset.running.map(({ variants: ids }, number) => ids[variants[number] ?? -1]);
        expect(explained.map(({ variant }) => variant)).toEqual(fast);
        for (const { state } of explained) seen.add(state);
      }
    }),
    150,
  );
  expect([...sources].sort()).toEqual(SOURCES);
  expect([...seen].sort()).toEqual(STATES);
});

describe('what has not changed is reused', () => {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust', 'sauce']) createKey(ledger, key);
  const inNewYork = createSegment(ledger, 'New York', IN_NEW_YORK);
  const row = { segment: inNewYork, percentage: 10_000, value: 10 };
  const flag = createFlag(ledger, 'Big', 'size', { rows: [row] });
  ledger.accept({ type: 'PublishFlag', id: flag });
  const config = createConfig(ledger, 'Menu', ['crust'], { rows: [{ segment: null, values: [{ key: 'crust', value: 1 }] }] });
  ledger.accept({ type: 'PublishConfig', id: config });
  const experiment = createExperiment(ledger, 'Test', ['sauce'], { audience: inNewYork });
  ledger.accept({ type: 'StartExperiment', id: experiment });

  test('an edit makes anew what it touches, and nothing else', () => {
    const before = rulesetOf(ledger);
    ledger.accept({ type: 'EditFlag', id: flag, rows: [{ ...row, id: 'r1', value: 11 }] });
    const after = rulesetOf(ledger, before);
    expect(after.digest).not.toBe(before.digest);
    expect(after.keys.get('size')).not.toBe(before.keys.get('size'));
    for (const key of ['crust', 'sauce']) expect(after.keys.get(key)).toBe(before.keys.get(key));
    expect(after.keys.get('size')!.rows[0]!.audience).toBe(before.keys.get('size')!.rows[0]!.audience);
    expect(after.running).toBe(before.running);
    expect(after.conflicts).toBe(before.conflicts);
  });

  test('words, drafts and goals change no digest, and the answers keep their revision (V5)', () => {
    const before = rulesetOf(ledger);
    ledger.accept({ type: 'EditSegment', id: inNewYork, name: 'NYC' });
    ledger.accept({ type: 'EditFlag', id: flag, name: 'Bigger', description: 'x' });
    ledger.accept({ type: 'EditExperiment', id: experiment, name: 'Renamed' });
    ledger.accept({ type: 'EditKey', name: 'size', description: 'x' });
    ledger.accept({ type: 'CreateGoal', name: 'Goal', event: 'Purchase' });
    createExperiment(ledger, 'Draft', ['size']);
    createSegment(ledger, 'Unused', IN_MIAMI);
    const after = rulesetOf(ledger, before);
    expect([after.digest, after.servingRevision, after.tails]).toEqual([before.digest, before.servingRevision, before.tails]);
    expect(after.revision).toBeGreaterThan(before.revision);
    ledger.accept({ type: 'EditKey', name: 'size', defaultValue: 4 });
    const changed = rulesetOf(ledger, after);
    expect(changed.digest).not.toBe(after.digest);
    expect(changed.servingRevision).toBe(changed.revision);
  });
});

test('the counters of live rules are those of live flags and configs, of running experiments and of roll-outs', () => {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust']) createKey(ledger, key);
  const segments = ['A', 'B', 'C'].map((event) => createSegment(ledger, event, { did: { event, window: { ever: true } } }));
  const events = () => [...rulesetOf(ledger).counters.values()].map(({ descriptor }) => descriptor.event).sort();
  const flag = createFlag(ledger, 'F', 'size', { rows: [{ segment: segments[0]!, percentage: 10_000, value: 1 }] });
  const experiment = createExperiment(ledger, 'E', ['crust'], { audience: segments[1]! });
  expect(events()).toEqual([]);
  ledger.accept({ type: 'PublishFlag', id: flag });
  ledger.accept({ type: 'StartExperiment', id: experiment });
  expect(events()).toEqual(['A', 'B']);
  ledger.accept({ type: 'EditSegment', id: segments[1]!, rule: IN_MIAMI });
  ledger.accept({ type: 'RollOutExperiment', id: experiment, variant: 'v2' });
  expect(events()).toEqual(['A', 'B']);
  ledger.accept({ type: 'PauseFlag', id: flag });
  ledger.accept({ type: 'ArchiveExperiment', id: experiment });
  expect(events()).toEqual([]);
});
