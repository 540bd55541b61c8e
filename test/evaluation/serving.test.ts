import { bucketOf, salts, seedOf } from '../../src/evaluation/bucket';
import { HOUR_MS } from '../../src/evaluation/counter';
import { bulkOf, evaluate, successOf, tailFor, takeFor } from '../../src/evaluation/evaluate';
import { EMPTY_RECORD, HOLDOUT } from '../../src/evaluation/user-record';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey, createSegment, IN_MIAMI, IN_NEW_YORK } from '../fixtures/shop';
import { ask, assigned, HOUR, rulesetOf, subjectOf, userWhere } from './played';

const newYork = { userId: 'u1', properties: { 'geo.city': 'New York' } };
const miami = { userId: 'u1', properties: { 'geo.city': 'Miami' } };

function shop() {
  const ledger = Ledger.started();
  for (const key of ['size', 'crust', 'sauce']) createKey(ledger, key);
  const inNewYork = createSegment(ledger, 'New York', IN_NEW_YORK);
  const inMiami = createSegment(ledger, 'Miami', IN_MIAMI);
  return { ledger, inNewYork, inMiami };
}

/** Running, of control (v1) and a variant (v2) with the value 5. */
function running(ledger: Ledger, name: string, keys: readonly string[], more: Parameters<typeof createExperiment>[3] = {}): string {
  const id = createExperiment(ledger, name, keys, more);
  ledger.accept({ type: 'StartExperiment', id });
  return id;
}

describe('flags and configs (E1, E2)', () => {
  test('the first row that matches and whose sample takes the user wins; a user whom the sample misses falls to the next', () => {
    const { ledger, inNewYork } = shop();
    const flag = createFlag(ledger, 'Big', 'size', {
      rows: [
        { segment: inNewYork, percentage: 5_000, value: 10 },
        { segment: inNewYork, percentage: 10_000, value: 20 },
        { segment: null, percentage: 0, value: 30 },
      ],
    });
    ledger.accept({ type: 'PublishFlag', id: flag });
    const ruleset = rulesetOf(ledger);
    const inSample = (userId: string) => bucketOf(userId, seedOf(salts.row(flag, 'r1'))) < 5_000;
    const [inside, outside] = [userWhere(inSample), userWhere((userId) => !inSample(userId))];
    const served = (userId: string | undefined, from: object) => ask(ruleset, 'size', { ...from, userId }).outcome;
    expect(served(inside, newYork)).toMatchObject({ value: 10, reason: 'SPLIT', source: 'flag', id: flag, variant: 'r1' });
    expect(served(outside, newYork)).toMatchObject({ value: 20, reason: 'TARGETING_MATCH', variant: 'r2' });
    expect(served(inside, miami)).toMatchObject({ value: 3, reason: 'STATIC', source: 'default', variant: undefined });
    expect(served(undefined, newYork)).toMatchObject({ value: 20, variant: 'r2' });
    const trail = ask(ruleset, 'size', { ...newYork, userId: outside }).trail.steps;
    expect(trail.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^its sample of 50 % does not have the user, who is at \d+(\.\d+)? %$/),
      'its segment has the user',
    ]);
    expect(ask(ruleset, 'size', miami).trail.steps[1]).toMatchObject({ audience: { matched: false, instead: 'geo.city is "Miami"' } });
  });

  test('a config gives each key the value of its first matching row that has one', () => {
    const { ledger, inNewYork } = shop();
    const rows = [
      { segment: inNewYork, values: [{ key: 'size', value: 10 }] },
      {
        segment: null,
        values: [
          { key: 'size', value: 20 },
          { key: 'crust', value: 21 },
        ],
      },
    ];
    const config = createConfig(ledger, 'Menu', ['size', 'crust', 'sauce'], { rows });
    ledger.accept({ type: 'PublishConfig', id: config });
    const ruleset = rulesetOf(ledger);
    const served = ['size', 'crust', 'sauce'].map((key) => ask(ruleset, key, newYork).outcome);
    expect(served.map(({ value, source, reason }) => [value, source, reason])).toEqual([
      [10, 'config', 'TARGETING_MATCH'],
      [21, 'config', 'STATIC'],
      [3, 'default', 'STATIC'],
    ]);
    expect(ask(ruleset, 'size', miami).outcome.value).toBe(20);
  });

  test('the flag comes before the config; what is a draft, paused or archived serves nothing (E8)', () => {
    const { ledger } = shop();
    const flag = createFlag(ledger, 'Big', 'size', { rows: [{ segment: null, percentage: 10_000, value: 10 }] });
    const config = createConfig(ledger, 'Menu', ['size'], { rows: [{ segment: null, values: [{ key: 'size', value: 20 }] }] });
    const served = () => {
      const { value, source, reason } = ask(rulesetOf(ledger), 'size', newYork).outcome;
      return [value, source, reason];
    };
    expect(served()).toEqual([3, 'default', 'STATIC']);
    ledger.accept({ type: 'PublishConfig', id: config });
    expect(served()).toEqual([20, 'config', 'STATIC']);
    ledger.accept({ type: 'PublishFlag', id: flag });
    expect(served()).toEqual([10, 'flag', 'STATIC']);
    ledger.accept({ type: 'PauseFlag', id: flag });
    expect(served()).toEqual([20, 'config', 'STATIC']);
    ledger.accept({ type: 'PauseConfig', id: config });
    expect(served()).toEqual([3, 'default', 'DISABLED']);
    ledger.accept({ type: 'ArchiveFlag', id: flag });
    ledger.accept({ type: 'ArchiveConfig', id: config });
    expect(served()).toEqual([3, 'default', 'STATIC']);
  });

  test('a segment that is edited is seen at once (S3)', () => {
    const { ledger, inNewYork } = shop();
    const flag = createFlag(ledger, 'Big', 'size', { rows: [{ segment: inNewYork, percentage: 10_000, value: 10 }] });
    ledger.accept({ type: 'PublishFlag', id: flag });
    const before = rulesetOf(ledger);
    ledger.accept({ type: 'EditSegment', id: inNewYork, rule: IN_MIAMI });
    expect([before, rulesetOf(ledger, before)].map((ruleset) => ask(ruleset, 'size', miami).outcome.value)).toEqual([3, 10]);
  });
});

describe('experiments (E8)', () => {
  test('an assigned user gets the variant; control and the holdout group fall through', () => {
    const { ledger } = shop();
    const flag = createFlag(ledger, 'Big', 'size', { rows: [{ segment: null, percentage: 10_000, value: 10 }] });
    ledger.accept({ type: 'PublishFlag', id: flag });
    const experiment = running(ledger, 'Test', ['size']);
    const ruleset = rulesetOf(ledger);
    const served = (variant: string) => ask(ruleset, 'size', { ...newYork, record: { assignments: [assigned(experiment, variant)] } });
    expect(served('v2').outcome).toMatchObject({ value: 5, source: 'experiment', id: experiment, variant: 'v2', reason: 'SPLIT' });
    expect(served('v1').outcome).toMatchObject({ value: 10, source: 'flag' });
    expect(served(HOLDOUT).outcome).toMatchObject({ value: 10, source: 'flag' });
    expect(served('v1').trail.steps[0]?.why).toMatch(
      /^in variant "Control" since 2026-03-05T17:00:00.000Z \(revision 0\), which gives the key no value$/,
    );
  });

  test('without a user id no experiment, roll-out or sample takes the request (V3)', () => {
    const { ledger } = shop();
    const [first, second] = [running(ledger, 'Test', ['size']), running(ledger, 'Other', ['crust'])];
    ledger.accept({ type: 'RollOutExperiment', id: second, variant: 'v2' });
    const ruleset = rulesetOf(ledger);
    const subject = subjectOf({ userId: undefined, record: { assignments: [assigned(first, 'v2')] } });
    for (const key of ['size', 'crust'])
      expect(ask(ruleset, key, { userId: undefined }).outcome).toMatchObject({ value: 3, source: 'default' });
    expect(
      JSON.parse(
        successOf(
          ruleset,
          ruleset.keys.get('size')!,
          subject,
          takeFor(ruleset, ruleset.keys.get('size')!, subject),
          tailFor(ruleset, 'one', subject, false),
        ),
      ),
    ).toEqual({
      key: 'size',
      value: 3,
      reason: 'STATIC',
      metadata: {
        source: 'default',
        revision: ruleset.servingRevision,
        detail: 'no user id: samples, behaviour and experiments were passed over',
      },
    });
  });

  test('the newest roll-out serves its audience, and those who had the variant', () => {
    const { ledger, inNewYork } = shop();
    const first = running(ledger, 'First', ['size'], { audience: inNewYork });
    ledger.accept({ type: 'RollOutExperiment', id: first, variant: 'v2' });
    const served = (from: object, experiment = first, variant = 'v2') =>
      ask(rulesetOf(ledger), 'size', { ...from, record: { assignments: [assigned(experiment, variant)] } });
    expect(ask(rulesetOf(ledger), 'size', newYork).outcome).toMatchObject({
      value: 5,
      source: 'rollout',
      id: first,
      reason: 'TARGETING_MATCH',
    });
    expect(ask(rulesetOf(ledger), 'size', miami).outcome).toMatchObject({ source: 'default' });
    expect(served(miami).outcome).toMatchObject({ value: 5, source: 'rollout' });
    expect(served(miami, first, 'v1').outcome).toMatchObject({ source: 'default' });
    const second = running(ledger, 'Second', ['size'], { traffic: 0 });
    ledger.accept({ type: 'RollOutExperiment', id: second, variant: 'v2' });
    expect(ask(rulesetOf(ledger), 'size', newYork).outcome).toMatchObject({ source: 'rollout', id: second, reason: 'STATIC' });
    ledger.accept({ type: 'ArchiveExperiment', id: second });
    expect(ask(rulesetOf(ledger), 'size', newYork).outcome).toMatchObject({ source: 'rollout', id: first });
  });

  test('an override is served to its time, of a draft or running experiment, and makes a test user', () => {
    const { ledger } = shop();
    const draft = createExperiment(ledger, 'Draft', ['size']);
    const other = running(ledger, 'Running', ['crust']);
    const until = HOUR * HOUR_MS + 1_000;
    const served = (key: string, experiment: string, variant: string, hour = HOUR, ruleset = rulesetOf(ledger)) =>
      ask(ruleset, key, { userId: 'u1', hour, record: { overrides: [{ experiment, variant, until }] } });
    expect(served('size', draft, 'v2').outcome).toMatchObject({ value: 5, source: 'override', id: draft, variant: 'v2' });
    expect(served('size', draft, 'v2').taking.fresh).toEqual([]);
    expect(served('size', draft, 'v1').outcome).toMatchObject({ value: 3, source: 'default' });
    expect(served('size', draft, 'v2', HOUR + 1).outcome.source).toBe('default');
    expect(served('size', draft, 'v2', HOUR + 1).taking.fresh).toEqual([0]);
    const control = { overrides: [{ experiment: other, variant: 'v1', until }], assignments: [assigned(other, 'v2')] };
    expect(ask(rulesetOf(ledger), 'crust', { userId: 'u1', record: control }).outcome.source).toBe('default');
    ledger.accept({ type: 'StopExperiment', id: other });
    expect(served('crust', other, 'v2').outcome.source).toBe('default');
    ledger.accept({ type: 'ArchiveExperiment', id: draft });
    expect(served('size', draft, 'v2').outcome.source).toBe('default');
  });
});

describe('answers', () => {
  test('are the same for one key and among all, but for the revision, each with its reason, variant and metadata (V1, V2)', () => {
    const { ledger, inNewYork } = shop();
    createKey(ledger, 'theme', 'JSON', { dark: null, list: [1, 'x'] });
    const flag = createFlag(ledger, 'Big', 'size', { rows: [{ segment: inNewYork, percentage: 10_000, value: 10 }] });
    ledger.accept({ type: 'PublishFlag', id: flag });
    const ruleset = rulesetOf(ledger);
    const subject = subjectOf(newYork);
    const [one, all] = (['one', 'all'] as const).map((asked) => tailFor(ruleset, asked, subject, false)) as [string, string];
    const bulk = JSON.parse(bulkOf(ruleset, subject, { variants: [], fresh: [], behind: false }, all)) as {
      key: string;
      metadata: object;
    }[];
    expect(bulk.map(({ key }) => key)).toEqual(['crust', 'sauce', 'size', 'theme']);
    for (const [index, key] of [...ruleset.keys.values()].entries()) {
      const { metadata, ...rest } = bulk[index]!;
      expect(JSON.parse(successOf(ruleset, key, subject, takeFor(ruleset, key, subject), one))).toEqual({
        ...rest,
        metadata: { ...metadata, revision: ruleset.servingRevision },
      });
    }
    expect(bulk[2]).toEqual({
      key: 'size',
      value: 10,
      reason: 'TARGETING_MATCH',
      variant: 'r1',
      metadata: { source: 'flag', id: flag },
    });
    expect(bulk[3]).toMatchObject({ value: { dark: null, list: [1, 'x'] } });
    expect(JSON.parse(`{"key":1${tailFor(ruleset, 'one', subject, true).slice(0, -1)}`)).toMatchObject({ unstored: true });
    const facts = { userId: 'u1', properties: newYork.properties };
    expect(evaluate(ruleset, EMPTY_RECORD, facts, HOUR).map(({ key, value }) => [key, value])).toEqual(
      bulk.map((flagOfKey) => [flagOfKey.key, (flagOfKey as unknown as { value: unknown }).value]),
    );
  });

  test('outcomes are made once and never change', () => {
    const { ledger } = shop();
    const ruleset = rulesetOf(ledger);
    const [one, other] = ['u1', 'u2'].map((userId) => ask(ruleset, 'size', { userId }).outcome);
    expect(one).toBe(other);
    expect(Object.isFrozen(one)).toBe(true);
  });

  test('of a project without keys are an empty list', () => {
    const ruleset = rulesetOf(Ledger.started());
    expect(bulkOf(ruleset, subjectOf({ userId: 'u1' }), { variants: [], fresh: [], behind: false }, ruleset.tails.all.plain)).toBe('[]');
  });
});
