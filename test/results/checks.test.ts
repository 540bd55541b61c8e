import type { CheckName } from '../../src/results/checks';
import type { Observed, ResultsInput } from '../../src/results/input';
import { resultsOf } from '../../src/results/results';
import { bought, converted, DAY_MS, exposed, PURCHASES, SOUND, STARTED_AT_MS, win } from './inputs';

const observed = (change: Partial<Observed>): Partial<ResultsInput> => ({ observed: { ...SOUND, ...change } });

test('R4: the checks come in their order, and a sound test passes all', () => {
  expect(resultsOf(win()).checks.map(({ name, status }) => [name, status])).toEqual(
    [
      'SAMPLE_RATIO',
      'USERS_IN_TWO_VARIANTS',
      'BASELINE_CHANGED',
      'CARRY_OVER',
      'SERVED_WITHOUT_STORE',
      'ASSIGNMENTS_LOST',
      'ERASED',
      'LATE',
      'TOO_FEW',
    ].map((name) => [name, 'PASSED']),
  );
});

const failing: readonly (readonly [CheckName, Partial<ResultsInput>, string])[] = [
  [
    'SAMPLE_RATIO',
    { exposed: [exposed('c', 0, 18_000), exposed('v2', 0, 17_000)] },
    'Users are not in the variants as planned (50:50): control 18000, v2 17000.',
  ],
  ['USERS_IN_TWO_VARIANTS', observed({ inTwoVariants: 1 }), '1 user seen in two variants, and left out. There should be none.'],
  [
    'BASELINE_CHANGED',
    observed({ baselineChanges: [{ revision: 41, at: '2026-03-05T10:00:00.000Z' }] }),
    'What control gives changed: revision 41 at 2026-03-05T10:00:00.000Z.',
  ],
  [
    'CARRY_OVER',
    observed({
      earlierVariants: [
        { experiment: 'e1', variant: 'blue', users: { c: 500, v2: 500 } },
        { experiment: 'e1', variant: 'red', users: { c: 900, v2: 300 } },
      ],
    }),
    'Users of variant red of the earlier test e1 are not spread over the variants as planned.',
  ],
  ['SERVED_WITHOUT_STORE', observed({ servedWithoutStore: 1_001 }), '1001 served while the user store was away, 1 % of all.'],
  ['ASSIGNMENTS_LOST', observed({ assignmentsLost: ['2026-03-05T10:00:00.000Z'] }), 'Assignments were lost at 2026-03-05T10:00:00.000Z.'],
  ['ERASED', observed({ erasedUsers: 400 }), '400 users erased since, 1.2 % of all.'],
  ['LATE', observed({ lateEvents: 200 }), '200 user events too late to count, 2 % of all.'],
  ['TOO_FEW', { atMs: STARTED_AT_MS + 6.9 * DAY_MS }, 'It has run 6 of 7 days.'],
  [
    'TOO_FEW',
    { moments: [converted('g1', 'c', 0, 40, 199), converted('g1', 'v2', 0, 40, 200)] },
    'Too few: control has 199 of 200 mature users for purchases.',
  ],
  [
    'TOO_FEW',
    { moments: [converted('g1', 'c', 0, 40, 400), converted('g1', 'v2', 0, 19, 400)] },
    'Too few: v2 has 19 of 20 users with purchases.',
  ],
  [
    'TOO_FEW',
    { moments: [converted('g1', 'c', 0, 400, 400), converted('g1', 'v2', 0, 380, 400)] },
    'Too few: control has 0 of 20 users without purchases.',
  ],
];

test.each(failing)('R4: %s fails, withholds the conclusion and hides no number', (name, change, text) => {
  const input = win(change);
  const { checks, conclusions, goals } = resultsOf(input);
  expect(checks.filter(({ status }) => status === 'FAILED')).toEqual([expect.objectContaining({ name, text })]);
  expect(conclusions).toEqual([
    { arm: 'v2', kind: 'WITHHELD', text: `Withheld for v2: ${text.slice(0, -1)}`, reasons: [text.slice(0, -1)] },
  ]);
  expect(goals[0]!.comparisons[0]!.plain).toHaveProperty('difference');
});

test('R4: a sum most of which a few users have is too few, unless many have one', () => {
  const goals = [{ ...PURCHASES, measure: 'SUM' as const }];
  const sums = (users: number, sumSquares: number): ResultsInput =>
    win({ goals, moments: ['c', 'v2'].map((arm) => ({ ...converted('g1', arm, 0, users, 17_000), sum: 4_000, sumSquares })) });
  const tooFew = (input: ResultsInput) => resultsOf(input).checks.find(({ name }) => name === 'TOO_FEW');
  // 100 users with 40 each; then the same sum as if 32 users had it; then 400 users.
  expect(tooFew(sums(100, 160_000))).toMatchObject({ status: 'PASSED' });
  expect(tooFew(sums(100, 500_000))).toMatchObject({
    status: 'FAILED',
    text: expect.stringContaining('v2 has the weight of 32 of 40 equal users for purchases'),
  });
  expect(tooFew(sums(400, 500_000))).toMatchObject({ status: 'PASSED' });
});

test.each([
  ['SERVED_WITHOUT_STORE', observed({ servedWithoutStore: 1_000 }), '1000 served while the user store was away, 1 % of all.'],
  ['ERASED', observed({ erasedUsers: 3 }), '3 users erased since, 0.0088 % of all.'],
  ['LATE', observed({ lateEvents: 100 }), '100 user events too late to count, 1 % of all.'],
  [
    'CARRY_OVER',
    observed({ earlierVariants: [{ experiment: 'e1', variant: 'blue', users: { c: 510, v2: 490 } }] }),
    '1000 users were in earlier tests of these keys, spread over the variants as planned.',
  ],
])('%s is noticed where it is small, and withholds nothing', (name, change, text) => {
  const { checks, conclusions } = resultsOf(win(change));
  expect(checks.filter(({ status }) => status !== 'PASSED')).toEqual([{ name, status: 'NOTICED', text }]);
  expect(conclusions[0]!.kind).toBe('SHIP');
});

test('a failed check withholds a loss as well, and all failed ones are named', () => {
  const { conclusions } = resultsOf(bought(4_596, 4_250, observed({ inTwoVariants: 2, erasedUsers: 9_999 })));
  expect(conclusions[0]).toMatchObject({
    kind: 'WITHHELD',
    reasons: [expect.stringContaining('2 users seen'), expect.stringContaining('erased')],
  });
});

test('before its first user a test has no numbers, and says why', () => {
  const { checks, conclusions, goals, sampleRatio } = resultsOf(win({ exposed: [], moments: [], observed: { ...SOUND, exposures: 0 } }));
  expect(sampleRatio).toEqual({ missing: 'NO_USERS' });
  expect(goals[0]!.comparisons[0]).toMatchObject({ plain: { missing: 'NO_USERS' }, adjusted: { missing: 'NO_USERS' }, correctedP: 1 });
  expect(goals[0]!.figures.map(({ figure }) => figure)).toEqual([{ missing: 'NO_USERS' }, { missing: 'NO_USERS' }]);
  expect(checks[0]).toEqual({ name: 'SAMPLE_RATIO', status: 'PASSED', text: 'No users yet.' });
  expect(conclusions[0]!.text).toContain('0 of 200 mature users');
});
