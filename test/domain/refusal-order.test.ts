import { decideCommand, type Command } from '../../src/domain/command';
import { DEFAULT_LIMITS } from '../../src/domain/limits';
import { Ledger } from '../fixtures/ledger';
import { createExperiment, createFlag, createKey, MISSING } from '../fixtures/shop';

const shop = (): Ledger => {
  const ledger = Ledger.started();
  createKey(ledger, 'price');
  return ledger;
};

describe('A6', () => {
  /** On a key that is in use, so that archiving it meets a guard, and an archived one, so that editing it does. Each command has two things wrong. */
  const setUp = () => {
    const ledger = shop();
    createKey(ledger, 'old');
    createFlag(ledger, 'F', 'price');
    ledger.accept({ type: 'ArchiveKey', name: 'old' });
    ledger.accept({ type: 'EditKey', name: 'price', description: 'x' }, { commandId: 'used' });
    return ledger;
  };
  const long = 'x'.repeat(2_001);
  test.each<[string, string, Command, string | null]>([
    ['repeated before not found', 'COMMAND_ID_REUSED', { type: 'EditKey', name: MISSING }, 'used'],
    ['repeated before stale', 'COMMAND_ID_REUSED', { type: 'EditKey', name: 'price', expectedVersion: 9 }, 'used'],
    ['repeated before invalid', 'COMMAND_ID_REUSED', { type: 'EditKey', name: 'price', description: long }, 'used'],
    ['repeated before no change', 'COMMAND_ID_REUSED', { type: 'RestoreKey', name: 'price' }, 'used'],
    ['repeated before guard', 'COMMAND_ID_REUSED', { type: 'ArchiveKey', name: 'price' }, 'used'],
    ['not found before stale', 'NOT_FOUND', { type: 'EditKey', name: MISSING, expectedVersion: 9 }, null],
    ['not found before invalid', 'NOT_FOUND', { type: 'EditKey', name: MISSING, description: long }, null],
    ['not found before no change', 'NOT_FOUND', { type: 'EditKey', name: MISSING }, null],
    ['stale before invalid', 'STALE', { type: 'EditKey', name: 'price', expectedVersion: 9, description: long }, null],
    ['stale before no change', 'STALE', { type: 'RestoreKey', name: 'price', expectedVersion: 9 }, null],
    ['stale before guard', 'STALE', { type: 'ArchiveKey', name: 'price', expectedVersion: 9 }, null],
    ['invalid before no change', 'INVALID_INPUT', { type: 'EditKey', name: 'old', defaultValue: 3, description: long }, null],
    ['invalid before guard', 'INVALID_INPUT', { type: 'EditKey', name: 'old', defaultValue: 'free' }, null],
    ['no change before guard', 'none', { type: 'EditKey', name: 'old', defaultValue: 3 }, null],
    ['guard', 'ILLEGAL_STATE', { type: 'EditKey', name: 'old', defaultValue: 4 }, null],
    ['invalid before guard, on creation', 'INVALID_INPUT', { type: 'CreateFlag', name: 'F', key: 'old' }, null],
  ])('A6 %s', (_what, code, command, commandId) => {
    const outcome = setUp().submit(command, commandId === null ? {} : { commandId });
    if (code === 'none') expect(outcome).toEqual([]);
    else expect(outcome).toMatchObject({ code });
  });

  test('A6 the design of a started experiment is checked before it is refused', () => {
    const ledger = shop();
    const id = createExperiment(ledger, 'E', ['price']);
    ledger.accept({ type: 'StartExperiment', id });
    const [control, variant] = ledger.state.experiments.get(id)?.variants ?? [];
    const edit = (value: number): Command => ({
      type: 'EditExperiment',
      id,
      variants: [control!, { ...variant!, values: [{ key: 'price', value }] }],
    });
    const context = { limits: DEFAULT_LIMITS, newId: 'x' };
    expect(decideCommand(ledger.state, 'shop', edit(Infinity), context)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(ledger.refuse(edit(6))).toMatchObject({ code: 'ILLEGAL_STATE' });
    const goals = ledger.refuse({ type: 'EditExperiment', id, goals: ['g', 'g'] });
    expect(goals).toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('A6 in a project that is not there, nothing is found', () => {
    expect(new Ledger().refuse({ type: 'CreateKey', name: '', valueType: 'NUMBER', defaultValue: 3 })).toMatchObject({
      code: 'NOT_FOUND',
      kind: 'project',
      id: 'shop',
    });
  });
});
