import type { Envelope } from '../../src/domain/event';
import { RevisionConflict, StoreUnavailable } from '../../src/event-store/event-store';
import { following, history } from '../fixtures/events';
import type { Probe } from './event-store-probe';

/** Every append resolved, or rejected with a conflict: how many did which. */
async function outcomes(appends: readonly Promise<void>[]): Promise<{ won: number; conflicts: RevisionConflict[] }> {
  const settled = await Promise.allSettled(appends);
  const reasons = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const conflicts = reasons.filter((reason) => reason instanceof RevisionConflict);
  expect(conflicts).toHaveLength(reasons.length);
  return { won: settled.length - reasons.length, conflicts };
}

export function appendContract(t: Probe): void {
  describe('expected revision', () => {
    test('of 20 parallel appends at the same revision exactly one wins', async () => {
      const id = t.project();
      const base = history(id, 2);
      await t.store.append(id, -1, base);
      const rivals = Array.from({ length: 20 }, (_, index) => following(base, 1, { note: `rival ${index}` }));
      const { won, conflicts } = await outcomes(rivals.map((events) => t.store.append(id, 1, events)));
      expect(won).toBe(1);
      expect(conflicts.map(({ projectId, expected, actual }) => ({ projectId, expected, actual }))).toEqual(
        Array.from({ length: 19 }, () => ({ projectId: id, expected: 1, actual: 2 })),
      );
      expect(await t.read(id)).toHaveLength(3);
    });

    test('of two racing creates of one project exactly one wins', async () => {
      const id = t.project();
      const [one, two] = [history(id, 1, { note: 'one' }), history(id, 2, { note: 'two' })];
      const { won } = await outcomes([t.store.append(id, -1, one), t.store.append(id, -1, two)]);
      expect(won).toBe(1);
      expect([one, two]).toContainEqual(await t.read(id));
    });

    test('a revision behind or ahead of the stream is a conflict that says where the stream is', async () => {
      const id = t.project();
      const events = history(id, 6);
      await t.store.append(id, -1, events.slice(0, 3));
      const behind = following(events.slice(0, 1), 1, { note: 'other' });
      await expect(t.store.append(id, 0, behind)).rejects.toMatchObject({ projectId: id, expected: 0, actual: 2 });
      await expect(t.store.append(id, 4, events.slice(5))).rejects.toBeInstanceOf(RevisionConflict);
      await expect(t.store.append(id, 4, events.slice(5))).rejects.toMatchObject({ expected: 4, actual: 2 });
      const stranger = t.project();
      await expect(t.store.append(stranger, 0, following(history(stranger, 1), 1))).rejects.toMatchObject({ actual: -1 });
      expect(await t.read(id)).toEqual(events.slice(0, 3));
      expect(await t.read(stranger)).toEqual([]);
    });

    test('appends in sequence that do not wait for one another all stand', async () => {
      const id = t.project();
      const events = history(id, 30);
      await t.store.append(id, -1, events.slice(0, 1));
      for (const event of events.slice(1)) await t.store.append(id, event.revision - 1, [event]);
      expect(await t.read(id)).toEqual(events);
    });
  });

  describe('all or nothing', () => {
    test('an append that conflicts in any of its events leaves none of them', async () => {
      const id = t.project();
      const events = history(id, 2);
      await t.store.append(id, -1, events);
      await expect(t.store.append(id, 0, following(events.slice(0, 1), 5, { note: 'other' }))).rejects.toBeInstanceOf(RevisionConflict);
      expect(await t.read(id)).toEqual(events);
    });

    test('one append that conflicts does not undo others of the same moment', async () => {
      const [one, two, three] = [t.project('a'), t.project('b'), t.project('c')];
      const base = history(two, 1);
      await t.store.append(two, -1, base);
      const settled = await Promise.allSettled([
        t.store.append(one, -1, history(one, 2)),
        t.store.append(two, -1, history(two, 2, { note: 'late' })),
        t.store.append(three, -1, history(three, 2)),
      ]);
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect([await t.read(one), await t.read(two), await t.read(three)]).toEqual([history(one, 2), base, history(three, 2)]);
    });

    test.each([
      ['no events', () => [-1, []] as const, /at least one event/],
      ['events of another project', () => [-1, history(t.project(), 1)] as const, /is of project/],
      ['a gap', (id: string) => [-1, [0, 2].map((at) => history(id, 3)[at] as Envelope)] as const, /revision 2 where 1 is next/],
      ['another first revision', (id: string) => [3, history(id, 1)] as const, /revision 0 where 4 is next/],
      ['a revision that is none', (id: string) => [-2, history(id, 1)] as const, /from -1 on/],
    ])('an append with %s is refused as a mistake and writes nothing', async (_, make, message) => {
      const id = t.project();
      const [expected, events] = make(id);
      const failure = await t.store.append(id, expected, events).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(RevisionConflict);
      expect(failure).not.toBeInstanceOf(StoreUnavailable);
      expect((failure as Error).message).toMatch(message);
      expect(await t.read(id)).toEqual([]);
    });

    test('an append as large as the limit is taken, a larger one refused', async () => {
      const id = t.project();
      const [plain] = history(id, 1);
      const room = t.store.appendLimitBytes - Buffer.byteLength(JSON.stringify(plain));
      await expect(t.store.append(id, -1, history(id, 1, { padding: room + 1 }))).rejects.toThrow(/above the limit/);
      expect(await t.read(id)).toEqual([]);
      const largest = history(id, 1, { padding: room });
      await t.store.append(id, -1, largest);
      expect(await t.read(id)).toEqual(largest);
    });
  });

  describe('the identical append again', () => {
    test('resolves and adds nothing, later and after others', async () => {
      const id = t.project();
      const events = history(id, 6);
      await t.store.append(id, -1, events.slice(0, 3));
      await t.store.append(id, -1, events.slice(0, 3));
      await t.store.append(id, 2, events.slice(3));
      await t.store.append(id, -1, events.slice(0, 3));
      await t.store.append(id, 0, events.slice(1, 2));
      expect(await t.read(id)).toEqual(events);
    });

    test('resolves at the same moment', async () => {
      const id = t.project();
      const events = history(id, 2);
      expect(await outcomes(Array.from({ length: 10 }, () => t.store.append(id, -1, events)))).toMatchObject({ won: 10 });
      expect(await t.read(id)).toEqual(events);
    });

    test('is a conflict if only its beginning is there, or only part of it is the same', async () => {
      const id = t.project();
      const events = history(id, 2);
      await t.store.append(id, -1, events);
      const extended = [...events, ...following(events, 1)];
      await expect(t.store.append(id, -1, extended)).rejects.toMatchObject({ expected: -1, actual: 1 });
      const forked = [...events.slice(0, 1), ...following(events.slice(0, 1), 1, { note: 'fork' })];
      await expect(t.store.append(id, -1, forked)).rejects.toBeInstanceOf(RevisionConflict);
      expect(await t.read(id)).toEqual(events);
    });
  });
}
