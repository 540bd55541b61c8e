import { described } from '../../src/domain/change-words';
import { named, plainText } from '../../src/domain/text-part';
import type { Fact } from '../../src/domain/event';
import { USUAL_MEASURE } from '../../src/domain/goal';
import { sentence } from '../../src/domain/decider';

const event = (type: string, kind: string, data: object, name = 'X'): string =>
  sentence({ type, entity: { kind, id: 'x', name }, data } as unknown as Fact);

test.each([
  ['plain', '*plain*'],
  ['a*b', '*a\\*b*'],
  ['a\\', '*a\\\\*'],
  ['\\*', '*\\\\\\**'],
])('the end of the name %j can be found in a sentence', (name, text) => {
  expect(named(name)).toBe(text);
  expect(event('KeyArchived', 'key', {}, name)).toBe(`archived key ${text}`);
});

test('so can that of an event in a rule or a goal', () => {
  const rule = { did: { event: 'a*b', window: { ever: true } } };
  expect(event('SegmentRuleChanged', 'segment', { from: rule, to: rule })).toBe('changed the rule of segment *X* to: did *a\\*b* ever');
  expect(event('GoalCreated', 'goal', { event: 'a*b', filters: [], ...USUAL_MEASURE })).toBe('created goal *X*: *a\\*b*');
});

test.each([
  [{ from: '', to: 'The dark one' }, 'described key *X*: "The dark one"'],
  [{ from: 'x', to: 'Two\nlines' }, 'changed the description of key *X* to "Two lines"'],
  [{ from: 'x', to: '' }, 'removed the description of key *X*'],
])('a description %j', (data, text) => {
  expect(event('KeyDescribed', 'key', data)).toBe(text);
  expect(plainText(described('key *X*', data))).toBe(text);
});

describe('who gets what', () => {
  const row = (id: string, rest: object = {}) => ({ id, segment: null, percentage: 5_000, value: true, ...rest });
  const rows = (from: object[], to: object[]) => event('FlagRowsChanged', 'flag', { from, to });

  test.each([
    [[row('r1')], [row('r1', { percentage: 2_550 })], 'row r1 from 50 % to 25.5 %'],
    [[row('r1')], [row('r1', { value: { a: 1 }, segment: 's' })], 'row r1 for a segment and value from true to {"a":1}'],
    [[row('r1', { segment: 's' })], [row('r1', { segment: 't' })], 'row r1 for another segment'],
    [[row('r1')], [row('r2', { segment: 's' })], 'added row r2 (50 % of a segment: true), removed row r1'],
    [[row('r1'), row('r2')], [row('r2'), row('r1')], 'another order of the rows'],
  ])('from a flag', (from, to, text) => {
    expect(rows(from, to)).toBe(`changed who gets what from flag *X*: ${text}`);
  });

  test('of many changes the first are said, and how many more there are', () => {
    const many = (value: number) => Array.from({ length: 8 }, (_, index) => row(`r${index + 1}`, { value }));
    expect(rows(many(1), many(2))).toMatch(/row r5 value from 1 to 2, and 3 more changes$/);
  });

  test('from a config', () => {
    const values = (...pairs: [string, number][]) => pairs.map(([key, value]) => ({ key, value }));
    const from = { keys: ['a', 'b'], rows: [{ id: 'r1', segment: null, values: values(['a', 1], ['b', 2]) }] };
    const to = { keys: ['a', 'c'], rows: [{ id: 'r1', segment: null, values: values(['a', 9], ['c', 3]) }] };
    expect(event('ConfigRedefined', 'config', { from, to })).toBe(
      'changed who gets what from config *X*: added key *c*, removed key *b*, row r1 *a* from 1 to 9 and with *c* 3 and without *b*',
    );
  });

  test('in an experiment', () => {
    const variant = (id: string, name: string, weight: number) => ({ id, name, weight, control: id === 'v1', values: [] });
    const from = {
      audience: null,
      traffic: 1_000,
      keys: ['a'],
      goals: [],
      variants: [variant('v1', 'Control', 5_000), variant('v2', 'B', 5_000)],
    };
    const to = {
      audience: 's',
      traffic: 5_000,
      keys: ['a'],
      goals: ['g'],
      variants: [variant('v1', 'Control', 4_000), variant('v3', 'C', 6_000)],
    };
    expect(event('ExperimentRedesigned', 'experiment', { from, to })).toBe(
      'changed the design of experiment *X*: another audience, traffic from 10 % to 50 %, variant *Control* from 50 % to 40 %, added variant *C*, removed variant *B*, and 1 more change',
    );
    expect(event('ExperimentGoalsAdded', 'experiment', { goals: ['g'] })).toBe('added 1 goal to experiment *X*');
  });
});
