import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { carry } from '../../samples/browser-studies/carry';
import type { KeyValue } from '../../src/domain/choice';
import { seal, type Envelope, type Fact } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { decide, evolve, EMPTY_PROJECT, schemaVersions } from '../../src/domain/decider';
import { entityKey, type ProjectState } from '../../src/domain/project-state';
import { sizeOf, APPEND_LIMIT } from '../../src/event-store/event-store';
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
const { keys = [], segments = [], flags = [], configs = [], experiments = [] } = file;

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
    const own = flags.flatMap(({ rows }) => rows).length;
    const shared = configs.flatMap(({ rows }) => rows).length;
    const gradual = flags.flatMap(({ rows }) => rows).filter(({ percentage }) => percentage < 10_000).length;
    const running = experiments.filter(({ status }) => status === 'RUNNING').length;
    expect([studies.length, own, gradual, shared, running, experiments.length - running]).toEqual([180, 127, 5, 43, 6, 4]);
    expect([segments.length, flags.length, configs.length]).toEqual([180, 92, 32]);
    const readme = read('README.md');
    expect(readme).toContain(
      '| studies | 180: 127 are rows of flags, 5 of them for a part of their users, 43 are rows of configs, 6 are running experiments, 4 are experiments in draft |',
    );
    expect(readme).toContain('| keys | 182: 144 features and 38 parameters |');
    expect(readme).toContain('| segments | 180 |');
    expect(readme).toContain('| flags | 92, live, with 127 rows |');
    expect(readme).toContain('| configs | 32, live, with 43 rows |');
    for (const { name, experiment, filter } of studies) {
      const hidden = experiment.filter((one) => one.probability_weight === 0 && Object.keys(gives(one)).length > 0);
      const inexact = [
        hidden.length > 0,
        'policy_restriction' in filter,
        experiment.some((one) => Object.values(gives(one)).includes('false')),
      ];
      if (inexact.includes(true)) expect(readme).toContain(`\n- \`${name}`);
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
  /** What is given to some or all, by the share of them; undefined: it is a test. */
  const rowOf = (study: Published) => {
    const weighed = study.experiment.filter(({ probability_weight }) => probability_weight > 0);
    const [row, ...others] = weighed.filter((variant) => Object.keys(gives(variant)).length > 0);
    if (row === undefined || others.length > 0) return undefined;
    return weighed.length === 1 || Object.keys(gives(row)).length === 1 ? row : undefined;
  };

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

  test('from flags and configs: exactly what the studies give that are no tests, to the published shares', () => {
    const published = everyone.map(() => new Map<string, string>());
    for (const [index, study] of studies.entries()) {
      const row = rowOf(study);
      for (const [name, value] of Object.entries(row ? gives(row) : {}))
        for (const at of audiences[index]!) published[at]!.set(name, `${value} to ${row?.probability_weight} %`);
    }
    const served = everyone.map(() => new Map<string, string>());
    const serve = (segment: string | null, values: readonly KeyValue[], percentage: number) => {
      for (const [name, value] of Object.entries(asPublished(values)))
        for (const at of members.get(segment ?? '')!)
          if (!served[at]!.has(name)) served[at]!.set(name, `${value} to ${percentage / 100} %`);
    };
    for (const { key, rows } of flags) for (const { segment, value, percentage } of rows) serve(segment, [{ key, value }], percentage);
    for (const { segment, values } of configs.flatMap(({ rows }) => rows)) serve(segment, values, 10_000);
    const differ = (ours: Map<string, string>, theirs: Map<string, string>) =>
      ours.size !== theirs.size || [...ours].some(([name, value]) => theirs.get(name) !== value);
    expect(everyone.filter((_, at) => differ(served[at]!, published[at]!))).toEqual([]);
    expect(published.filter(({ size }) => size > 0).length).toBeGreaterThan(2_000);
  });

  test('from the experiments: the same variants, in the same shares, for the same browsers', () => {
    const tests = studies.filter((study) => rowOf(study) === undefined);
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
    expect(canonicalFile(exportSetup(state))).toEqual(canonicalFile({ goals: [], ...file }));
    expect(state.experiments.count(({ status }) => status === 'RUNNING')).toBe(6);
    expect(state.flags.every(({ status }) => status === 'LIVE')).toBe(true);
    expect(state.configs.every(({ status }) => status === 'LIVE')).toBe(true);
  });

  test('applied again, there is nothing to plan and nothing to write', () => {
    expect(decideSetup(state, 'browser', command, { ...context, newId: 'two' })).toEqual([]);
    expect(planSetup(state, 'browser', command, { ...context, newId: 'two' })).toMatchObject({ steps: [], obstacles: [] });
  });
});
