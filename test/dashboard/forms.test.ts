import fc from 'fast-check';
import { changed, conflicts, keepMine, merge, takeTheirs } from '../../src/dashboard/form/draft';
import { operand, operands, operandsText, operandText } from '../../src/dashboard/rule/operand';
import { readRule, type StoredRule } from '../../src/dashboard/rule/read';
import { problemsByPart, writeRule } from '../../src/dashboard/rule/write';
import { acknowledgementFor } from '../../src/dashboard/api/acknowledging';
import { problemAt } from '../../src/dashboard/api/problem';
import { readJson } from '../../src/dashboard/value/read-json';
import { equalWeights, newVariant, weightsSum } from '../../src/dashboard/pages/tests/test-fields';

describe('a form that a colleague changes meanwhile', () => {
  const base = { name: 'a', description: 'b' };

  test('follows in fields that were not touched, and lets the person decide where both changed', () => {
    const draft = { base, values: { ...base, name: 'mine' } };
    const theirs = { name: 'theirs', description: 'new' };
    const merged = merge(draft, theirs);
    expect(merged.values).toEqual({ name: 'mine', description: 'new' });
    expect(conflicts(merged, theirs)).toEqual(['name']);
    expect(changed(merged)).toEqual({ name: 'mine' });
    expect(changed(takeTheirs(merged, theirs, 'name'))).toEqual({});
    const kept = keepMine(merged, theirs, 'name');
    expect([conflicts(kept, theirs), changed(kept)]).toEqual([[], { name: 'mine' }]);
  });

  test('has nothing to decide where both say the same', () => {
    const merged = merge({ base, values: { ...base, name: 'same' } }, { ...base, name: 'same' });
    expect([conflicts(merged, { ...base, name: 'same' }), changed(merged)]).toEqual([[], {}]);
  });
});

describe('a rule in the builder', () => {
  const scalar = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));

  test('gives every operand back as it was stored', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        const stored = Object.is(value, -0) ? 0 : value;
        expect(operand(operandText(stored, 'EQUALS'), 'EQUALS')).toEqual(stored);
      }),
    );
    const values = ['a, b', 'true', 7, false, '7', 'x'];
    expect(operands(operandsText(values, 'IN'), 'IN')).toEqual(values);
  });

  test('is written as it was read', () => {
    const rule: StoredRule = {
      all: [
        { property: { name: 'geo.city', operator: 'EQUALS', value: 'New York' } },
        { not: { any: [{ did: { event: 'Buy', count: { atMost: 2, includeZero: true }, window: { lastDays: 30 } } }] } },
        {
          didNot: {
            event: 'Leave',
            window: { between: { from: '2026-01-01', to: '2026-02-01' } },
            filters: [{ name: 'n', operator: 'BETWEEN', from: 1, to: 2 }],
          },
        },
        { not: { not: { property: { name: 'x', operator: 'EXISTS' } } } },
      ],
    };
    const written = writeRule(readRule(rule)).rule as StoredRule;
    expect(written.all?.slice(0, 3)).toEqual(rule.all?.slice(0, 3));
    expect(writeRule(readRule({ property: { name: 'a', operator: 'IN', values: ['x'] } })).rule).toEqual({
      property: { name: 'a', operator: 'IN', values: ['x'] },
    });
  });

  test('shows a problem at the innermost part that it is about', () => {
    const root = readRule({
      any: [{ property: { name: 'a', operator: 'EXISTS' } }, { all: [{ did: { event: '', window: { ever: true } } }] }],
    });
    const { paths } = writeRule(root);
    const found = problemsByPart([{ path: 'rule.any[1].all[0].did.event', message: 'wrong' }], paths);
    expect([...found.values()]).toEqual([['wrong']]);
    const [, group] = root.parts;
    const leaf = group?.type === 'group' ? group.parts[0] : undefined;
    expect([...found.keys()]).toEqual([leaf?.id]);
  });
});

test('a problem of a list stands at its smallest place in the page, and at the list where no smaller place shows it', () => {
  const problems = [
    { path: 'rows[2].percentage', message: 'too large' },
    { path: 'rows[10].values[0].value', message: 'no number' },
    { path: 'rows', message: 'too many' },
  ];
  expect(problemAt(problems, 'rows.2.percentage')).toBe('too large');
  expect(problemAt(problems, 'rows.1.values')).toBeUndefined();
  expect(problemAt(problems, 'rows.10.values')).toBe('no number');
  expect(problemAt(problems, 'rows', ['rows.2.percentage', 'rows.10.values'])).toBe('too many');
  expect(problemAt(problems, 'rows', ['rows.2.percentage'])).toBe('no number');
});

test('weights made equal sum to 100 for any number of variants', () => {
  for (let count = 2; count <= 7; count += 1) {
    const variants = Array.from({ length: count }, (_, at) => newVariant(String(at)));
    expect(weightsSum(equalWeights(variants))).toBe(100);
  }
});

test('a refusal that can be acknowledged asks for what it names, besides what was acknowledged before', () => {
  const experiment = { nodeId: 'shop/experiment/b', kind: 'EXPERIMENT', name: 'B', status: 'RUNNING' } as const;
  const refused = { __typename: 'BaselineOfRunning', code: 'BASELINE_OF_RUNNING', message: '', experiments: [experiment] } as const;
  expect(acknowledgementFor(refused, { noReach: true, baselineOf: ['a'] })).toEqual({
    noReach: true,
    baselineOf: ['a', 'shop/experiment/b'],
  });
  expect(acknowledgementFor({ __typename: 'NoReach', code: 'NO_REACH', message: '' })).toEqual({ noReach: true });
  expect(acknowledgementFor({ __typename: 'InUse', code: 'IN_USE', message: '' })).toBeUndefined();
});

describe('JSON that is typed', () => {
  test('is read, or said to be none from the very line and column where it stops to be', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, seed) => {
        const lines = JSON.stringify({ value }, null, 2).split('\n');
        expect(readJson(lines.join('\n'))).toEqual({ value: JSON.parse(lines.join('\n')) });
        const line = seed % (lines.length + 1);
        const wrong = [...lines.slice(0, line), '  ;', ...lines.slice(line)].join('\n');
        expect(readJson(wrong)).toEqual({ problem: `This is not JSON: see line ${line + 1}, column 3.` });
      }),
    );
  });

  test('is said to be none wherever a browser says so, and nowhere else', () => {
    const texts = ['01', '1.', '"\t"', '"\\x"', '[1,]', '{"a":1,}', '{a:1}', "'a'", 'nul', '1 2', '\u00a01', '[1 2]'];
    for (const text of texts)
      expect(readJson(text)).toEqual({ problem: expect.stringMatching(/^This is not JSON: see line 1, column \d+/) });
    for (const text of ['', ' ', '[', '{"a"', '{"a":', '[1,', '['.repeat(500)]) {
      expect(readJson(text)).toEqual({ problem: expect.stringContaining('something is missing at its end') });
    }
  });
});
