import { KurrentEventStore } from '../../src/event-store/kurrentdb';
import { assertWhole, createKey as creation, Instance } from '../application/instance';
import { typingIn } from '../cli/typing';
import { describeRedis } from '../fixtures/describe-redis';
import { timed } from '../fixtures/elapsed';
import { eventually } from '../fixtures/eventually';
import { Log } from '../kurrentdb-stand-in/log';
import { KurrentStandIn } from '../kurrentdb-stand-in/stand-in';
import { mutate } from './client';
import { Fleet, untilReady } from './fleet';
import { createKey, shownKeys } from './key-calls';
import type { Member } from './member';

/** Within how long another history, or another copy, must be recognised. */
const NOTICED_MS = 10_000;
const WHOLE_HISTORY = '{ history(projectId: "shop") { totalCount } }';
const AS_OF = '{ project(id: "shop", asOf: { revision: 0 }) { name } }';
const historyOf = (key: string): string =>
  `{ history(projectId: "shop", entity: { id: "shop/key/${key}" }) { totalCount nodes { sentence } } }`;

async function createProject(member: Member, projectId: string): Promise<void> {
  const reply = await mutate(member.address, 'createProject', 'CreateProjectInput', 'Project', { projectId, name: projectId });
  expect(reply).toMatchObject({ kind: 'done' });
}

async function codeOf(member: Member, query: string): Promise<string | undefined> {
  return (await member.ask(query))?.errors?.[0]?.extensions?.code;
}

describeRedis('a KurrentDB under running instances', () => {
  let fleet: Fleet;
  let first: Member;
  let second: Member;
  beforeAll(async () => {
    fleet = await Fleet.begin({ instances: [{}, {}], projects: ['shop', 'other'] });
    [first, second] = [fleet.member(0), fleet.member(1)];
  });
  afterAll(() => fleet.end());

  test('replaced by another copy of the whole ledger: all goes on, and no project is parked', async () => {
    for (const name of ['a', 'b']) {
      expect(await createKey(first, 'shop', name)).toMatchObject({ kind: 'done' });
      expect(await createKey(second, 'other', name)).toMatchObject({ kind: 'done' });
    }
    await fleet.leader();

    await fleet.store.stop();
    fleet.store.log = elsewhere(fleet.store.log);
    await fleet.store.start();
    const noticed = async (): Promise<void> => {
      for (const [index, member] of fleet.members.entries()) {
        await untilReady(member, NOTICED_MS);
        for (const projectId of ['shop', 'other'])
          expect(await createKey(member, projectId, `then_${index}`)).toMatchObject({ kind: 'done', version: 1 });
        expect(await parkedAt(member)).toBe('');
      }
    };
    expect((await timed(noticed())).ms).toBeLessThan(2 * NOTICED_MS);
    for (const events of (await fleet.assertReplay()).values()) assertWhole(events);
  });

  test.each([
    ['at once', 0],
    ['when others have written past what was lost', 12],
  ])(
    'restored from an older copy is noticed %s: the projects that have lost something are parked and are reported, the others go on; a rebuild makes it right',
    async (_, grown) => {
      // One project is lost whole, "shop" in part.
      const [young, key] = [`young-${grown}`, (name: string) => `${name}_${grown}`];
      await createProject(first, young);
      const start = fleet.store.log.events.findIndex(({ stream }) => stream === `project-${young}`);
      const lost: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        const reply = await createKey(first, 'shop', key(name));
        if (reply.kind === 'done') lost.push(reply.cursor);
      }
      await createKey(second, 'shop', key('on_second'));
      expect(await codeOf(second, historyOf(key('c')))).toBeUndefined();
      await fleet.leader();

      await fleet.store.stop();
      fleet.store.log.rewind(start);
      if (grown > 0) await writeElsewhere(fleet, 'grown', grown);
      await fleet.store.start();

      for (const member of fleet.members) {
        await eventually('it is noticed', async () => (await parkedAt(member)) === `shop HISTORY_DIFFERS,${young} HISTORY_DIFFERS`);
        expect(await member.readiness()).toEqual({ status: 503, text: expect.stringContaining('HISTORY_DIFFERS') as string });
        expect((await shownKeys(member, 'shop')).staleSince).not.toBeNull();
        expect((await shownKeys(member, young)).staleSince).not.toBeNull();
        // The history index still lists the old revisions of the key, and the restored store has other events at them.
        expect(await codeOf(member, historyOf(key('c')))).toBe('HISTORY_BROKEN');
        expect(await codeOf(member, WHOLE_HISTORY)).toBe('HISTORY_BROKEN');
        expect(await codeOf(member, AS_OF)).toBeUndefined();
        const here = `here_${member === first}_${grown}`;
        expect(await createKey(member, 'other', here)).toMatchObject({ kind: 'done', version: 1 });
        // Decided on what is there, not on what was lost; and what the read model shows of the lost history is not given for it.
        const again = await createKey(member, 'shop', key(member === first ? 'a' : 'b'));
        expect(again).toMatchObject({ kind: 'done', version: undefined });
        expect(await createKey(member, young, 'a')).toMatchObject({ kind: 'refused', code: 'NOT_FOUND' });
      }

      const { url, token } = first.address;
      expect(await typingIn({ LEDGER_URL: url, LEDGER_TOKEN: token })('rebuild')).toMatchObject({ code: 0 });
      for (const member of fleet.members) {
        await untilReady(member);
        expect((await shownKeys(member, 'shop')).names).not.toContain(key('c'));
        expect(await codeOf(member, WHOLE_HISTORY)).toBeUndefined();
        // A place of the history that is gone, before the end of the one that is there or behind it.
        expect((await shownKeys(member, 'shop', lost[0])).code).toBe('BAD_REQUEST');
        expect((await shownKeys(member, 'shop', lost[2])).code).toBe(grown > 0 ? 'BAD_REQUEST' : 'READ_MODEL_UNAVAILABLE');
      }
      await fleet.assertReplay();
    },
  );

  test('restored while an instance was frozen, and come again to the very revision that it knew: it is recognised by what is there', async () => {
    const before = fleet.store.log.events.length;
    for (const name of ['p', 'q', 'r']) expect(await createKey(second, 'shop', name)).toMatchObject({ kind: 'done' });
    await fleet.leader();

    second.signal('SIGSTOP');
    await fleet.store.stop();
    fleet.store.log.rewind(before);
    await writeElsewhere(fleet, 'meanwhile', 3);
    await fleet.store.start();
    await eventually('the other one has noticed it', async () => (await parkedAt(first)) === 'shop HISTORY_DIFFERS');
    second.signal('SIGCONT');
    // At once: it decides on what it kept, and the store, which compares numbers, would take it.
    expect(await createKey(second, 'shop', 'd')).toMatchObject({ kind: 'done' });
    await eventually('both have noticed it', async () => (await parkedAt(second)) === 'shop HISTORY_DIFFERS', NOTICED_MS);
    const events = (await fleet.events()).get('shop') ?? [];
    assertWhole(events);
    expect(events.slice(-4).map(({ entity }) => entity.id)).toEqual(['meanwhile_0', 'meanwhile_1', 'meanwhile_2', 'd']);
    for (const member of fleet.members) expect(await createKey(member, 'other', `by_${member === first}`)).toMatchObject({ version: 1 });
  });
});

/** What is parked, and why, in the order of the ids. */
async function parkedAt(member: Member): Promise<string> {
  const parked = (await member.status())?.parked ?? [];
  return parked
    .map(({ projectId, reason }) => `${projectId} ${reason}`)
    .sort()
    .join();
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
async function writeElsewhere(fleet: Fleet, prefix: string, keys: number): Promise<void> {
  const node = await KurrentStandIn.start(fleet.store.log);
  const store = await KurrentEventStore.open(node.url);
  const instance = new Instance(store);
  for (let count = 0; count < keys; count += 1) await instance.accept(creation(`${prefix}_${count}`));
  await instance.executor.close(1_000);
  await store.close();
  await node.dispose();
}
