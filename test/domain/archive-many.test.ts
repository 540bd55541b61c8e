import type { ArchiveItem } from '../../src/domain/archive-many';
import { Ledger } from '../fixtures/ledger';
import { createConfig, createExperiment, createFlag, createGoal, createKey, createSegment } from '../fixtures/shop';

const shop = () => {
  const ledger = Ledger.started();
  for (const name of ['price', 'title']) createKey(ledger, name);
  const segment = createSegment(ledger, 'VIP');
  const goal = createGoal(ledger, 'Sale');
  const flag = createFlag(ledger, 'F', 'price', { rows: [{ segment, percentage: 1, value: 4 }] });
  const config = createConfig(ledger, 'C', ['price']);
  const experiment = createExperiment(ledger, 'E', ['price'], { audience: segment, goals: [goal] });
  const many = (...items: ArchiveItem[]) => ({ type: 'ArchiveMany', items }) as const;
  return { ledger, segment, goal, flag, config, experiment, many };
};
const archived = (events: readonly { readonly type: string; readonly entity: { readonly id: string } }[]) =>
  events.map(({ type, entity }) => `${type} ${entity.id}`);

test('usages go before what they use, however they are listed', () => {
  const { ledger, segment, goal, flag, config, experiment, many } = shop();
  const events = ledger.accept(
    many(
      { kind: 'key', id: 'price' },
      { kind: 'segment', id: segment },
      { kind: 'goal', id: goal },
      { kind: 'config', id: config },
      { kind: 'flag', id: flag },
      { kind: 'experiment', id: experiment },
    ),
  );
  expect(archived(events)).toEqual([
    `ExperimentArchived ${experiment}`,
    `FlagArchived ${flag}`,
    `ConfigArchived ${config}`,
    `GoalArchived ${goal}`,
    `SegmentArchived ${segment}`,
    'KeyArchived price',
  ]);
  expect(new Set(events.map(({ commandId }) => commandId)).size).toBe(1);
});

test('K5, S5 and G2 guard each item: all or none, and the refusal lists every usage of any of them', () => {
  const { ledger, segment, flag, config, experiment, many } = shop();
  const before = ledger.state;
  const refusal = ledger.refuse(
    many({ kind: 'key', id: 'title' }, { kind: 'flag', id: flag }, { kind: 'key', id: 'price' }, { kind: 'segment', id: segment }),
  );
  expect(refusal).toMatchObject({ code: 'IN_USE', message: expect.stringMatching(/^Nothing was archived\. /) });
  expect(refusal).toMatchObject({
    usages: [
      { kind: 'experiment', id: experiment },
      { kind: 'config', id: config },
    ],
  });
  expect(ledger.state).toBe(before);
});

test('A3 items that are archived already change nothing, nor does one listed twice', () => {
  const { ledger, many } = shop();
  const title = { kind: 'key', id: 'title' } as const;
  expect(archived(ledger.accept(many(title, title)))).toEqual(['KeyArchived title']);
  expect(ledger.accept(many(title))).toEqual([]);
});

test('A6 over all items: not found, then stale, then the guards', () => {
  const { ledger, experiment, many } = shop();
  ledger.accept({ type: 'StartExperiment', id: experiment });
  const inUse = { kind: 'key', id: 'price' } as const;
  const running = { kind: 'experiment', id: experiment } as const;
  const stale = { kind: 'key', id: 'title', expectedVersion: 7 } as const;
  const missing = { kind: 'key', id: 'nothing' } as const;
  expect(ledger.refuse(many(inUse))).toMatchObject({ code: 'IN_USE' });
  expect(ledger.refuse(many(inUse, running))).toMatchObject({ code: 'ILLEGAL_STATE' });
  expect(ledger.refuse(many(inUse, running, stale))).toMatchObject({ code: 'STALE', currentVersion: 1 });
  const refusal = ledger.refuse(many(inUse, running, stale, missing));
  expect(refusal).toMatchObject({ code: 'NOT_FOUND', kind: 'key', id: 'nothing', message: expect.stringContaining('key "nothing"') });
});

test.each([0, 101])('%i items are refused: one command has 1 to 100', (count) => {
  const items = Array.from({ length: count }, () => ({ kind: 'key', id: 'title' }) as const);
  expect(shop().ledger.refuse({ type: 'ArchiveMany', items })).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: 'items' }] });
  expect(new Ledger().refuse({ type: 'ArchiveMany', items })).toMatchObject({ code: 'NOT_FOUND', kind: 'project' });
});
