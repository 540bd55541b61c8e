import fc from 'fast-check';
import type { Envelope } from '../../src/domain/event';
import { following, history } from '../fixtures/events';
import type { Probe } from './event-store-probe';

interface Attempt {
  readonly kind: 'next' | 'again' | 'longer' | 'fork' | 'ahead' | 'none';
  readonly count: number;
  /** Where in the stream the attempt begins, of a thousand. */
  readonly at: number;
}

/** What an attempt appends to a stream that is this list, and whether it must be stored. */
function plan({ kind, count, at }: Attempt, id: string, list: readonly Envelope[]): { events: Envelope[]; stands: boolean } {
  const begin = Math.floor((list.length * at) / 1000);
  const prefix = list.slice(0, begin);
  const after = (base: readonly Envelope[], note: string) =>
    base.length === 0 ? history(id, count, { note }) : following(base, count, { note });
  if (kind === 'next' || list.length === 0) return { events: after(list, ''), stands: true };
  if (kind === 'again') return { events: list.slice(begin, begin + count), stands: true };
  if (kind === 'longer') return { events: [...list.slice(begin), ...after(list, '')], stands: false };
  if (kind === 'fork') return { events: after(prefix, 'fork'), stands: false };
  return { events: following(history(id, list.length + 1, { note: 'never' }), count), stands: false };
}

export function modelContract(t: Probe): void {
  test('under random appends it is the plain model: a list for each project', async () => {
    const attempt = fc.record({
      kind: fc.constantFrom<Attempt['kind'][]>('next', 'next', 'again', 'longer', 'fork', 'ahead', 'none'),
      count: fc.integer({ min: 1, max: 4 }),
      at: fc.nat(999),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(attempt, attempt, attempt), { maxLength: 12 }), async (rounds) => {
        const start = await t.end();
        const model = new Map<string, Envelope[]>([t.project(), t.project(), t.project()].map((id) => [id, []]));
        for (const round of rounds) {
          // One attempt for each project, all at the same moment.
          await Promise.all(
            [...model].map(async ([id, list], index) => {
              const attempt = round[index] as Attempt;
              if (attempt.kind === 'none') return;
              const { events, stands } = plan(attempt, id, list);
              const expected = (events[0] as Envelope).revision - 1;
              const append = t.store.append(id, expected, events);
              if (!stands) return expect(append).rejects.toMatchObject({ projectId: id, expected, actual: list.length - 1 });
              await append;
              list.push(...events.slice(Math.max(0, list.length - expected - 1)));
            }),
          );
        }
        const recorded = (await t.readAll(start)).map(({ event }) => event);
        for (const [id, list] of model) {
          expect(await t.read(id)).toEqual(list);
          expect(recorded.filter((event) => event.projectId === id)).toEqual(list);
        }
      }),
      { numRuns: 15 },
    );
  });
}
