import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { carry } from '../../samples/browser-studies/carry';
import { basisPoints } from '../../samples/browser-studies/experiments';
import type { KeyValue } from '../../src/domain/choice';
import { seal, type Envelope, type Fact } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { decide, evolve, EMPTY_PROJECT, schemaVersions } from '../../src/domain/decider';
import { entityKey, type ProjectState } from '../../src/domain/project-state';
import { APPEND_LIMIT } from '../../src/event-store/append';
import { sizeOf } from '../../src/event-store/event-store';
import { readDocument } from '../../src/setup/document';
import { exportSetup } from '../../src/setup/export';
import type { SetupFile } from '../../src/setup/file';
import { parseSetup } from '../../src/setup/parse';
import { decideSetup, planSetup, type ApplySetup } from '../../src/setup/plan';
import { canonicalFile } from '../../src/setup/canonical-file';
import { matches } from './matching';
import { browsers, gives, takes, type Browser, type Published } from './published';

const SAMPLE = join(__dirname, '../../samples/browser-studies');
const read = (name: string): string => readFileSync(join(SAMPLE, name), 'utf8');
const text = read('studies.json');
const studies = JSON.parse(text) as readonly Published[];
const file = parsed(read('setup.yaml'));
const { keys = [], segments = [], configs = [], experiments = [] } = file;

function parsed(setup: string): SetupFile {
  const outcome = parseSetup(setup, { filename: 'setup.yaml' });
  if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors));
  return outcome.file;
}

describe('the files', () => {
  test('are what the carrier makes of the studies, byte for byte', () => {
    const { setup, readme } = carry(text);
    expect(setup).toBe(read('setup.yaml'));
    expect(readme).toBe(read('README.md'));
  });

  test('have all 144 features and 38 parameters as keys, of the type of what is published', () => {
    const features = new Set(
      [...text.matchAll(/"(?:(?:en|dis)able_feature": \[([^\]]*)\]|forcing_feature_on": ("[^"]*"))/g)].flatMap(
        ([, list, one]) => JSON.parse(`[${list ?? one}]`) as string[],
      ),
    );
    const parameters = new Set(studies.flatMap(({ experiment }) => experiment.flatMap(({ param = [] }) => param.map(({ name }) => name))));
    expect([features.size, parameters.size]).toEqual([144, 38]);
    const asKeys = new Map(keys.map((key) => [key.name, key]));
    for (const feature of features) expect(asKeys.get(feature)).toMatchObject({ type: 'BOOLEAN', default: false });
    const others = keys.filter(({ name }) => !features.has(name));
    expect(others.map(({ name }) => name.replace(/^[^.]*\./, '')).sort()).toEqual([...parameters].sort());
    const type = (name: string) => asKeys.get(name)?.type;
    expect(type('AIChatNEARModels.encryption')).toBe('BOOLEAN');
    expect(type('HistoryEmbeddings.WordMatchMinEmbeddingScore')).toBe('NUMBER');
    expect(type('AIChat.default_model')).toBe('STRING');
    expect(type('AdEvent.debounce_clicked_ad_event_for')).toBe('STRING');
    expect(type('WhatsNewStudy.target_major_version_stable')).toBe('STRING');
  });

  test('say how many there are, and name what is not exact', () => {
    const rows = configs.flatMap((config) => config.rows).length;
    const running = experiments.filter(({ status }) => status === 'RUNNING').length;
    expect([studies.length, rows, running, experiments.length - running]).toEqual([180, 165, 11, 4]);
    expect([segments.length, configs.length]).toEqual([150, 120]);
    const readme = read('README.md');
    expect(readme).toContain('| studies | 180: 165 are rows of configs, 11 are running experiments, 4 are experiments in draft |');
    expect(readme).toContain('| keys | 182: 144 features and 38 parameters |');
    expect(readme).toContain('| segments | 150 |');
    expect(readme).toContain('| configs | 120, live, with 165 rows |');
    for (const { name, experiment, filter } of studies) {
      const hidden = experiment.filter((one) => one.probability_weight === 0 && Object.keys(gives(one)).length > 0);
      const inexact = [
        hidden.length > 0,
        'policy_restriction' in filter,
        experiment.some((one) => Object.values(gives(one)).includes('false')),
      ];
      if (inexact.includes(true)) expect(readme).toContain(`\n- \`${name}\``);
    }
  });
});

/** Values by what they are called where they were published. */
function asPublished(values: readonly KeyValue[]): Record<string, string> {
  const parameter = (key: string) => (/^[^.]+\.(?=.)/.test(key) ? key.replace(/^[^.]*\./, '') : key);
  return Object.fromEntries(values.map(({ key, value }) => [parameter(key), String(value)]));
}

describe('what people get', () => {
  const everyone = browsers(studies);
  /** Who is so, by number. */
  const those = (so: (browser: Browser) => boolean) => new Set(everyone.flatMap((browser, at) => (so(browser) ? [at] : [])));
  const rules = new Map(segments.map(({ name, rule }) => [name, rule]));
  const members = new Map([...rules].map(([name, rule]) => [name, those((browser) => matches(rule, browser))]));
  const audiences = studies.map((study) => those((browser) => takes(study, browser)));
  const sole = (study: Published) => study.experiment.find(({ probability_weight }) => probability_weight === 100);
  const isRollout = (study: Published) => Object.keys(gives(sole(study) ?? { name: '', probability_weight: 0 })).length > 0;

  test('someone is asked for every study', () => {
    expect(everyone.length).toBeGreaterThan(2_000);
    expect(audiences.filter(({ size }) => size === 0)).toEqual([]);
  });

  test('no two studies of one name, or with a value for one key, take the same browser, so their order says nothing', () => {
    const about = studies.map((study) => new Set([study.name, ...study.experiment.flatMap((variant) => Object.keys(gives(variant)))]));
    const clashes = studies.flatMap((study, index) =>
      studies
        .slice(0, index)
        .filter((_, before) => {
          const shared = [...(about[before] ?? [])].filter((name) => about[index]?.has(name));
          return shared.length > 0 && [...(audiences[before] ?? [])].some((at) => audiences[index]?.has(at));
        })
        .map((other) => [other.name, study.name]),
    );
    expect(clashes).toEqual([]);
  });

  test('from the configs: exactly what the studies give that have one variant for everybody', () => {
    const published = everyone.map(() => new Map<string, string>());
    for (const [index, study] of studies.entries()) {
      if (!isRollout(study)) continue;
      const given = Object.entries(gives(sole(study)!));
      for (const at of audiences[index]!) for (const [name, value] of given) published[at]!.set(name, value);
    }
    const served = everyone.map(() => new Map<string, string>());
    for (const { segment, values } of configs.flatMap(({ rows }) => rows)) {
      const given = Object.entries(asPublished(values));
      for (const at of members.get(segment ?? '')!)
        for (const [name, value] of given) if (!served[at]!.has(name)) served[at]!.set(name, value);
    }
    const differ = (ours: Map<string, string>, theirs: Map<string, string>) =>
      ours.size !== theirs.size || [...ours].some(([name, value]) => theirs.get(name) !== value);
    expect(everyone.filter((_, at) => differ(served[at]!, published[at]!))).toEqual([]);
    expect(published.filter(({ size }) => size > 0).length).toBeGreaterThan(2_000);
  });

  test('from the experiments: the same variants, in the same shares, for the same browsers', () => {
    const tests = studies.filter((study) => !isRollout(study));
    expect(experiments.map(({ name }) => name).sort()).toEqual(tests.map(({ name }) => name).sort());
    for (const study of tests) {
      const carried = experiments.find(({ name }) => name === study.name)!;
      expect(members.get(carried.audience ?? '')).toEqual(audiences[studies.indexOf(study)]);
      expect(carried).toMatchObject({ traffic: 10_000, exclusive: false, status: sole(study) ? 'DRAFT' : 'RUNNING' });
      const shares = new Map(carried.variants.map(({ name, weight, values }) => [name, [weight, asPublished(values)]]));
      const added = study.experiment.every((variant) => Object.keys(gives(variant)).length > 0) ? 'No change' : undefined;
      if (added) expect(shares.get(added)).toEqual([0, {}]);
      for (const variant of study.experiment) expect(shares.get(variant.name)).toEqual([variant.probability_weight * 100, gives(variant)]);
      expect(shares.size).toBe(study.experiment.length + (added ? 1 : 0));
      expect(carried.variants.find(({ control }) => control)?.values).toEqual([]);
    }
  });
});

describe('applied to an empty project', () => {
  const context = { limits: DEFAULT_LIMITS, newId: 'one' };
  const document = readDocument(read('setup.yaml'));
  if ('errors' in document) throw new Error(JSON.stringify(document.errors));
  const command: ApplySetup = { type: 'ApplySetup', setup: document.content, prune: true };

  /** Sealed as the ledger would, with names and ids as long as they get. */
  function carried(state: ProjectState, facts: readonly Fact[]): { readonly state: ProjectState; readonly events: readonly Envelope[] } {
    const id = 'x'.repeat(36);
    const provenance = {
      actor: { id, kind: 'user' as const },
      commandId: id,
      commandHash: 'f'.repeat(64),
      correlationId: id,
      causationId: id,
    };
    const events: Envelope[] = [];
    for (const fact of facts) {
      const version = (state.versions.get(entityKey(fact.entity.kind, fact.entity.id))?.version ?? 0) + 1;
      const schemaVersion = schemaVersions.get(fact.type) ?? 0;
      const event = seal(fact, { ...provenance, projectId: 'browser', version, schemaVersion, now: Date.UTC(2026, 0, 1) }, state.head);
      events.push(event);
      state = evolve(state, event);
    }
    return { state, events };
  }

  const created = decide(EMPTY_PROJECT, 'browser', { type: 'CreateProject', id: 'browser', name: 'browser' }, context);
  if ('code' in created) throw new Error(created.message);
  const empty = carried(EMPTY_PROJECT, created).state;
  const facts = decideSetup(empty, 'browser', command, context);
  if ('code' in facts) throw new Error(facts.message);
  const { state, events } = carried(empty, facts);

  test('all of it goes in, by one append', () => {
    const bytes = events.reduce((sum, event) => sum + sizeOf(event), 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(APPEND_LIMIT);
    expect(canonicalFile(exportSetup(state))).toEqual(canonicalFile({ flags: [], goals: [], ...file }));
    expect(state.experiments.count(({ status }) => status === 'RUNNING')).toBe(11);
    expect(state.configs.every(({ status }) => status === 'LIVE')).toBe(true);
  });

  test('applied again, there is nothing to plan and nothing to write', () => {
    expect(decideSetup(state, 'browser', command, { ...context, newId: 'two' })).toEqual([]);
    expect(planSetup(state, 'browser', command, { ...context, newId: 'two' })).toMatchObject({ steps: [], obstacles: [] });
  });
});

describe('other studies', () => {
  const study = (experiment: readonly object[], filter: object = {}) =>
    JSON.stringify([{ file: 'S.json5', name: 'S', experiment, filter: { channel: ['BETA'], platform: ['IOS'], ...filter } }]);
  const on = (name: string, probability_weight: number) => ({ name, probability_weight, feature_association: { enable_feature: ['F'] } });
  const off = (name: string, probability_weight: number) => ({ name, probability_weight });

  test('with a field that this carrier does not know are refused, by where it is', () => {
    expect(() => carry(study([on('A', 1)], { locale: ['de'] }))).toThrow(/Unrecognized key: "locale"[^]*\[0\]\.filter/);
    expect(() => carry(study([on('A', 1)], { min_version: 'new' }))).toThrow(/numbers with dots[^]*filter\.min_version/);
    expect(() => carry('[')).toThrow(SyntaxError);
  });

  test('that no project could have are refused, with the line and the limit', () => {
    const many = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((name) => on(name, 1));
    expect(() => carry(study(many))).toThrow(/setup\.yaml line \d+, experiments\.0\.variants: must be 2 to 7 variants/);
    expect(() => carry(study([off('A', 0), off('B', 0)]))).toThrow(/must be above 0/);
    const both = { name: 'A', probability_weight: 1, feature_association: { enable_feature: ['F'], disable_feature: ['F'] } };
    expect(() => carry(study([both]))).toThrow('The variant "A" of S sets F twice');
  });

  test('with several variants that give nothing have one control of them all, and the page says so', () => {
    const { file, readme } = carry(study([off('None', 20), on('On', 50), off('Also none', 30)]));
    expect(file.experiments?.[0]?.variants).toEqual([
      { name: 'None', control: true, weight: 5_000, values: [] },
      { name: 'On', control: false, weight: 5_000, values: [{ key: 'F', value: true }] },
    ]);
    expect(readme).toContain('### Tests with several controls (1)');
    expect(readme).toContain('- `S`: `None`, `Also none`');
  });

  test('have weights that sum to 100 %, whatever theirs sum to, none of them a basis point from its share', () => {
    expect(basisPoints([1, 1, 1])).toEqual([3_334, 3_333, 3_333]);
    expect(basisPoints([1, 2, 4])).toEqual([1_429, 2_857, 5_714]);
    const weights = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 7 }).filter((list) => list.some((weight) => weight > 0));
    fc.assert(
      fc.property(weights, (list) => {
        const sum = list.reduce((total, weight) => total + weight, 0);
        const points = basisPoints(list);
        expect(points.reduce((total, part) => total + part, 0)).toBe(10_000);
        for (const [index, part] of points.entries()) expect(Math.abs(part - ((list[index] ?? 0) * 10_000) / sum)).toBeLessThan(1);
      }),
    );
  });
});
