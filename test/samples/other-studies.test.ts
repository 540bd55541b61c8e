import fc from 'fast-check';
import { carry } from '../../samples/browser-studies/carry';
import { basisPoints } from '../../samples/browser-studies/shares';
import { readDocument } from '../../src/setup/document';
import { Ledger } from '../fixtures/ledger';
import { matches } from './matching';
import { takes } from './published';

/* Studies that are not in the published list, or are published otherwise another day. */

const one = (experiment: readonly object[], filter: object = {}) => ({
  file: 'S.json5',
  name: 'S',
  experiment,
  filter: { channel: ['BETA'], platform: ['IOS'], ...filter },
});
const study = (experiment: readonly object[], filter: object = {}) => JSON.stringify([one(experiment, filter)]);
const on = (name: string, probability_weight: number, ...more: string[]) => ({
  name,
  probability_weight,
  feature_association: { enable_feature: ['F', ...more] },
});
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
  const { file, readme } = carry(study([off('None', 20), on('On', 50, 'G'), off('Also none', 30)]));
  expect(file.experiments?.[0]?.variants).toEqual([
    { name: 'None', control: true, weight: 5_000, values: [] },
    {
      name: 'On',
      control: false,
      weight: 5_000,
      values: [
        { key: 'F', value: true },
        { key: 'G', value: true },
      ],
    },
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

/** Brings a project to what was carried, as `apply --prune` does. */
function applied(ledger: Ledger, { setup }: { readonly setup: string }): readonly string[] {
  const document = readDocument(setup);
  if ('errors' in document) throw new Error(JSON.stringify(document.errors));
  return ledger.accept({ type: 'ApplySetup', setup: document.content, prune: true }).map(({ type }) => type);
}

test('of one key and n % are a row of its flag with that percentage, whose segment is edited as the filter moves, and no other', () => {
  const ledger = Ledger.started();
  const rowsNow = () => [...ledger.state.flags.values()].flatMap(({ rows }) => rows);
  const first = carry(study([on('On', 15), off('Default', 85)], { min_version: '140.1' }));
  expect(first.file).toMatchObject({
    segments: [{ name: 'S' }],
    flags: [{ name: 'F', key: 'F', status: 'LIVE', rows: [{ segment: 'S', percentage: 1_500, value: true }] }],
  });
  expect([first.file.configs, first.file.experiments]).toEqual([[], []]);
  applied(ledger, first);
  const [row] = rowsNow();
  expect(applied(ledger, carry(study([on('On', 15), off('Default', 85)], { min_version: '141.2' })))).toEqual([
    'SegmentDescribed',
    'SegmentRuleChanged',
  ]);
  expect(rowsNow()).toEqual([row]);
  expect(applied(ledger, carry(study([on('On', 40), off('Default', 60)], { min_version: '141.2' })))).toEqual(['FlagRowsChanged']);
  expect(rowsNow()).toEqual([{ ...row, percentage: 4_000 }]);
  expect(applied(ledger, carry(study([on('On', 100), off('Default', 0)], { min_version: '141.2' })))).toEqual(['FlagRowsChanged']);
  expect(rowsNow()).toEqual([{ ...row, percentage: 10_000 }]);
});

test('that run go on as they are, and are another round where their design or their filter changes', () => {
  const ledger = Ledger.started();
  const statuses = () => Object.fromEntries([...ledger.state.experiments.values()].map(({ name, status }) => [name, status]));
  const arms = (weight: number) => [on('A', weight, 'G'), on('B', weight), off('Default', 100 - 2 * weight)];
  const first = carry(study(arms(10)));
  applied(ledger, first);
  expect(statuses()).toEqual({ S: 'RUNNING' });
  expect(carry(study(arms(10)), first.setup).setup).toBe(first.setup);

  const second = carry(study(arms(20)), first.setup);
  applied(ledger, second);
  expect(statuses()).toEqual({ S: 'ARCHIVED', 'S r2': 'RUNNING' });
  expect(carry(study(arms(20)), second.setup).setup).toBe(second.setup);

  const third = carry(study(arms(20), { country: ['DE'] }), second.setup);
  applied(ledger, third);
  expect(statuses()).toEqual({ S: 'ARCHIVED', 'S r2': 'ARCHIVED', 'S r3': 'RUNNING' });
  expect([...ledger.state.segments.values()]).toMatchObject([{ name: 'S', archived: false }]);
  // A draft has no users that another design would mix.
  const draft = carry(study([on('A', 0, 'G'), off('Default', 100)]));
  expect(carry(study([on('B', 0, 'G'), off('Default', 100)]), draft.setup).file.experiments).toMatchObject([{ name: 'S' }]);
});

test('of certain devices, and of one name with several audiences, are each a segment and a test of their own', () => {
  const arms = [on('A', 10, 'G'), on('B', 10), off('Default', 80)];
  const some = (filter: object) => one(arms, filter);
  const named = (...studies: object[]) => carry(JSON.stringify(studies)).file.experiments?.map(({ name, audience }) => [name, audience]);
  const { file } = carry(study(arms, { form_factor: ['TABLET', 'PHONE'] }));
  expect(file.segments).toMatchObject([
    {
      name: 'S',
      description: 'Beta on iOS (phone and tablet)',
      rule: { all: [{}, {}, { property: { name: 'device.type', values: ['PHONE', 'TABLET'] } }] },
    },
  ]);
  for (const form of ['PHONE', 'TABLET', 'DESKTOP']) {
    const browser = { channel: 'BETA', platform: 'IOS', country: 'JP', version: '140.1', form };
    expect(matches(file.segments![0]!.rule, browser)).toBe(
      takes({ ...some({ form_factor: ['TABLET', 'PHONE'] }), experiment: [] }, browser),
    );
  }
  const twice = (name: string) => [name, name];
  expect(named(some({}), some({ platform: ['MAC'] }))).toEqual([twice('S (Beta on Mac)'), twice('S (Beta on iOS)')]);
  expect(named(some({ form_factor: ['PHONE'] }), some({ form_factor: ['TABLET'] }))).toEqual([
    twice('S (Beta on iOS (phone))'),
    twice('S (Beta on iOS (tablet))'),
  ]);
  expect(named(some({ max_version: '140.*' }), some({ min_version: '141.1' }))).toEqual([
    twice('S (Beta on iOS, from 141.1)'),
    twice('S (Beta on iOS, up to 140.*)'),
  ]);
  expect(() => named(some({}), some({}))).toThrow('Two studies are named S and have one filter: nothing tells them apart.');
});
