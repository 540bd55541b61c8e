import type { Rule } from '../../src/domain/rule';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createKey, createSegment, IN_MIAMI, IN_NEW_YORK } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  return ledger;
};
const nameOf = (ledger: Ledger, id: string) => ledger.state.segments.get(id)?.name;

describe('S1', () => {
  test.each([
    ['VIP', ' vip '],
    ['Café', 'CAFE\u0301'],
    ['Straße', 'STRASSE'],
  ])('S1 %j and %j are one name', (first, second) => {
    const ledger = shop();
    const id = createSegment(ledger, first);
    const other = createSegment(ledger, 'Other');
    const taken = { code: 'ALREADY_EXISTS', existing: { kind: 'segment', id, name: first } };
    expect(ledger.refuse({ type: 'CreateSegment', name: second, rule: IN_MIAMI })).toMatchObject(taken);
    expect(ledger.refuse({ type: 'EditSegment', id: other, name: second })).toMatchObject(taken);
    expect(ledger.refuse({ type: 'CloneSegment', id: other, name: second })).toMatchObject(taken);
  });

  test('S1 a name can change, also only in its case, and the old one is free again', () => {
    const ledger = shop();
    const id = createSegment(ledger, 'VIP');
    ledger.accept({ type: 'EditSegment', id, name: 'vip' });
    const [renamed] = ledger.accept({ type: 'EditSegment', id, name: 'Regulars' });
    expect(renamed).toMatchObject({ type: 'SegmentRenamed', entity: { id, name: 'Regulars' }, data: { from: 'vip', to: 'Regulars' } });
    expect(createSegment(ledger, 'VIP')).not.toBe(id);
  });

  test('S1 an archived segment gives its name up, and must find it free to come back', () => {
    const ledger = shop();
    const first = createSegment(ledger, 'VIP');
    ledger.accept({ type: 'ArchiveSegment', id: first });
    const second = createSegment(ledger, 'vip');
    expect(ledger.refuse({ type: 'RestoreSegment', id: first })).toMatchObject({ code: 'ALREADY_EXISTS', existing: { id: second } });
    ledger.accept({ type: 'EditSegment', id: second, name: 'Regulars' });
    ledger.accept({ type: 'RestoreSegment', id: first });
    expect([nameOf(ledger, first), nameOf(ledger, second)]).toEqual(['VIP', 'Regulars']);
  });
});

describe('S2', () => {
  const nest = (levels: number): Rule => (levels === 1 ? IN_NEW_YORK : { not: nest(levels - 1) });
  const leaves = (count: number): Rule => ({ any: Array.from({ length: count }, () => IN_NEW_YORK) });

  test('S2 a rule is nested at most 8 deep, with at most 200 leaves', () => {
    const ledger = shop();
    createSegment(ledger, 'Deep', nest(8));
    createSegment(ledger, 'Wide', leaves(200));
    for (const rule of [nest(9), leaves(201)]) {
      const refusal = ledger.refuse({ type: 'CreateSegment', name: 'More', rule });
      expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: expect.stringMatching(/^rule/) }] });
    }
  });

  test('S2 a behaviour always says its window, and is refused without', () => {
    const rule = { did: { event: 'Purchase' } } as unknown as Rule;
    expect(shop().refuse({ type: 'CreateSegment', name: 'Buyers', rule })).toMatchObject({ problems: [{ path: 'rule.did.window' }] });
  });

  test('S2 a rule is stored without what says no more than its absence', () => {
    const ledger = shop();
    const rule: Rule = { did: { event: 'Purchase', count: { atLeast: 1 }, window: { lastDays: 30 }, filters: [] } };
    const id = createSegment(ledger, 'Buyers', rule);
    expect(ledger.state.segments.get(id)?.rule).toEqual({ did: { event: 'Purchase', window: { lastDays: 30 } } });
    expect(ledger.accept({ type: 'EditSegment', id, rule })).toEqual([]);
  });
});

test('S3 a rule can be edited while in use, and a running experiment keeps the one it started with', () => {
  const ledger = shop();
  const audience = createSegment(ledger, 'New York');
  createFlag(ledger, 'F', 'price', { rows: [{ segment: audience, percentage: 10_000, value: 4 }] });
  ledger.accept({ type: 'EditSegment', id: audience, description: 'Version 2' });
  const id = createExperiment(ledger, 'E', ['price'], { audience });
  const [started] = ledger.accept({ type: 'StartExperiment', id });
  expect(started?.data).toMatchObject({ audience: { segment: audience, name: 'New York', version: 2, rule: IN_NEW_YORK } });
  const [changed] = ledger.accept({ type: 'EditSegment', id: audience, rule: IN_MIAMI });
  expect(changed).toMatchObject({ type: 'SegmentRuleChanged', data: { from: IN_NEW_YORK, to: IN_MIAMI } });
  expect(ledger.state.experiments.get(id)?.started?.audience?.rule).toEqual(IN_NEW_YORK);
});

describe('S4', () => {
  test('S4 a clone is a copy with an id of its own, no usages, and an event that can be read alone', () => {
    const ledger = shop();
    const source = ledger.create({ type: 'CreateSegment', name: 'New York', description: 'East', rule: IN_NEW_YORK });
    createFlag(ledger, 'F', 'price', { rows: [{ segment: source, percentage: 1, value: 4 }] });
    ledger.accept({ type: 'EditSegment', id: source, rule: IN_MIAMI });
    const [cloned] = ledger.accept({ type: 'CloneSegment', id: source, name: ' Miami ' });
    expect(cloned).toMatchObject({
      type: 'SegmentCloned',
      version: 1,
      entity: { kind: 'segment', name: 'Miami' },
      data: { source: { id: source, name: 'New York', version: 2 }, description: 'East', rule: IN_MIAMI },
    });
    expect(cloned?.entity.id).not.toBe(source);
    expect(ledger.accept({ type: 'ArchiveSegment', id: cloned?.entity.id ?? '' })).toHaveLength(1);
  });

  test('S4 an edit of either leaves the other alone', () => {
    const ledger = shop();
    const source = createSegment(ledger, 'New York');
    const clone = ledger.create({ type: 'CloneSegment', id: source });
    ledger.accept({ type: 'EditSegment', id: clone, rule: IN_MIAMI });
    expect(ledger.state.segments.get(source)?.rule).toEqual(IN_NEW_YORK);
    ledger.accept({ type: 'EditSegment', id: source, rule: { not: IN_NEW_YORK } });
    expect(ledger.state.segments.get(clone)?.rule).toEqual(IN_MIAMI);
  });

  test('S4 names are "(copy)", "(copy 2)", ..., the first that is free', () => {
    const ledger = shop();
    const id = createSegment(ledger, 'VIP');
    const clone = () => nameOf(ledger, ledger.create({ type: 'CloneSegment', id }));
    createSegment(ledger, 'vip (COPY 2)');
    expect([clone(), clone(), clone()]).toEqual(['VIP (copy)', 'VIP (copy 3)', 'VIP (copy 4)']);
  });

  test.each(['x'.repeat(120), '👍'.repeat(120), `${'x'.repeat(112)} ${'y'.repeat(7)}`, 'é'.repeat(114)])(
    'S4 the name of a clone of %j stays within 120 characters, and is one that could be given',
    (name) => {
      const ledger = shop();
      const id = createSegment(ledger, name);
      for (let copy = 1; copy <= 11; copy += 1) {
        const given = nameOf(ledger, ledger.create({ type: 'CloneSegment', id })) ?? '';
        expect([...given].length).toBeLessThanOrEqual(120);
        expect(given).toMatch(copy === 1 ? /\S \(copy\)$/ : new RegExp(`\\S \\(copy ${copy}\\)$`));
        expect(given).toBe(given.normalize('NFC').trim());
      }
    },
  );
});

describe('S5', () => {
  test('S5 a segment in use cannot be archived, and the refusal lists every usage', () => {
    const ledger = shop();
    createKey(ledger, 'title');
    const segment = createSegment(ledger, 'New York');
    const row = { segment, percentage: 10_000, value: 4 };
    const flag = createFlag(ledger, 'F', 'price', { rows: [row, row] });
    const config = createConfig(ledger, 'C', ['title'], { rows: [{ segment, values: [{ key: 'title', value: 1 }] }] });
    const experiment = createExperiment(ledger, 'E', ['title'], { audience: segment });
    ledger.accept({ type: 'StartExperiment', id: experiment });
    ledger.accept({ type: 'RollOutExperiment', id: experiment, variant: 'v2' });
    expect(ledger.refuse({ type: 'ArchiveSegment', id: segment })).toMatchObject({
      code: 'IN_USE',
      usages: [
        { kind: 'flag', id: flag, name: 'F', status: 'DRAFT' },
        { kind: 'config', id: config, name: 'C', status: 'DRAFT' },
        { kind: 'experiment', id: experiment, name: 'E', status: 'ROLLED_OUT' },
      ],
    });
  });

  test('S5 taken out of its usages it can be archived, and restored as it was', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'New York');
    const before = ledger.state.segments.get(segment);
    const flag = createFlag(ledger, 'F', 'price', { rows: [{ segment, percentage: 1, value: 4 }] });
    ledger.accept({ type: 'EditFlag', id: flag, rows: [] });
    ledger.accept({ type: 'ArchiveSegment', id: segment });
    expect(ledger.refuse({ type: 'EditSegment', id: segment, name: 'NYC' })).toMatchObject({ code: 'ILLEGAL_STATE' });
    ledger.accept({ type: 'RestoreSegment', id: segment });
    expect(ledger.state.segments.get(segment)).toEqual(before);
  });

  test('S5 segments that are archived do not count against the limit, and a restore does', () => {
    const ledger = Ledger.started({ segments: 1 });
    const first = createSegment(ledger, 'A');
    const full = { code: 'LIMIT_REACHED', limit: 1 };
    expect(ledger.refuse({ type: 'CloneSegment', id: first })).toMatchObject(full);
    ledger.accept({ type: 'ArchiveSegment', id: first });
    createSegment(ledger, 'B');
    expect(ledger.refuse({ type: 'RestoreSegment', id: first })).toMatchObject(full);
  });
});
