import { decideCommand, type Command } from '../../src/domain/command';
import type { Fact } from '../../src/domain/event';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { apply } from '../../src/domain/decider';
import { recall, REMEMBERED_REVISIONS } from '../../src/domain/remembered-commands';
import { ALICE, Ledger } from '../fixtures/ledger';
import { createExperiment, createFlag, createKey, createSegment, IN_MIAMI } from '../fixtures/shop';

const BOB = { id: 'bob', kind: 'service' } as const;
const describe_ = (description: string): Command => ({ type: 'EditKey', name: 'price', description });
const shop = (): Ledger => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  return ledger;
};

describe('A1', () => {
  test('A1 the same id with the same input again appends nothing', () => {
    const ledger = shop();
    const by = { commandId: 'c1' };
    expect(ledger.accept(describe_('x'), by)).toHaveLength(1);
    ledger.accept(describe_('y'));
    expect(ledger.accept(describe_('x'), by)).toEqual([]);
    expect(ledger.state.keys.get('price')?.description).toBe('y');
  });

  test('A1 what is remembered is where the command’s last event stands, and what its first was about', () => {
    const ledger = shop();
    const events = ledger.accept({ type: 'EditKey', name: 'price', description: 'x', defaultValue: 4 }, { commandId: 'c1' });
    const { commandHash, revision, hash, entity } = events[1] ?? events[0]!;
    expect(recall(ledger.state, 'alice', 'c1', commandHash)).toEqual({ commandHash, revision, hash, entity });
    const items = [
      { kind: 'key', id: 'price' },
      { kind: 'flag', id: createFlag(ledger, 'F', 'price') },
    ] as const;
    const [first, last] = ledger.accept({ type: 'ArchiveMany', items }, { commandId: 'c2' });
    expect(recall(ledger.state, 'alice', 'c2', first!.commandHash)).toMatchObject({ entity: first?.entity, revision: last?.revision });
  });

  test('A1 the same id with another input, or another reason, is refused', () => {
    const ledger = shop();
    const by = { commandId: 'c1' };
    ledger.accept(describe_('x'), by);
    expect(ledger.refuse(describe_('y'), by)).toMatchObject({ code: 'COMMAND_ID_REUSED', message: expect.stringContaining('revision 2') });
    expect(ledger.refuse(describe_('x'), { ...by, reason: 'because' })).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  test('A1 another actor’s ids are their own', () => {
    const ledger = shop();
    ledger.accept(describe_('x'), { commandId: 'c1' });
    expect(ledger.accept(describe_('y'), { commandId: 'c1', actor: BOB })).toHaveLength(1);
  });

  test('A1, A8 refusals and no-ops leave no trace and are decided anew', () => {
    const ledger = shop();
    const restore: Command = { type: 'EditKey', name: 'title', description: 'x' };
    expect(ledger.refuse(restore, { commandId: 'c1' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(ledger.accept({ type: 'RestoreKey', name: 'price' }, { commandId: 'c2' })).toEqual([]);
    createKey(ledger, 'title');
    ledger.accept({ type: 'ArchiveKey', name: 'price' });
    expect(ledger.accept(restore, { commandId: 'c1' })).toHaveLength(1);
    expect(ledger.accept({ type: 'RestoreKey', name: 'price' }, { commandId: 'c2' })).toHaveLength(1);
  });

  test('A1 a command is remembered for the last 10,000 revisions, and no longer', () => {
    const ledger = shop();
    const again = () => ledger.submit(describe_('first'), { commandId: 'c1' });
    again();
    for (let index = 1; index < REMEMBERED_REVISIONS; index += 1) ledger.accept(describe_(`${index}`));
    expect(again()).toEqual([]);
    ledger.accept(describe_('one more'));
    expect(again()).toHaveLength(1);
    expect(REMEMBERED_REVISIONS).toBe(10_000);
  });
});

describe('A2', () => {
  test('A2 an edit of what has moved is refused, with its version and who moved it when', () => {
    const ledger = shop();
    ledger.accept({ ...describe_('x'), expectedVersion: 1 } as Command, { actor: BOB });
    expect(ledger.refuse({ ...describe_('y'), expectedVersion: 1 } as Command)).toMatchObject({
      code: 'STALE',
      currentVersion: 2,
      changedBy: { id: 'bob', kind: 'service' },
      changedAt: ledger.events.at(-1)?.occurredAt,
    });
    expect(ledger.accept({ ...describe_('y'), expectedVersion: 2 } as Command)).toHaveLength(1);
  });

  test('A2 only the entity’s own events move it', () => {
    const ledger = shop();
    createKey(ledger, 'title');
    createFlag(ledger, 'F', 'price');
    expect(ledger.accept({ ...describe_('x'), expectedVersion: 1 } as Command)).toHaveLength(1);
  });

  test('A2 the setting and the project have versions too', () => {
    const ledger = shop();
    ledger.accept({ type: 'EnableExclusivity', expectedVersion: 0 });
    expect(ledger.refuse({ type: 'DisableExclusivity', expectedVersion: 0 })).toMatchObject({ code: 'STALE', currentVersion: 1 });
    expect(ledger.refuse({ type: 'EditProject', id: 'shop', name: 'X', expectedVersion: 2 })).toMatchObject({
      code: 'STALE',
      currentVersion: 1,
    });
    expect(ledger.refuse({ type: 'EditProject', id: 'other', name: 'X' })).toMatchObject({
      code: 'NOT_FOUND',
      kind: 'project',
      id: 'other',
    });
  });
});

describe('A3', () => {
  test('A3 a command that changes nothing appends nothing and succeeds', () => {
    const ledger = shop();
    const segment = createSegment(ledger, 'VIP');
    const experiment = createExperiment(ledger, 'E', ['price']);
    const { rule } = ledger.state.segments.get(segment)!;
    const { variants } = ledger.state.experiments.get(experiment)!;
    const nothing: Command[] = [
      { type: 'EditProject', id: 'shop', name: ' Shop ' },
      { type: 'EditKey', name: 'price', defaultValue: 3, description: '' },
      { type: 'EditKey', name: 'price' },
      { type: 'EditSegment', id: segment, name: 'VIP ', rule },
      { type: 'EditExperiment', id: experiment, audience: null, traffic: 10_000, variants, keys: ['price'], goals: [] },
      { type: 'RestoreKey', name: 'price' },
      { type: 'DisableExclusivity' },
    ];
    for (const command of nothing) expect(ledger.accept(command)).toEqual([]);
  });

  test('A3 a JSON default is the same whatever the order of its members', () => {
    const ledger = Ledger.started();
    createKey(ledger, 'theme', 'JSON', { a: 1, b: [1, 2] });
    expect(ledger.accept({ type: 'EditKey', name: 'theme', defaultValue: { b: [1, 2], a: 1 } })).toEqual([]);
    expect(ledger.accept({ type: 'EditKey', name: 'theme', defaultValue: { b: [2, 1], a: 1 } })).toHaveLength(1);
    expect(ledger.accept({ type: 'EditKey', name: 'theme', defaultValue: null })).toHaveLength(1);
  });
});

test('A4 fields not named are left alone, and an event holds only what changed', () => {
  const ledger = shop();
  const id = ledger.create({ type: 'CreateSegment', name: 'VIP', description: 'Old', rule: IN_MIAMI });
  const events = ledger.accept({ type: 'EditSegment', id, description: 'New' });
  expect(events).toMatchObject([{ type: 'SegmentDescribed', data: { from: 'Old', to: 'New' } }]);
  expect(ledger.state.segments.get(id)).toEqual({ id, name: 'VIP', description: 'New', rule: IN_MIAMI, archived: false });
});

test('A5 every event of a command has its actor, time, reason and ids', () => {
  const ledger = shop();
  const events = ledger.accept(
    { type: 'EditKey', name: 'price', description: 'x', defaultValue: 4 },
    { actor: BOB, commandId: 'c1', reason: 'sale' },
  );
  expect(events).toHaveLength(2);
  for (const event of events) {
    expect(event).toMatchObject({
      actor: BOB,
      reason: 'sale',
      commandId: 'c1',
      correlationId: 'c1',
      causationId: 'c1',
      occurredAt: ledger.now,
    });
    expect(event.commandHash).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(ledger.accept(describe_('y'), { actor: ALICE })[0]).not.toHaveProperty('reason');
});

test('a decision is pure: decided twice it gives equal facts, and it changes nothing it was given', () => {
  const ledger = shop();
  const segment = createSegment(ledger, 'VIP');
  const id = createFlag(ledger, 'F', 'price', { rows: [{ segment, percentage: 1, value: 4 }] });
  const commands: Command[] = [
    { type: 'EditFlag', id, name: 'G', rows: [{ segment: null, percentage: 2, value: 5 }] },
    { type: 'CloneSegment', id: segment },
    {
      type: 'ArchiveMany',
      items: [
        { kind: 'key', id: 'price' },
        { kind: 'flag', id },
      ],
    },
  ];
  for (const command of commands) {
    const decide = () => decideCommand(ledger.state, 'shop', command, { limits: DEFAULT_LIMITS, newId: 'new' }) as readonly Fact[];
    const first = decide();
    expect(first.length).toBeGreaterThan(0);
    first.reduce((state, fact, index) => apply(state, { ...fact, revision: 10 + index, occurredAt: 0 }), ledger.state);
    expect(decide()).toEqual(first);
  }
});
