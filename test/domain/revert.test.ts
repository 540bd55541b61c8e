import fc from 'fast-check';
import type { EntityKind } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import type { Refusal } from '../../src/domain/refusal';
import { acknowledgeAll, Ledger } from '../fixtures/ledger';
import {
  createConfig,
  createExperiment,
  createFlag,
  createGoal,
  createKey,
  createSegment,
  IN_MIAMI,
  MISSING,
  variantsFor,
} from '../fixtures/shop';
import { Dice } from '../property/dice';
import { commandOf } from '../property/draw-command';
import { expectation } from '../property/expectation';
import { brokenHistory } from '../property/history';
import { brokenRules } from '../property/invariants';
import { Model } from '../property/model';
import { arbitrarySteps, type Step } from '../property/steps';
import { back, editable, held } from './back';

const started = (): Ledger => {
  const ledger = Ledger.started();
  for (const key of ['price', 'size']) createKey(ledger, key);
  return ledger;
};

const obstacles = (refusal: Refusal): readonly (readonly [string, string])[] => {
  if (refusal.code !== 'CANNOT_REVERT') throw new Error(`refused as ${refusal.code}: ${refusal.message}`);
  return refusal.obstacles.map(({ path, refusal: { code } }) => [path, code]);
};

const types = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type);

describe('what goes back', () => {
  test('a key: its default and description, each as an ordinary event with the reason', () => {
    const ledger = started();
    ledger.accept({ type: 'EditKey', name: 'price', defaultValue: 9, description: 'In euros.' });
    const events = ledger.accept(back(ledger, 'key', 'price', 1), { reason: 'Too dear' });
    expect(types(events)).toEqual(['KeyDefaultChanged', 'KeyDescribed']);
    expect(events.every(({ reason }) => reason === 'Too dear')).toBe(true);
    expect(events[0]).toMatchObject({ data: { from: 9, to: 3 }, version: 4 });
    expect(ledger.state.keys.get('price')).toMatchObject({ defaultValue: 3, description: '' });
  });

  test('a segment: name, description and rule; archived since, it is restored first', () => {
    const ledger = started();
    const id = createSegment(ledger, 'Here');
    const before = ledger.state.segments.get(id);
    ledger.accept({ type: 'EditSegment', id, name: 'There', description: 'x', rule: IN_MIAMI });
    ledger.accept({ type: 'ArchiveSegment', id });
    const events = ledger.accept(back(ledger, 'segment', id, 1));
    expect(types(events)).toEqual(['SegmentRestored', 'SegmentRenamed', 'SegmentDescribed', 'SegmentRuleChanged']);
    expect(ledger.state.segments.get(id)).toEqual(before);
  });

  test('what was archived then is archived again, after what differs has gone back', () => {
    const ledger = started();
    const id = createGoal(ledger, 'Sale');
    ledger.accept({ type: 'ArchiveGoal', id });
    const archived = ledger.state.goals.get(id);
    ledger.accept({ type: 'RestoreGoal', id });
    ledger.accept({ type: 'EditGoal', id, event: 'Refund', name: 'Return' });
    expect(types(ledger.accept(back(ledger, 'goal', id, 2)))).toEqual(['GoalRenamed', 'GoalRedefined', 'GoalArchived']);
    expect(ledger.state.goals.get(id)).toEqual(archived);
    ledger.accept({ type: 'RestoreGoal', id });
    ledger.accept({ type: 'EditGoal', id, description: 'x' });
    ledger.accept({ type: 'ArchiveGoal', id });
    expect(types(ledger.accept(back(ledger, 'goal', id, 2)))).toEqual(['GoalRestored', 'GoalDescribed', 'GoalArchived']);
  });

  test('the project, and the exclusivity setting also to before it was ever changed', () => {
    const ledger = started();
    ledger.accept({ type: 'EditProject', id: 'shop', name: 'Store', description: 'x' });
    ledger.accept(back(ledger, 'project', 'shop', 1));
    expect(ledger.state.project).toMatchObject({ name: 'Shop', description: '' });
    ledger.accept({ type: 'EnableExclusivity' });
    expect(types(ledger.accept(back(ledger, 'exclusivity', 'exclusivity', 0)))).toEqual(['ExclusivityDisabled']);
  });

  test('a flag: rows that are still there keep their ids, and those that are gone come as new ones', () => {
    const ledger = started();
    const segment = createSegment(ledger, 'Here');
    const row = (value: number) => ({ segment, percentage: 5_000, value });
    const id = createFlag(ledger, 'F', 'price', { rows: [row(1), row(2)] });
    ledger.accept({ type: 'EditFlag', id, rows: [{ id: 'r2', ...row(20) }, row(3)] });
    ledger.accept(back(ledger, 'flag', id, 1));
    expect(ledger.state.flags.get(id)?.rows).toEqual([
      { id: 'r4', ...row(1) },
      { id: 'r2', ...row(2) },
    ]);
  });

  test('a config: keys and rows together, and whether it is served stays as it is', () => {
    const ledger = started();
    const rows = [{ segment: null, values: [{ key: 'price', value: 1 }] }];
    const id = createConfig(ledger, 'C', ['price'], { rows });
    ledger.accept({ type: 'PublishConfig', id });
    ledger.accept({ type: 'EditConfig', id, keys: ['size'], rows: [] });
    ledger.accept({ type: 'PauseConfig', id });
    expect(types(ledger.accept(back(ledger, 'config', id, 2)))).toEqual(['ConfigRedefined']);
    expect(ledger.state.configs.get(id)).toMatchObject({ keys: ['price'], rows: [{ segment: null }], status: 'PAUSED' });
  });

  test('the design of an experiment that has not started', () => {
    const ledger = started();
    const id = createExperiment(ledger, 'E', ['price'], { traffic: 1_000 });
    const before = ledger.state.experiments.get(id);
    ledger.accept({ type: 'EditExperiment', id, traffic: 5_000, keys: ['size'], variants: variantsFor(['size']) });
    ledger.accept(back(ledger, 'experiment', id, 1));
    expect(ledger.state.experiments.get(id)).toMatchObject({ traffic: 1_000, keys: ['price'] });
    expect(ledger.state.experiments.get(id)?.variants.map(({ values }) => values)).toEqual(before?.variants.map(({ values }) => values));
  });
});

describe('what cannot go back is refused, item by item, and nothing is changed', () => {
  test('E4 the design of an experiment that has started, each part of it', () => {
    const ledger = started();
    const goal = createGoal(ledger, 'Sale');
    const id = createExperiment(ledger, 'E', ['price'], { traffic: 1_000 });
    ledger.accept({ type: 'EditExperiment', id, traffic: 500, name: 'F', variants: variantsFor(['price'], 6) });
    ledger.accept({ type: 'StartExperiment', id });
    ledger.accept({ type: 'EditExperiment', id, goals: [goal] });
    const { state } = ledger;
    expect(obstacles(ledger.refuse(back(ledger, 'experiment', id, 1)))).toEqual([
      ['traffic', 'ILLEGAL_STATE'],
      ['variants', 'ILLEGAL_STATE'],
      ['goals', 'ILLEGAL_STATE'],
    ]);
    expect(ledger.state).toBe(state);
  });

  test('E4 an experiment that runs, to when it was archived; G1 what a goal measures; the name alone goes back', () => {
    const ledger = started();
    const goal = createGoal(ledger, 'Sale');
    ledger.accept({ type: 'EditGoal', id: goal, event: 'Refund', name: 'Return' });
    const id = createExperiment(ledger, 'E', ['price'], { goals: [goal] });
    ledger.accept({ type: 'ArchiveExperiment', id });
    ledger.accept({ type: 'RestoreExperiment', id });
    ledger.accept({ type: 'StartExperiment', id });
    expect(obstacles(ledger.refuse(back(ledger, 'experiment', id, 2)))).toEqual([['archived', 'ILLEGAL_STATE']]);
    expect(obstacles(ledger.refuse(back(ledger, 'goal', goal, 1)))).toEqual([['event', 'IN_USE']]);
    ledger.accept({ type: 'EditExperiment', id, name: 'Other' });
    expect(types(ledger.accept(back(ledger, 'experiment', id, 4)))).toEqual(['ExperimentRenamed']);
  });

  test('K5, S5 archived then, and in use now: the refusal lists the usages', () => {
    const ledger = started();
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    ledger.accept({ type: 'RestoreKey', name: 'price' });
    const flag = createFlag(ledger, 'F', 'price');
    expect(ledger.refuse(back(ledger, 'key', 'price', 2))).toMatchObject({
      code: 'CANNOT_REVERT',
      message: expect.stringContaining(
        'The key "price" cannot go back to version 2, so nothing was changed. archived: The key "price" is used by flag "F"',
      ),
      obstacles: [{ path: 'archived', refusal: { code: 'IN_USE', usages: [{ kind: 'flag', id: flag }] } }],
    });
  });

  test('S1, E5 a name that is taken and a segment that is archived by now, both reported', () => {
    const ledger = started();
    const segment = createSegment(ledger, 'Here');
    const id = createFlag(ledger, 'F', 'price', { rows: [{ segment, percentage: 1, value: 1 }] });
    ledger.accept({ type: 'EditFlag', id, rows: [], name: 'G', description: 'x' });
    ledger.accept({ type: 'ArchiveSegment', id: segment });
    createFlag(ledger, 'f', 'size');
    expect(obstacles(ledger.refuse(back(ledger, 'flag', id, 1)))).toEqual([
      ['name', 'ALREADY_EXISTS'],
      ['rows[r1].segment', 'INVALID_INPUT'],
    ]);
  });

  test('E5 each thing that is archived by now, where it is, and what is to go back by its name', () => {
    const ledger = started();
    const [one, two] = [createSegment(ledger, 'One'), createSegment(ledger, 'Two')];
    const row = (segment: string) => ({ segment, values: [{ key: 'price', value: 1 }] });
    const id = createConfig(ledger, 'Looks', ['price'], { rows: [row(one), row(two)] });
    ledger.accept({ type: 'EditConfig', id, keys: ['size'], rows: [] });
    for (const segment of [one, two]) ledger.accept({ type: 'ArchiveSegment', id: segment });
    const refusal = ledger.refuse(back(ledger, 'config', id, 1));
    expect(obstacles(refusal)).toEqual([
      ['rows[r1].segment', 'INVALID_INPUT'],
      ['rows[r2].segment', 'INVALID_INPUT'],
    ]);
    expect(refusal.message).toBe(
      'The config "Looks" cannot go back to version 1, so nothing was changed. ' +
        'rows[r1].segment: the segment "One" is archived: restore it, or choose another. ' +
        'rows[r2].segment: the segment "Two" is archived: restore it, or choose another.',
    );
    ledger.accept({ type: 'RestoreSegment', id: one });
    ledger.accept({ type: 'RestoreSegment', id: two });
    ledger.accept(back(ledger, 'config', id, 1));
    ledger.accept({ type: 'ArchiveConfig', id });
    for (const segment of [one, two]) ledger.accept({ type: 'ArchiveSegment', id: segment });
    expect(ledger.refuse({ type: 'RestoreConfig', id }).message).toMatch(/the segment "One" is archived.*; the segment "Two" is archived/);
  });

  test('K4, K7 what cannot be restored is reported, and not that nothing of it can be edited either', () => {
    const ledger = Ledger.started({ keys: 1 });
    createKey(ledger, 'price');
    ledger.accept({ type: 'EditKey', name: 'price', defaultValue: 8 });
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    createKey(ledger, 'size');
    expect(obstacles(ledger.refuse(back(ledger, 'key', 'price', 1)))).toEqual([['archived', 'LIMIT_REACHED']]);
    const other = started();
    const id = createFlag(other, 'F', 'price');
    other.accept({ type: 'EditFlag', id, name: 'G' });
    other.accept({ type: 'ArchiveFlag', id });
    createFlag(other, 'H', 'price');
    expect(obstacles(other.refuse(back(other, 'flag', id, 1)))).toEqual([['archived', 'IN_USE']]);
  });
});

describe('like any command', () => {
  test('A1 its repetition writes nothing, and another under its id is refused', () => {
    const ledger = started();
    ledger.accept({ type: 'EditKey', name: 'price', defaultValue: 9 });
    const command = back(ledger, 'key', 'price', 1);
    expect(ledger.accept(command, { commandId: 'undo' })).toHaveLength(1);
    expect(ledger.accept(command, { commandId: 'undo' })).toHaveLength(0);
    expect(ledger.refuse(back(ledger, 'key', 'price', 2), { commandId: 'undo' }).code).toBe('COMMAND_ID_REUSED');
  });

  test('A3 to what it is already it writes nothing', () => {
    const ledger = started();
    const id = createFlag(ledger, 'F', 'price', { rows: [{ segment: null, percentage: 1, value: 1 }] });
    expect(ledger.accept(back(ledger, 'flag', id, 1))).toEqual([]);
    ledger.accept({ type: 'EditFlag', id, rows: [] });
    expect(ledger.accept(back(ledger, 'flag', id, 1))).toHaveLength(1);
    // The row has another id now, and says the same.
    expect(ledger.accept(back(ledger, 'flag', id, 1))).toEqual([]);
  });

  test('A6 not found, then stale, then a version that it never had, then no change', () => {
    const ledger = started();
    expect(ledger.refuse(back(ledger, 'key', MISSING, 1, 9)).code).toBe('NOT_FOUND');
    expect(ledger.refuse(back(ledger, 'project', 'other', 1))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no project "other".',
    });
    expect(ledger.refuse(back(ledger, 'key', 'price', 7, 9))).toMatchObject({ code: 'STALE', currentVersion: 1 });
    for (const version of [0, 2, -1, 1.5]) {
      expect(ledger.refuse(back(ledger, 'key', 'price', version))).toMatchObject({
        code: 'INVALID_INPUT',
        problems: [{ path: 'toVersion', message: 'must be a version that it has had: 1 to 1' }],
      });
    }
    expect(ledger.accept(back(ledger, 'key', 'price', 1, 1))).toEqual([]);
    expect(new Ledger().refuse({ type: 'Revert', target: { kind: 'key', id: 'price', content: null }, toVersion: 1 }).code).toBe(
      'NOT_FOUND',
    );
  });
});

describe('after anything whatever', () => {
  const LIMITS = { ...DEFAULT_LIMITS, keys: 4, segments: 5, goals: 4, flags: 4, configs: 3, experiments: 6, runningExperiments: 2 };
  let [gone, refused] = [0, 0];

  function play(steps: readonly Step[], choices: readonly number[]): void {
    const ledger = new Ledger('shop', LIMITS);
    const model = new Model();
    [{ type: 'CreateProject', rolls: [] } as Step, ...steps].forEach((step, index) => {
      const command = commandOf(model, step.type, new Dice(step.rolls));
      ledger.submit({ ...command, acknowledge: acknowledgeAll() }, { commandId: `c${index}` });
      expectation(model, { command, actor: 'alice', commandId: `c${index}`, newId: `id-${index + 1}` }, LIMITS);
    });
    const dice = new Dice(choices);
    for (let turn = 0; turn < 6; turn += 1) revertSomething(ledger, dice);
  }

  function revertSomething(ledger: Ledger, dice: Dice): void {
    const { entity, version } = dice.pick(ledger.events);
    const { kind, id } = entity as { kind: EntityKind; id: string };
    const { state, events } = ledger;
    const known = events.length;
    const command = { ...back(ledger, kind, id, version), acknowledge: acknowledgeAll(state) };
    const outcome = ledger.submit(command);
    if ('code' in outcome) {
      refused += 1;
      expect(obstacles(outcome).length).toBeGreaterThan(0);
      expect(ledger.state).toBe(state);
      return;
    }
    gone += outcome.length;
    expect(brokenRules(ledger.state, LIMITS)).toEqual([]);
    expect(brokenHistory(ledger.events, known)).toEqual([]);
    expect(outcome.every((event) => event.entity.kind === kind && event.entity.id === id)).toBe(true);
    expect(editable(held(ledger.state, kind, id))).toEqual(editable(command.target.content));
    expect(ledger.accept(command)).toEqual([]);
  }

  test('a revert makes the thing what it was, breaks no rule, and again changes nothing; or is refused and changes nothing', () => {
    fc.assert(fc.property(fc.noBias(arbitrarySteps), fc.array(fc.nat(9_999), { minLength: 12, maxLength: 12 }), play), {
      numRuns: Number(process.env['PROPERTY_RUNS'] ?? 60),
      interruptAfterTimeLimit: 60_000,
    });
    expect(gone).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(2);
  });
});
