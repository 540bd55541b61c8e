import fc from 'fast-check';
import { answerTag } from '../../src/evaluation/answer-tag';
import { take } from '../../src/evaluation/assignment';
import { HOUR_MS } from '../../src/evaluation/counter';
import { bulkOf, tailFor } from '../../src/evaluation/evaluate';
import type { Ruleset } from '../../src/evaluation/ruleset';
import type { UserRecord } from '../../src/evaluation/user-record';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createFlag, createKey, createSegment } from '../fixtures/shop';
import { Dice } from '../property/dice';
import { assigned, HOUR, rulesetOf, subjectOf, type Asked } from './played';
import { change, randomProject, randomProperties, randomRecord } from './random-project';

function answer(ruleset: Ruleset, asked: Asked): { readonly tag: string; readonly bytes: string } {
  const subject = subjectOf(asked);
  const { assignmentVersion } = subject.record;
  const body = JSON.stringify([asked.userId, asked.properties]);
  const bytes = bulkOf(ruleset, subject, take(ruleset, subject), tailFor(ruleset, 'all', subject, false));
  return { tag: answerTag(ruleset, subject, { body, assignmentVersion, unstored: false }), bytes };
}

test('answers with the same tag have the same bytes, whatever is changed between (V5)', () => {
  let same = 0;
  fc.assert(
    fc.property(fc.noBias(fc.array(fc.nat(10_000), { minLength: 300, maxLength: 300 })), (numbers) => {
      const dice = new Dice(numbers);
      const ledger = randomProject(dice);
      const bytesOf = new Map<string, string>();
      let versions = 0;
      let asked: Asked = { userId: 'user-1', properties: randomProperties(dice), record: randomRecord(ledger, dice) };
      for (let step = 0; step < 25; step += 1) {
        // A store gives each state of a user's facts and assignments a version of its own.
        const version = (): Partial<UserRecord> => ({ factsVersion: (versions += 1), assignmentVersion: (versions += 1) });
        const move = dice.roll(5);
        if (move === 0) change(ledger, dice);
        if (move === 1) asked = { ...asked, record: { ...randomRecord(ledger, dice), ...version() } };
        if (move === 2) asked = { ...asked, hour: HOUR + dice.roll(80) };
        if (move === 3) asked = { ...asked, properties: randomProperties(dice) };
        if (move === 4)
          asked = { ...asked, userId: dice.pick(['user-1', 'user-2', undefined]), record: { ...randomRecord(ledger, dice), ...version() } };
        const { tag, bytes } = answer(rulesetOf(ledger), asked);
        if (bytesOf.has(tag)) same += 1;
        expect(bytesOf.get(tag) ?? bytes).toBe(bytes);
        bytesOf.set(tag, bytes);
      }
    }),
    { numRuns: 30 },
  );
  expect(same).toBeGreaterThan(25);
});

describe('what is stored of a user changes the tag only where it can matter (V5)', () => {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust']) createKey(ledger, key);
  const tag = (record: Partial<UserRecord>, hour = HOUR) => answer(rulesetOf(ledger), { userId: 'u1', record, hour }).tag;
  const moves = () => {
    const still = tag({});
    return {
      facts: tag({ factsVersion: 2 }) !== still,
      assignments: tag({ assignmentVersion: 2 }) !== still,
      hour: tag({}, HOUR + 1) !== still,
    };
  };

  test('facts, where a live rule is; the hour, where one has a window of days; assignments, where an experiment runs', () => {
    expect(moves()).toEqual({ facts: false, assignments: false, hour: false });
    const ever = createSegment(ledger, 'Ever', { did: { event: 'Purchase', window: { ever: true } } });
    const recent = createSegment(ledger, 'Recent', { did: { event: 'Purchase', window: { lastDays: 3 } } });
    const flag = createFlag(ledger, 'Flag', 'size', { rows: [{ segment: ever, percentage: 10_000, value: 1 }] });
    ledger.accept({ type: 'PublishFlag', id: flag });
    expect(moves()).toEqual({ facts: true, assignments: false, hour: false });
    ledger.accept({ type: 'EditFlag', id: flag, rows: [{ segment: recent, percentage: 10_000, value: 1 }] });
    expect(moves()).toEqual({ facts: true, assignments: false, hour: true });
    const filled = tag({});
    expect(tag({ counters: { get: () => ({ cells: [], countingSince: 1 }) } })).not.toBe(filled);
    const experiment = createExperiment(ledger, 'Test', ['crust']);
    ledger.accept({ type: 'StartExperiment', id: experiment });
    expect(moves().assignments).toBe(true);
  });

  test('an override, with the draft that it is about', () => {
    const draft = createExperiment(ledger, 'Draft', ['size']);
    const record = { overrides: [{ experiment: draft, variant: 'v2', until: HOUR * HOUR_MS }], assignments: [assigned('other', 'v1')] };
    const before = tag(record);
    expect(before).not.toBe(tag({}));
    expect(tag(record, HOUR + 1)).not.toBe(before);
    ledger.accept({ type: 'EditExperiment', id: draft, name: 'Renamed' });
    expect(tag(record)).toBe(before);
    ledger.accept({
      type: 'EditExperiment',
      id: draft,
      variants: ledger.state.experiments.get(draft)!.variants.map((variant) => ({ ...variant, weight: variant.control ? 0 : 10_000 })),
    });
    expect(tag(record)).not.toBe(before);
  });
});
