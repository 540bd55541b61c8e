import fc from 'fast-check';
import { createMemoryReadModel } from '../../src/read-model/memory';
import type { Batch, ForkableReadModel, Write } from '../../src/read-model/read-model';
import { dump } from '../fixtures/dump';
import { histories, naive } from '../contract/naive-list';

const at = (revision: number) => ({ revision, hash: revision.toString(16).padStart(64, '0'), occurredAt: revision });
const batch = (revision: number, writes: readonly Write[]): Batch => ({
  projectId: 'shop',
  expectedRevision: revision - 1,
  checkpoint: at(revision),
  writes,
  log: { times: [revision], labels: new Map([[`odd:${revision % 2}`, [revision]]]) },
});

/** A read model beside what it should hold. */
interface Twin {
  readonly readModel: ForkableReadModel;
  readonly documents: ReadonlyMap<string, Write>;
  readonly revision: number;
}

async function written({ readModel, documents, revision }: Twin, writes: readonly Write[]): Promise<Twin> {
  expect(await readModel.commit(batch(revision + 1, writes))).toBe(true);
  return { readModel, documents: new Map([...documents, ...writes.map((write) => [write.id, write] as const)]), revision: revision + 1 };
}

test('a fork and what it was forked from go on, each as if it were alone', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.infiniteStream(fc.nat(2)), async (history, choices) => {
      let twins: Twin[] = [await written({ readModel: createMemoryReadModel(), documents: new Map(), revision: -1 }, [])];
      for (const { writes, look } of history) {
        const choice = choices.next().value ?? 0;
        const twin = twins[choice % twins.length] as Twin;
        const forked = { ...twin, readModel: twin.readModel.fork() };
        const other = await written(choice === 0 ? twin : forked, writes);
        twins = [...twins.map((kept) => (kept === twin && choice === 0 ? other : kept)), choice === 0 ? forked : other];
        for (const { readModel, documents, revision } of twins) {
          expect(await readModel.list('shop', look)).toEqual(naive(documents, look, at(revision)));
          const { revisions } = await readModel.log('shop', { having: [['odd:1']], newestFirst: true, limit: 100 });
          expect(revisions).toEqual(Array.from({ length: revision + 1 }, (_, n) => revision - n).filter((n) => n % 2 === 1));
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('closing a fork leaves the other, and a fork of a closed one is refused', async () => {
  const { readModel } = await written({ readModel: createMemoryReadModel(), documents: new Map(), revision: -1 }, []);
  const fork = readModel.fork();
  const before = await dump(readModel, 'shop', ['keys']);
  await fork.close();
  expect(await dump(readModel, 'shop', ['keys'])).toBe(before);
  expect(() => fork.fork()).toThrow('closed');
});
