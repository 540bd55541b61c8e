import type { Analysis, MeasuredGoal, ResultsInput } from '../../src/results/input';
import { resultsOf } from '../../src/results/results';
import { ARMS, bought, converted, DAY_MS, dayOf, exposed, PURCHASES, SOUND, STARTED_AT_MS, win } from './inputs';

const conclusionOf = (input: ResultsInput, arm = 'v2') => resultsOf(input).conclusions.find((each) => each.arm === arm)!;
const REFUNDS: MeasuredGoal = { ...PURCHASES, id: 'g2', name: 'refunds', role: 'GUARDRAIL', direction: 'LOWER', margin: 1_000 };

/** The win with a guardrail that so many users of v2 hit, beside 1,700 of control. */
const guardedWin = (refunds: number, change: Partial<ResultsInput> = {}): ResultsInput =>
  win({
    goals: [PURCHASES, REFUNDS],
    moments: [...win().moments, converted('g2', 'c', 0, 1_700, 17_000), converted('g2', 'v2', 0, refunds, 17_000)],
    ...change,
  });

const analysis = (change: Partial<Analysis>): Analysis => ({ ...win().analysis, ...change });

test('a win is shipped, with its interval, its guardrails and its day', () => {
  expect(conclusionOf(guardedWin(1_700))).toEqual({
    arm: 'v2',
    kind: 'SHIP',
    text: 'Ship v2: purchases +8.1 % (95 % 2.3 to 14.4), no guardrail hurt, day 12',
    reasons: ['purchases +8.1 % (95 % 2.3 to 14.4)', 'no guardrail hurt'],
  });
});

test('R2: each estimate has interval, method and numbers of users', () => {
  const { goals } = resultsOf(guardedWin(1_700));
  for (const { figures, comparisons } of goals) {
    for (const { figure } of figures) {
      expect(figure).toMatchObject({
        method: 'WILSON',
        confidence: 0.95,
        users: 17_000,
        low: expect.any(Number),
        high: expect.any(Number),
      });
    }
    for (const { plain, adjusted } of comparisons) {
      const complete = { controlUsers: 17_000, variantUsers: 17_000, confidence: 0.95, low: expect.any(Number), high: expect.any(Number) };
      expect(plain).toMatchObject({ method: 'CONFIDENCE_SEQUENCE', cuped: false, ...complete });
      expect(adjusted).toMatchObject({ method: 'CONFIDENCE_SEQUENCE', cuped: true, ...complete });
    }
  }
});

test.each([
  ['the primary goal', bought(4_596, 4_250), /^Do not ship v2: purchases -7\.5 % \(95 % -12\.6 to -2\.2\), day 12$/],
  ['a guardrail, whatever the primary goal says', guardedWin(2_400), /^Do not ship v2: refunds \+41\.2 % \(95 % .*\), day 12$/],
])('a variant that hurts %s is not to be shipped', (_, input, text) => {
  expect(conclusionOf(input)).toMatchObject({ kind: 'HURTS', text: expect.stringMatching(text) });
});

test('a win waits for a guardrail that may be hurt', () => {
  const { kind, text } = conclusionOf(guardedWin(1_850));
  expect(kind).toBe('NOT_YET');
  expect(text).toBe('Not yet for v2: purchases +8.1 % (95 % 2.3 to 14.4), whether refunds is hurt is not known, day 12');
});

test('no difference is not yet one, and inconclusive when all is over', () => {
  const nothing = bought(4_250, 4_260);
  expect(conclusionOf(nothing)).toMatchObject({ kind: 'NOT_YET', text: 'Not yet for v2: purchases +0.2 % (95 % -5.3 to 6.1), day 12' });
  const horizon = { ...nothing, analysis: analysis({ horizonDays: 10 }) };
  expect(conclusionOf(horizon)).toMatchObject({
    kind: 'INCONCLUSIVE',
    text: expect.stringMatching(/^Inconclusive for v2: purchases \+0\.2 %/),
  });
  // The window of the last user has to close first.
  expect(conclusionOf({ ...horizon, atMs: Date.parse(`${dayOf(10)}T23:59:59Z`) }).kind).toBe('NOT_YET');
  expect(conclusionOf({ ...horizon, atMs: Date.parse(`${dayOf(11)}T00:00:00Z`) }).kind).toBe('INCONCLUSIVE');
  expect(conclusionOf({ ...nothing, endedAtMs: STARTED_AT_MS + 9 * DAY_MS }).kind).toBe('INCONCLUSIVE');
});

test('a loss and a win are found at the horizon too', () => {
  const over = { analysis: analysis({ horizonDays: 10 }) };
  expect(conclusionOf(win(over)).kind).toBe('SHIP');
  expect(conclusionOf(bought(4_596, 4_250, over)).kind).toBe('HURTS');
});

test('the direction of the goal says what is better', () => {
  expect(conclusionOf(win({ goals: [{ ...PURCHASES, direction: 'LOWER' }] })).kind).toBe('HURTS');
  expect(conclusionOf(bought(4_596, 4_250, { goals: [{ ...PURCHASES, direction: 'LOWER' }] })).kind).toBe('SHIP');
});

describe('a fixed test', () => {
  const fixed = (change: Partial<ResultsInput> = {}): ResultsInput =>
    win({ analysis: analysis({ method: 'FIXED', horizonDays: 10 }), ...change });

  test('is concluded once, after the last window has closed', () => {
    const early = conclusionOf(fixed({ atMs: Date.parse(`${dayOf(11)}T00:00:00Z`) - 1 }));
    expect(early).toMatchObject({ kind: 'NOT_YET', reasons: [`a fixed test is judged once, at ${dayOf(11)}T00:00:00.000Z`] });
    expect(conclusionOf(fixed())).toMatchObject({ kind: 'SHIP', text: 'Ship v2: purchases +8.1 % (95 % 4.3 to 12.1), day 12' });
  });

  test('counts no user who came after the horizon', () => {
    const late = [converted('g1', 'c', 10, 1_000, 1_000), converted('g1', 'v2', 10, 0, 1_000)];
    const more = fixed({ moments: [...fixed().moments, ...late] });
    expect(resultsOf(more).goals).toEqual(resultsOf(fixed()).goals);
    expect(resultsOf({ ...more, analysis: win().analysis }).goals).not.toEqual(resultsOf(win()).goals);
  });

  test('is not judged by what it showed when it was stopped before', () => {
    const stopped = conclusionOf(fixed({ endedAtMs: STARTED_AT_MS + 8 * DAY_MS }));
    expect(stopped).toMatchObject({ kind: 'INCONCLUSIVE', text: expect.stringContaining('stopped before the horizon') });
  });

  test('says so if it has no horizon', () => {
    expect(conclusionOf(fixed({ analysis: analysis({ method: 'FIXED' }) })).text).toContain('this one has none');
  });

  test('compares means by Welch', () => {
    const goals = [{ ...PURCHASES, measure: 'COUNT' as const }];
    expect(resultsOf(fixed({ goals })).goals[0]!.comparisons[0]!.plain).toMatchObject({ method: 'WELCH' });
    expect(resultsOf(fixed()).goals[0]!.comparisons[0]!.plain).toMatchObject({ method: 'NEWCOMBE' });
  });
});

describe('several statements', () => {
  const arms = [...ARMS, { id: 'v3', name: 'v3', control: false, weight: 5_000 }].map((arm) => ({ ...arm, weight: 3_333 }));
  arms[0]!.weight = 3_334;
  const goals: readonly MeasuredGoal[] = [PURCHASES, { ...PURCHASES, id: 'g2', name: 'visits' }];
  const three = (counts: readonly (readonly [goal: string, arm: string, of: number])[]): ResultsInput =>
    win({
      arms,
      goals,
      exposed: arms.map(({ id }) => exposed(id, 0, 17_000)),
      moments: counts.map(([goal, arm, of]) => converted(goal, arm, 0, of, 17_000)),
    });
  const counts = [
    ['g1', 'c', 4_250],
    ['g1', 'v2', 4_650],
    ['g1', 'v3', 4_300],
    ['g2', 'c', 4_250],
    ['g2', 'v2', 4_260],
    ['g2', 'v3', 4_250],
  ] as const;

  test('share alpha: p-values by Holm, intervals at alpha over their number', () => {
    const { hypotheses, goals: found } = resultsOf(three(counts));
    expect(hypotheses).toBe(4);
    const [first] = found[0]!.comparisons;
    expect(first).toMatchObject({ correction: 'HOLM', plain: { confidence: 1 - 0.05 / 4 } });
    const { plain, correctedP } = first!;
    expect(correctedP).toBeCloseTo(4 * (plain as { p: number }).p, 12);
  });

  test('are concluded on one by one', () => {
    const { conclusions } = resultsOf(three(counts));
    expect(conclusions.map(({ arm, kind }) => [arm, kind])).toEqual([
      ['v2', 'SHIP'],
      ['v3', 'NOT_YET'],
    ]);
    expect(conclusions[0]!.text).toMatch(/^Ship v2: purchases \+9\.4 % \(98\.8 % /);
  });

  test('a goal with too few conversions cannot decide, and leaves the others what was planned', () => {
    const rare = three(counts.map(([goal, arm, of]) => [goal, arm, goal === 'g2' ? 10 : of]));
    const { checks, conclusions, hypotheses } = resultsOf(rare);
    expect(hypotheses).toBe(4);
    expect(conclusions[0]!.kind).toBe('SHIP');
    expect(checks.find(({ name }) => name === 'TOO_FEW')).toMatchObject({
      status: 'NOTICED',
      text: expect.stringContaining('v2 has 10 of 20 users with visits'),
    });
  });
});

describe('goals that do not decide', () => {
  const large = [converted('g2', 'c', 0, 4_000, 17_000), converted('g2', 'v2', 0, 2_000, 17_000)];
  test.each([
    ['a secondary one', { role: 'SECONDARY' as const }],
    ['one that was added after the start', { role: 'PRIMARY' as const, addedLater: true }],
    ['a guardrail that was added after the start', { role: 'GUARDRAIL' as const, addedLater: true, margin: 100 }],
  ])('%s', (_, change) => {
    const other = { ...PURCHASES, id: 'g2', name: 'visits', ...change };
    const input = win({ goals: [PURCHASES, other], moments: [...win().moments, ...large] });
    expect(conclusionOf(input).text).toBe('Ship v2: purchases +8.1 % (95 % 2.3 to 14.4), day 12');
    const [comparison] = resultsOf(input).goals[1]!.comparisons;
    expect(comparison).toMatchObject({ correction: 'BENJAMINI_HOCHBERG', correctedP: expect.any(Number) });
    expect(comparison).not.toHaveProperty('guarded');
  });

  test('without a primary goal nothing is concluded', () => {
    expect(conclusionOf(win({ goals: [{ ...PURCHASES, role: 'SECONDARY' }] })).text).toContain('no primary goal');
    expect(conclusionOf(win({ goals: [], moments: [] })).kind).toBe('WITHHELD');
  });
});

test('the time before decides where it was frozen in the analysis, and stands beside where it was not', () => {
  // Anyone who bought before buys again; nothing else differs.
  const paired = win().moments.map((row) => ({ ...row, preSum: row.sum, preSumSquares: row.sum, product: row.sum }));
  const plain = conclusionOf(win({ moments: paired }));
  expect(plain.kind).toBe('SHIP');
  const adjusted = resultsOf(win({ moments: paired, analysis: analysis({ cuped: true }) }));
  expect(adjusted.conclusions[0]!.kind).not.toBe('SHIP');
  const [{ deciding, adjusted: own, plain: beside }] = adjusted.goals[0]!.comparisons as [(typeof adjusted.goals)[0]['comparisons'][0]];
  expect(deciding).toBe(own);
  expect(beside).toEqual(resultsOf(win()).goals[0]!.comparisons[0]!.plain);
});

test('the held-out group stands beside control, in no check and no conclusion', () => {
  const holdout = { id: 'holdout', name: 'Held out' };
  const row = converted('g1', 'holdout', 0, 1, 50);
  const input = win({ holdout, exposed: [...win().exposed, exposed('holdout', 0, 50)], moments: [...win().moments, row] });
  const [with_, without] = [resultsOf(input), resultsOf(win())];
  expect(with_.goals[0]!.figures.map(({ arm }) => arm)).toEqual(['c', 'v2', 'holdout']);
  expect(with_.goals[0]!.figures[2]!.figure).toMatchObject({ users: 50, converted: 1, mean: 0.02 });
  expect([with_.checks, with_.conclusions, with_.sampleRatio]).toEqual([without.checks, without.conclusions, without.sampleRatio]);
});

test.each([
  ['an arm that the test does not have', { exposed: [exposed('v9', 0, 1)] }, 'no arm "v9"'],
  ['a goal that the test does not have', { moments: [converted('g9', 'c', 0, 1, 2)] }, 'no goal "g9"'],
  ['no control', { arms: [ARMS[1]!] }, 'one control'],
])('an input with %s is refused', (_, change, message) => {
  expect(() => resultsOf(win({ observed: SOUND, ...change }))).toThrow(message);
});
