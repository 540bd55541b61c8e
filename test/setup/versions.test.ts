import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/domain/json';
import { canonicalFile, setupContent } from '../../src/setup/canonical-file';
import type { SetupFile } from '../../src/setup/file';
import { parseSetup } from '../../src/setup/parse';
import { Ledger } from '../fixtures/ledger';
import { arbitraryFile } from './arbitrary-file';
import { applied, contentOf, planFor } from './project';

const read = (content: Json) => parseSetup(JSON.stringify(content));
const errorsOf = (content: Json): readonly string[] => {
  const parsed = read(content);
  return 'errors' in parsed ? parsed.errors.map(({ path, message }) => `${path}: ${message}`) : [];
};

/** The file as version 1 has it: every share as basis points, which are those of the file in memory. */
function versionOne(file: SetupFile): JsonObject {
  const { flags, experiments } = canonicalFile(file);
  const content = setupContent(file) as { readonly flags?: readonly JsonObject[]; readonly experiments?: readonly JsonObject[] };
  const list = (of: Json | undefined) => (of ?? []) as readonly JsonObject[];
  return {
    ...content,
    version: 1,
    ...(content.flags && {
      flags: content.flags.map((flag, at) => ({
        ...flag,
        rows: list(flag['rows']).map((row, index) => ({ ...row, percentage: flags?.[at]?.rows[index]?.percentage ?? -1 })),
      })),
    }),
    ...(content.experiments && {
      experiments: content.experiments.map((experiment, at) => ({
        ...experiment,
        traffic: experiments?.[at]?.traffic ?? -1,
        ...(experiment['roles'] !== undefined && {
          roles: list(experiment['roles']).map((role) => {
            const margin = experiments?.[at]?.goals.find(({ name }) => name === role['goal'])?.margin ?? null;
            return { ...role, ...(margin !== null && { margin }) };
          }),
        }),
        variants: list(experiment['variants']).map((variant, index) => ({
          ...variant,
          weight: experiments?.[at]?.variants[index]?.weight ?? -1,
        })),
      })),
    }),
  };
}

const key = { name: 'size', type: 'NUMBER', default: 1 };
const ONE = {
  version: 1,
  keys: [key],
  flags: [{ name: 'Bigger', key: 'size', status: 'LIVE', rows: [{ percentage: 2_929, value: 2 }, { value: 3 }] }],
  experiments: [
    {
      name: 'Huge',
      traffic: 1,
      keys: ['size'],
      variants: [
        { name: 'Control', control: true, weight: 3_333 },
        { name: 'New', weight: 6_667, values: { size: 9 } },
      ],
      status: 'RUNNING',
    },
  ],
};
const TWO = {
  ...ONE,
  version: 2,
  flags: [{ ...ONE.flags[0], rows: [{ percentage: 29.29, value: 2 }, { value: 3 }] }],
  experiments: [
    {
      ...ONE.experiments[0],
      traffic: 0.01,
      variants: [
        { name: 'Control', control: true, weight: 33.33 },
        { name: 'New', weight: 66.67, values: { size: 9 } },
      ],
    },
  ],
};

test.each([
  ['1', ONE as unknown as Json],
  ['2', TWO as unknown as Json],
])('N2 one set-up in both versions, planned against a project made by version %s: no changes', (_version, made) => {
  const ledger = Ledger.started();
  applied(ledger, made);
  for (const setup of [ONE, TWO] as unknown as Json[]) expect(planFor(ledger, setup, true)).toMatchObject({ steps: [], obstacles: [] });
  expect(contentOf(ledger)).toMatchObject({ version: 2, experiments: [{ traffic: 0.01 }] });
  const [flag] = ledger.state.flags.values();
  expect(flag?.rows.map(({ percentage }) => percentage)).toEqual([2_929, 10_000]);
});

test('N2 both versions of any set-up say the same', () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const [one, two] = [read(versionOne(file)), read(setupContent(file))];
      expect(one).toMatchObject({ file: canonicalFile(file) });
      expect('file' in two && two.file).toEqual('file' in one && one.file);
    }),
    { numRuns: 100 },
  );
});

const withShares = (version: 1 | 2, percentage: Json): Json => ({
  version,
  keys: [key],
  flags: [{ name: 'Bigger', key: 'size', rows: [{ percentage, value: 2 }] }],
  experiments: [
    {
      name: 'Huge',
      traffic: percentage,
      keys: ['size'],
      variants: [
        { name: 'Control', control: true, weight: percentage },
        { name: 'New', weight: 50, values: { size: 9 } },
      ],
    },
  ],
});
const at = (message: string) =>
  ['flags.0.rows.0.percentage', 'experiments.0.traffic', 'experiments.0.variants.0.weight'].map((path) => `${path}: ${message}`);

test.each([-1, 100.01, 2_500, 0.001, 12.345])('N2 %d is no percentage: refused in version 2', (percentage) => {
  expect(errorsOf(withShares(2, percentage))).toEqual(at('must be a percentage from 0 to 100 with at most two decimals'));
});

test.each([-1, 10_001, 12.5])('N2 %d are no basis points: refused in version 1, in its own words', (points) => {
  expect(errorsOf(withShares(1, points))).toEqual(
    at('must be a whole number of basis points from 0 to 10,000 in a file of version 1 (version 2 has percent)'),
  );
});

test('N2 weights that sum to something else are refused in both versions', () => {
  expect(errorsOf(withShares(2, 49.99))).toEqual(['experiments.0.variants: must have weights that sum to 100 %, not 99.99 %']);
  expect(errorsOf(withShares(1, 9_951))).toEqual(['experiments.0.variants: must have weights that sum to 100 %, not 100.01 %']);
});
