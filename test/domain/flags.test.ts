import type { FlagRow } from '../../src/domain/flag';
import { Ledger } from '../fixtures/ledger';
import { createFlag, createKey, createSegment, MISSING } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  return ledger;
};
const row = (value: number, more: Partial<FlagRow> = {}) => ({ segment: null, percentage: 10_000, value, ...more });
const rowsOf = (ledger: Ledger, id: string) => ledger.state.flags.get(id)?.rows ?? [];
const statusOf = (ledger: Ledger, id: string) => ledger.state.flags.get(id)?.status;

describe('E1', () => {
  test('E1 a flag is one key and an ordered list of rows, each with an id', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'VIP');
    const rows = [row(4, { segment, percentage: 2_500 }), row(5)];
    const [created] = ledger.accept({ type: 'CreateFlag', name: 'F', key: 'price', rows });
    expect(created?.data).toEqual({
      description: '',
      key: 'price',
      rows: [
        { id: 'r1', segment, percentage: 2_500, value: 4 },
        { id: 'r2', segment: null, percentage: 10_000, value: 5 },
      ],
    });
  });

  test('E1 a row keeps its id when rows are moved or changed, and an id is never given again', () => {
    const ledger = shop();
    const id = createFlag(ledger, 'F', 'price', { rows: [row(1), row(2)] });
    ledger.accept({ type: 'EditFlag', id, rows: [row(2, { id: 'r2' }), row(9, { id: 'r1' }), row(3)] });
    expect(rowsOf(ledger, id).map((each) => [each.id, each.value])).toEqual([
      ['r2', 2],
      ['r1', 9],
      ['r3', 3],
    ]);
    ledger.accept({ type: 'EditFlag', id, rows: [] });
    ledger.accept({ type: 'EditFlag', id, rows: [row(1)] });
    expect(rowsOf(ledger, id).map((each) => each.id)).toEqual(['r4']);
    for (const gone of ['r1', 'r5', '']) {
      expect(ledger.refuse({ type: 'EditFlag', id, rows: [row(1, { id: gone })] })).toMatchObject({ problems: [{ path: 'rows.0.id' }] });
    }
    const twice = [row(1, { id: 'r4' }), row(2, { id: 'r4' })];
    expect(ledger.refuse({ type: 'EditFlag', id, rows: twice })).toMatchObject({ problems: [{ path: 'rows.1.id' }] });
  });

  test('E1 the same rows again are no event', () => {
    const ledger = shop();
    const id = createFlag(ledger, 'F', 'price', { rows: [row(1), row(2)] });
    expect(ledger.accept({ type: 'EditFlag', id, rows: rowsOf(ledger, id) })).toEqual([]);
  });

  test('E1 there are at most 100 rows', () => {
    const rows = Array.from({ length: 101 }, () => row(1));
    expect(shop().refuse({ type: 'CreateFlag', name: 'F', key: 'price', rows })).toMatchObject({ problems: [{ path: 'rows' }] });
  });
});

describe('E4', () => {
  const MOVES = ['PublishFlag', 'PauseFlag', 'ResumeFlag', 'ArchiveFlag', 'RestoreFlag'] as const;
  const REACH = {
    DRAFT: [],
    LIVE: ['PublishFlag'],
    PAUSED: ['PublishFlag', 'PauseFlag'],
    ARCHIVED: ['PublishFlag', 'ArchiveFlag'],
  } as const;
  /** What follows: the new status, nothing ("-"), or a refusal ("no"). */
  const TABLE = {
    DRAFT: ['LIVE', 'no', 'no', 'ARCHIVED', '-'],
    LIVE: ['-', 'PAUSED', '-', 'ARCHIVED', '-'],
    PAUSED: ['no', '-', 'LIVE', 'ARCHIVED', '-'],
    ARCHIVED: ['no', 'no', 'no', '-', 'PAUSED'],
  } as const;
  const cases = Object.entries(TABLE).flatMap(([from, row]) => row.map((result, at) => [from, MOVES[at], result] as const));

  test.each(cases)('E4 a flag that is %s: %s gives %s', (from, move, result) => {
    const ledger = shop();
    const id = createFlag(ledger, 'F', 'price');
    for (const type of REACH[from as keyof typeof REACH]) ledger.accept({ type, id });
    expect(statusOf(ledger, id)).toBe(from);
    const outcome = ledger.submit({ type: move ?? 'PublishFlag', id });
    if (result === 'no') expect(outcome).toMatchObject({ code: 'ILLEGAL_STATE' });
    else expect(outcome).toHaveLength(result === '-' ? 0 : 1);
    expect(statusOf(ledger, id)).toBe(result === 'no' || result === '-' ? from : result);
  });

  test.each([
    [[], 'DRAFT'],
    [['PublishFlag'], 'PAUSED'],
    [['PublishFlag', 'PauseFlag'], 'PAUSED'],
  ] as const)('E4 after %j, archived and restored, a flag is %s', (moves, status) => {
    const ledger = shop();
    const id = createFlag(ledger, 'F', 'price');
    for (const type of [...moves, 'ArchiveFlag', 'RestoreFlag', 'ArchiveFlag', 'RestoreFlag'] as const) ledger.accept({ type, id });
    expect(statusOf(ledger, id)).toBe(status);
  });

  test('E4 an archived flag is not edited', () => {
    const ledger = shop();
    const id = createFlag(ledger, 'F', 'price');
    ledger.accept({ type: 'ArchiveFlag', id });
    expect(ledger.refuse({ type: 'EditFlag', id, name: 'G' })).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect(ledger.accept({ type: 'EditFlag', id, name: 'F' })).toEqual([]);
  });
});

describe('E5', () => {
  test('E5 only active keys and segments can be chosen', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'VIP');
    const id = createFlag(ledger, 'F', 'title');
    ledger.accept({ type: 'ArchiveSegment', id: segment });
    const rows = [row(1), row(1, { segment })];
    const refused = {
      code: 'INVALID_INPUT',
      problems: [{ path: 'rows.1.segment', message: expect.stringContaining('"VIP" is archived') }],
    };
    expect(ledger.refuse({ type: 'CreateFlag', name: 'G', key: 'price', rows })).toMatchObject(refused);
    expect(ledger.refuse({ type: 'EditFlag', id, rows })).toMatchObject(refused);
    expect(ledger.refuse({ type: 'CreateFlag', name: 'G', key: MISSING })).toMatchObject({ problems: [{ path: 'key' }] });
    expect(ledger.refuse({ type: 'EditFlag', id, rows: [row(1, { segment: MISSING })] })).toMatchObject({
      problems: [{ path: 'rows.0.segment', message: `there is no segment "${MISSING}" in this project` }],
    });
  });

  test('E5 a flag whose segment has been archived since cannot come back, until that is back', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'VIP');
    const id = createFlag(ledger, 'F', 'price', { rows: [row(1, { segment })] });
    ledger.accept({ type: 'ArchiveFlag', id });
    ledger.accept({ type: 'ArchiveSegment', id: segment });
    expect(ledger.refuse({ type: 'RestoreFlag', id })).toMatchObject({ code: 'ILLEGAL_STATE', message: expect.stringContaining('"VIP"') });
    expect(ledger.accept({ type: 'EditFlag', id, rows: rowsOf(ledger, id) })).toEqual([]);
    ledger.accept({ type: 'RestoreSegment', id: segment });
    ledger.accept({ type: 'RestoreFlag', id });
  });
});

test('E6 names of flags are unique among flags that are not archived', () => {
  const ledger = shop();
  const id = createFlag(ledger, 'Sale', 'price');
  const taken = { code: 'ALREADY_EXISTS', existing: { kind: 'flag', id, name: 'Sale' } };
  expect(ledger.refuse({ type: 'CreateFlag', name: ' sale', key: 'title' })).toMatchObject(taken);
  const other = createFlag(ledger, 'Other', 'title');
  expect(ledger.refuse({ type: 'EditFlag', id: other, name: 'SALE' })).toMatchObject(taken);
  ledger.accept({ type: 'ArchiveFlag', id });
  ledger.accept({ type: 'EditFlag', id: other, name: 'SALE' });
  expect(ledger.refuse({ type: 'RestoreFlag', id })).toMatchObject({ code: 'ALREADY_EXISTS', existing: { id: other } });
});

test.each([-1, 10_001, 0.5, '5000' as unknown as number])('E7 a percentage of %s is refused', (percentage) => {
  const ledger = shop();
  const id = createFlag(ledger, 'F', 'price', { rows: [row(1, { percentage: 0 })] });
  const refusal = ledger.refuse({ type: 'EditFlag', id, rows: [row(1, { percentage })] });
  expect(refusal).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'rows.0.percentage' }] });
});
