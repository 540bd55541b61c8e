import { BuildUnderWay, type Generations } from '../../src/read-model/generations';
import type { ReadModel } from '../../src/read-model/read-model';

/** What every keeper of generations promises. `open` gives a second instance of the same, where instances share them. */
export function generationsContract(name: string, open: () => Promise<Generations>): void {
  describe(`generations contract: ${name}`, () => {
    let generations: Generations;
    beforeEach(async () => void (generations = await open()));
    afterEach(() => generations.close());

    const states = async (version: string) =>
      Object.fromEntries((await generations.list()).flatMap((info) => (info.version === version ? [[info.id, info.state]] : [])));

    test('the first to ask makes the live one, and anyone who asks later gets the same', async () => {
      const id = await generations.live('a');
      expect(await generations.live('a')).toBe(id);
      expect(await generations.live('a', 'deadbeef')).toBe(id);
      expect(await states('a')).toEqual({ [id]: 'LIVE' });
    });

    test('each version of the projections has its own', async () => {
      expect(await generations.live('b')).not.toBe(await generations.live('c'));
    });

    test('one is built beside the live one, and then is live; the one before is kept, and can be gone back to', async () => {
      const before = await generations.live('d');
      const built = await generations.begin('d');
      expect(await generations.live('d')).toBe(before);
      await generations.report(built, { done: 3, total: 7 });
      expect((await generations.list()).find(({ id }) => id === built)).toMatchObject({
        state: 'BUILDING',
        built: false,
        progress: { done: 3, total: 7 },
      });
      await generations.built(built);
      await generations.promote('d', built);
      expect(await generations.live('d')).toBe(built);
      expect(await states('d')).toEqual({ [before]: 'KEPT', [built]: 'LIVE' });
      expect((await generations.list()).find(({ id }) => id === built)).toMatchObject({ built: true });

      expect(await generations.rollBack('d')).toBe(before);
      expect(await generations.live('d')).toBe(before);
      expect(await states('d')).toEqual({ [before]: 'LIVE', [built]: 'KEPT' });
    });

    test('there is nothing to go back to unless one is kept', async () => {
      await generations.live('e');
      expect(await generations.rollBack('e')).toBeUndefined();
    });

    test('two builds at once are one too many, until the first is given up', async () => {
      await generations.live('f');
      const first = await generations.begin('f');
      await expect(generations.begin('f')).rejects.toThrow(BuildUnderWay);
      await generations.abandon(first);
      expect(await generations.begin('f')).not.toBe(first);
    });

    test('a sweep deletes what no one needs, and nothing else; what it deletes is empty afterwards', async () => {
      const live = await generations.live('g');
      await filled(generations, live, 'shop');
      const given = await generations.begin('g');
      await filled(generations, given, 'shop');
      await generations.abandon(given);
      const next = await generations.begin('g');
      await filled(generations, next, 'shop');
      await generations.promote('g', next);
      expect(await generations.sweep(60_000, 0)).toContain(given);
      expect(await states('g')).toEqual({ [live]: 'KEPT', [next]: 'LIVE' });
      expect(await revision(generations, live, 'shop')).toBe(0);
      expect(await revision(generations, next, 'shop')).toBe(0);

      await generations.forget('g');
      // Just now it was live, and someone may be reading it.
      expect(await generations.sweep(60_000, 30_000)).toEqual([]);
      expect(await generations.sweep(60_000, 0)).toEqual([live]);
      expect(await generations.sweep(60_000, 0)).toEqual([]);
      expect(await states('g')).toEqual({ [next]: 'LIVE' });
      expect(await revision(generations, next, 'shop')).toBe(0);
    });

    test('what is kept is kept for as long as was said', async () => {
      const before = await generations.live('h');
      const next = await generations.begin('h');
      await generations.promote('h', next);
      expect(await generations.sweep(60_000, 0)).not.toContain(before);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      // Of the version's own live one nothing is deleted as long as someone asks for it.
      await generations.live('h');
      expect(await generations.sweep(1_000, 0)).toContain(before);
      expect(await generations.live('h')).toBe(next);
    });
  });
}

async function filled(generations: Generations, id: string, projectId: string): Promise<void> {
  await using(generations, id, async (readModel) => {
    const index = { name: 'n', created: 0, updated: 0, archived: false, text: 'n', tags: ['t'] };
    const checkpoint = { revision: 0, hash: 'a'.repeat(64), occurredAt: 1 };
    const writes = [{ collection: 'keys', id: 'k', document: { name: 'n' }, index }];
    const log = { times: [1], labels: new Map([['type:X', [0]]]) };
    expect(await readModel.commit({ projectId, expectedRevision: -1, checkpoint, writes, log })).toBe(true);
  });
}

async function revision(generations: Generations, id: string, projectId: string): Promise<number | undefined> {
  return using(generations, id, async (readModel) => (await readModel.checkpoint(projectId))?.revision);
}

async function using<T>(generations: Generations, id: string, act: (readModel: ReadModel) => Promise<T>): Promise<T> {
  const { readModel } = await generations.open(id);
  try {
    return await act(readModel);
  } finally {
    await generations.release({ readModel });
  }
}
