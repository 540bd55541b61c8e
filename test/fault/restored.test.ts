import type { Envelope } from '../../src/domain/event';
import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { assertWhole, createKey as creation, Instance } from '../application/instance';
import { typingIn } from '../cli/typing';
import { describeRedis } from '../fixtures/describe-redis';
import { Log } from '../kurrentdb-stand-in/log';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { eventually, Fleet } from './fleet';
import { createKey, shownKeys } from './key-calls';
import type { Member } from './member';

/** Within how long another history, or another copy, must be recognised. */
const NOTICED_MS = 10_000;
const HISTORY_OF_C = '{ history(projectId: "shop", entity: { id: "shop/key/c" }) { totalCount nodes { sentence } } }';
const WHOLE_HISTORY = '{ history(projectId: "shop") { totalCount } }';
const AS_OF = '{ project(id: "shop", asOf: { revision: 0 }) { name } }';

async function codeOf(member: Member, query: string): Promise<string | undefined> {
  return (await member.ask(query))?.errors?.[0]?.extensions?.code;
}

describeRedis('a KurrentDB restored from an older copy under running instances', () => {
  let fleet: Fleet;
  afterEach(() => fleet.end());

  test.each([
    ['at once', 0],
    ['when others have written past what was lost', 12],
  ])(
    'is noticed %s: the projects that have lost something are parked and are reported, the others go on; a rebuild makes it right',
    async (_, grown) => {
      fleet = await Fleet.begin({ instances: [{}, {}], projects: ['shop', 'other', 'young'] });
      const [first, second] = [fleet.member(0), fleet.member(1)];
      // "young" is lost whole, "shop" in part.
      const events = await fleet.events();
      const young = fleet.store.log.events.findIndex(({ stream }) => stream === 'project-young');
      expect(events.get('young')).toHaveLength(1);
      const lost: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        const reply = await createKey(first, 'shop', name);
        if (reply.kind === 'done') lost.push(reply.cursor);
      }
      await createKey(second, 'shop', 'on_second');
      expect(await codeOf(second, HISTORY_OF_C)).toBeUndefined();
      await fleet.leader();

      await fleet.store.stop();
      fleet.store.log.rewind(young);
      if (grown > 0) await writeElsewhere(fleet, grown);
      await fleet.store.start();

      for (const member of fleet.members) {
        await eventually('it is noticed', async () => {
          const parked = (await member.status())?.parked ?? [];
          return (
            parked
              .map(({ projectId, reason }) => `${projectId} ${reason}`)
              .sort()
              .join() === 'shop HISTORY_DIFFERS,young HISTORY_DIFFERS'
          );
        });
        expect(await member.readiness()).toEqual({ status: 503, text: expect.stringContaining('HISTORY_DIFFERS') as string });
        expect((await shownKeys(member, 'shop')).staleSince).not.toBeNull();
        expect((await shownKeys(member, 'young')).staleSince).not.toBeNull();
        // The history index still lists the old revisions of the key, and the restored store has other events at them.
        expect(await codeOf(member, HISTORY_OF_C)).toBe('HISTORY_BROKEN');
        expect(await codeOf(member, WHOLE_HISTORY)).toBe('HISTORY_BROKEN');
        expect(await codeOf(member, AS_OF)).toBeUndefined();
        expect(await createKey(member, 'other', `here_${member === first}`)).toMatchObject({ kind: 'done', version: 1 });
        // Decided on what is there, not on what was lost; and what the read model shows of the lost history is not given for it.
        expect(await createKey(member, 'shop', member === first ? 'a' : 'b')).toMatchObject({ kind: 'done', version: undefined });
        expect(await createKey(member, 'young', 'a')).toMatchObject({ kind: 'refused', code: 'NOT_FOUND' });
      }

      const { url, token } = first.address;
      expect(await typingIn({ LEDGER_URL: url, LEDGER_TOKEN: token })('rebuild')).toMatchObject({ code: 0 });
      for (const member of fleet.members) {
        await eventually('it is ready again', async () => (await member.readiness()).status === 200);
        expect((await shownKeys(member, 'shop')).names).not.toContain('c');
        expect(await codeOf(member, WHOLE_HISTORY)).toBeUndefined();
        // A place of the history that is gone, before the end of the one that is there or behind it.
        expect((await shownKeys(member, 'shop', lost[0])).code).toBe('BAD_REQUEST');
        expect((await shownKeys(member, 'shop', lost[2])).code).toBe(grown > 0 ? 'BAD_REQUEST' : 'READ_MODEL_UNAVAILABLE');
      }
      const whole = await fleet.events();
      expect(whole.get('young')).toEqual([]);
      whole.delete('young');
      await fleet.assertReplay(['shop', 'other']);
    },
  );

  test('while an instance was frozen, and has come again to the very revision that it knew: it is recognised by what is there', async () => {
    fleet = await Fleet.begin({ instances: [{}, {}], projects: ['shop', 'other'] });
    const [first, second] = [fleet.member(0), fleet.member(1)];
    const before = fleet.store.log.events.length;
    for (const name of ['a', 'b', 'c']) expect(await createKey(second, 'shop', name)).toMatchObject({ kind: 'done' });
    await fleet.leader();

    second.signal('SIGSTOP');
    await fleet.store.stop();
    fleet.store.log.rewind(before);
    await writeElsewhere(fleet, 3);
    await fleet.store.start();
    await eventually('the other one has noticed it', async () => (await parkedAt(first)) === 'shop HISTORY_DIFFERS');
    second.signal('SIGCONT');
    // At once: it decides on what it kept, and the store, which compares numbers, would take it.
    expect(await createKey(second, 'shop', 'd')).toMatchObject({ kind: 'done' });
    await eventually('both have noticed it', async () => (await parkedAt(second)) === 'shop HISTORY_DIFFERS', NOTICED_MS);
    const events = await fleet.events();
    assertWhole(events.get('shop') as Envelope[]);
    expect(events.get('shop')?.map(({ entity }) => entity.id)).toEqual(['shop', 'elsewhere_0', 'elsewhere_1', 'elsewhere_2', 'd']);
    for (const member of fleet.members) expect(await createKey(member, 'other', `by_${member === first}`)).toMatchObject({ version: 1 });
  });

  test('or replaced by another copy of the whole ledger: all goes on, and no project is parked', async () => {
    fleet = await Fleet.begin({ instances: [{}, {}], projects: ['shop', 'other'] });
    const [first, second] = [fleet.member(0), fleet.member(1)];
    for (const name of ['a', 'b']) {
      expect(await createKey(first, 'shop', name)).toMatchObject({ kind: 'done' });
      expect(await createKey(second, 'other', name)).toMatchObject({ kind: 'done' });
    }
    await fleet.leader();

    await fleet.store.stop();
    fleet.store.log = elsewhere(fleet.store.log);
    await fleet.store.start();
    const began = performance.now();
    for (const [index, member] of fleet.members.entries()) {
      await eventually('it is ready', async () => (await member.readiness()).status === 200, NOTICED_MS);
      for (const projectId of ['shop', 'other'])
        expect(await createKey(member, projectId, `then_${index}`)).toMatchObject({ kind: 'done', version: 1 });
      expect(await parkedAt(member)).toBe('');
    }
    expect(performance.now() - began).toBeLessThan(2 * NOTICED_MS);
    for (const events of (await fleet.assertReplay()).values()) assertWhole(events);
  });
});

async function parkedAt(member: Member): Promise<string> {
  const parked = (await member.status())?.parked ?? [];
  return parked.map(({ projectId, reason }) => `${projectId} ${reason}`).join();
}

/** The same events of each stream, at other positions, and in another order over all of them. */
function elsewhere(log: Log): Log {
  const copy = new Log();
  copy.fill('other-1', 7);
  const streams = new Set(log.events.map(({ stream }) => stream));
  for (const name of [...streams].reverse()) copy.append(name, undefined, log.stream(name) ?? []);
  return copy;
}

/** Through another node of the same cluster, before the instances are back. */
async function writeElsewhere(fleet: Fleet, keys: number): Promise<void> {
  const node = await KurrentStandIn.start(fleet.store.log);
  const store = await KurrentEventStore.open(node.url);
  const instance = new Instance(store);
  for (let count = 0; count < keys; count += 1) await instance.accept(creation(`elsewhere_${count}`));
  await instance.executor.close(1_000);
  await store.close();
  await node.dispose();
}
