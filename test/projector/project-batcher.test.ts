import fc from 'fast-check';
import type { Envelope } from '../../src/domain/event';
import { deferred } from '../../src/projector/waiting';
import { BATCH_SIZE, ProjectBatcher } from '../../src/projector/project-batcher';
import { chain } from './chain';

const pause = async (): Promise<void> => {};
const event = (projectId: string, revision: number): Envelope => ({ ...chain(projectId, 1).events[0]!, revision });

/** What was handled, batch by batch; handling waits until it is let go. */
function held() {
  const begun: { readonly projectId: string; readonly revisions: readonly number[]; readonly done: ReturnType<typeof deferred> }[] = [];
  const handle = async (projectId: string, events: readonly Envelope[]): Promise<void> => {
    const done = deferred();
    begun.push({ projectId, revisions: events.map(({ revision }) => revision), done });
    await done.promise;
  };
  return { begun, batcher: new ProjectBatcher({ handle, pause }) };
}

/** Until nothing that could go on at once is left. */
const settling = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

async function fill(batcher: ProjectBatcher, projectId: string, from: number, to: number): Promise<void> {
  for (const revision of upTo(from, to)) await batcher.add(event(projectId, revision));
}

test('a full batch is begun at once, the rest when no one is to wait any longer', async () => {
  const { begun, batcher } = held();
  await fill(batcher, 'a', 0, BATCH_SIZE - 1);
  await fill(batcher, 'b', 0, 2);
  await settling();
  expect(begun).toEqual([]);
  await fill(batcher, 'a', BATCH_SIZE - 1, BATCH_SIZE + 1);
  await settling();
  expect(begun.map(({ projectId, revisions }) => [projectId, revisions])).toEqual([['a', upTo(0, BATCH_SIZE)]]);
  begun[0]!.done.resolve();
  await batcher.flush();
  await settling();
  expect(begun.slice(1).map(({ projectId, revisions }) => [projectId, revisions])).toEqual([
    ['b', [0, 1]],
    ['a', [BATCH_SIZE]],
  ]);
});

test('no project is begun with while it is still worked on, but others are', async () => {
  const { begun, batcher } = held();
  for (const from of [0, 3]) {
    await fill(batcher, 'a', from, from + 3);
    await batcher.flush();
  }
  await fill(batcher, 'b', 0, 1);
  await batcher.flush();
  await settling();
  expect(begun.map(({ projectId }) => projectId)).toEqual(['a', 'b']);
  let settled = false;
  const all = batcher.drained().then(() => (settled = true));
  begun[0]!.done.resolve();
  await settling();
  expect(begun.map(({ revisions }) => revisions)).toEqual([[0, 1, 2], [0], [3, 4, 5]]);
  begun[2]!.done.resolve();
  await settling();
  expect(settled).toBe(false);
  begun[1]!.done.resolve();
  await all;
});

test('only so much is under way: anyone who brings more waits', async () => {
  const { begun, batcher } = held();
  let taken = 0;
  const taking = (async () => {
    for (let project = 0; project < 40; project++, taken++) {
      await fill(batcher, `p${project}`, 0, 1);
      await batcher.flush();
    }
  })();
  await settling();
  expect(taken).toBeLessThan(40);
  expect(begun).toHaveLength(taken);
  for (let at = 0; at < 40; at++) {
    begun[at]!.done.resolve();
    await settling();
  }
  await taking;
  await batcher.drained();
  expect(begun).toHaveLength(40);
});

test('once handling has failed every waiter is answered, and nothing further is begun', async () => {
  const { begun, batcher } = held();
  await fill(batcher, 'a', 0, 2);
  await batcher.flush();
  await fill(batcher, 'a', 2, 3);
  await batcher.flush();
  begun[0]!.done.reject(new Error('the read model is away'));
  await expect(batcher.drained()).rejects.toThrow('the read model is away');
  await fill(batcher, 'b', 0, 1);
  await expect(batcher.flush()).rejects.toThrow('the read model is away');
  expect(begun).toHaveLength(1);
});

test('whatever comes, in whatever order it is handled: each event once, each project in order', async () => {
  const steps = fc.array(fc.oneof({ weight: 8, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constant('begin' as const) }));
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(5)), async (all, waits) => {
      const handled = new Map<number, number[]>();
      const working = new Set<string>();
      let call = 0;
      const handle = async (projectId: string, events: readonly Envelope[]): Promise<void> => {
        expect(working.has(projectId)).toBe(false);
        working.add(projectId);
        for (let wait = waits[call++ % Math.max(1, waits.length)] ?? 0; wait > 0; wait--) await settling();
        handled.get(Number(projectId))!.push(...events.map(({ revision }) => revision));
        working.delete(projectId);
      };
      const batcher = new ProjectBatcher({ handle, pause });
      const counts = new Map<number, number>();
      for (const step of all) {
        if (step === 'begin') {
          await batcher.flush();
          continue;
        }
        const revision = counts.get(step) ?? 0;
        counts.set(step, revision + 1);
        if (revision === 0) handled.set(step, []);
        await batcher.add(event(`${step}`, revision));
      }
      await batcher.flush();
      await batcher.drained();
      expect(handled).toEqual(new Map(Array.from(counts, ([project, count]) => [project, upTo(0, count)])));
    }),
    { numRuns: 100 },
  );
});
