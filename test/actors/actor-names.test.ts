import fc from 'fast-check';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { ActorNames, ActorNamesUnavailable, type ActorNameStore } from '../../src/actors/actor-names';
import { FileActorNames } from '../../src/actors/file-actor-names';
import { RedisActorNames } from '../../src/actors/redis-actor-names';
import type { Role } from '../../src/application/caller';
import type { Actor } from '../../src/domain/event';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { describeRedis } from '../fixtures/describe-redis';
import { RedisServer } from '../fixtures/redis-server';
import { Stack } from '../fixtures/stack';

const ana: Actor = { id: 'u-1', kind: 'user' };
const program: Actor = { id: 'u-1', kind: 'service' };

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'actors-'))));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What every store promises. `open` gives another instance of the same names. */
function contract(open: (which: string, most?: number) => Promise<ActorNameStore>): void {
  test('the newest name is given, of each kind of actor its own, until it is erased', async () => {
    const [here, there] = [await open('newest'), await open('newest')];
    expect(await here.names([ana])).toEqual([undefined]);
    expect(await here.keep(ana, 'Ana', 2_000)).toBe('kept');
    expect(await there.keep(program, 'Importer', 1_000)).toBe('kept');
    expect(await there.keep(ana, 'Older', 1_000)).toBe('outdated');
    expect(await there.names([program, ana, { id: 'u-2', kind: 'user' }])).toEqual(['Importer', 'Ana', undefined]);
    expect(await there.forget(ana, 3_000)).toBe(true);
    expect(await here.names([ana, program])).toEqual([undefined, 'Importer']);
    expect(await here.forget(ana, 3_000)).toBe(false);
    expect(await here.names([])).toEqual([]);
    await Promise.all([here.close(), there.close()]);
  });

  test('what was said before an actor was forgotten does not come back; what is said later does', async () => {
    const store = await open('forgotten');
    await store.forget(ana, 5_000);
    expect(await store.keep(ana, 'Ana', 5_000)).toBe('outdated');
    expect(await store.names([ana])).toEqual([undefined]);
    expect(await store.keep(ana, 'Ana again', 5_001)).toBe('kept');
    expect(await store.names([ana])).toEqual(['Ana again']);
    await store.close();
  });

  test('it holds as many as it may, of which each can change', async () => {
    const store = await open('full', 2);
    const actors = ['a', 'b', 'c'].map((id): Actor => ({ id, kind: 'user' }));
    const outcomes = [];
    for (const actor of actors) outcomes.push(await store.keep(actor, actor.id, 1));
    expect(outcomes).toEqual(['kept', 'kept', 'full']);
    expect(await store.keep(actors[0]!, 'other', 2)).toBe('kept');
    expect(await store.names(actors)).toEqual(['other', 'b', undefined]);
    await store.close();
  });

  test('an actor that is forgotten while its name is kept has none afterwards', async () => {
    const stores = [await open('raced'), await open('raced')];
    let turn = 0;
    const times = fc.array(fc.boolean(), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(times, async (keeps) => {
        const actor: Actor = { id: `raced-${(turn += 1)}`, kind: 'user' };
        const acts = [...keeps, false].map((keep, at) => {
          const store = stores[at % 2]!;
          return keep ? store.keep(actor, 'Ana', 1_000) : store.forget(actor, 2_000);
        });
        await Promise.all(acts);
        expect(await stores[0]!.names([actor])).toEqual([undefined]);
      }),
      { numRuns: 30, endOnFailure: true },
    );
    await Promise.all(stores.map((store) => store.close()));
  });
}

describe('names in files', () => {
  contract(async (which, most) => new FileActorNames(join(directory, which), most));

  test('no file has an erased name', async () => {
    const store = new FileActorNames(join(directory, 'erased'));
    await store.keep(ana, 'Ana', 1);
    await store.forget(ana, 2);
    expect((await readdir(join(directory, 'erased'))).filter((file) => !file.endsWith('.forgotten'))).toEqual([]);
  });

  test('a directory that cannot be used is said to be so', async () => {
    const store = new FileActorNames('/dev/null/actors');
    await expect(store.keep(ana, 'Ana', 1)).rejects.toBeInstanceOf(ActorNamesUnavailable);
  });
});

describeRedis('names in Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => (redis = await RedisServer.start()));
  afterAll(() => redis.stop());
  contract((which, most) => RedisActorNames.open(redis.address(), async () => which, most));
});

describe('what an instance does with them', () => {
  const claims = (name: string, roles: readonly Role[] = ['member'], at = 1_000) => ({
    actor: ana,
    grants: new Map([['shop', new Set(roles)]]),
    claimed: { name, at },
  });

  test('names of apps’ tokens, and texts that are no names, are not kept; the same is not written again', async () => {
    const keep = jest.fn(async () => 'kept' as const);
    const names = new ActorNames({ keep } as unknown as ActorNameStore, { warn: () => {} });
    names.learn(claims('Ana', ['app', 'app-server']));
    for (const text of ['', ' ', 'a\nb', 'x'.repeat(121), '\u202eAna']) names.learn(claims(text));
    expect(keep).not.toHaveBeenCalled();
    names.learn(claims(' Ana '));
    names.learn(claims('Ana', ['member'], 2_000));
    expect(keep.mock.calls).toEqual([[ana, 'Ana', 1_000]]);
  });

  test('while they cannot be read there are none, and the log says so once', async () => {
    const warn = jest.fn();
    const fail = async () => Promise.reject(new ActorNamesUnavailable('gone'));
    const names = new ActorNames({ names: fail, keep: fail } as unknown as ActorNameStore, { warn });
    expect(await names.nameOf(ana)).toBeUndefined();
    names.learn(claims('Ana'));
    expect(await names.nameOf(ana)).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test('the actors of one answer are asked for at once', async () => {
    const stack = await Stack.start();
    await stack.actorNames.forget(ana);
    stack.actorNames.learn({ ...claims('Alice A.'), actor: { id: 'alice', kind: 'user' } });
    const read =
      '{ project(id: "shop") { createdBy { id subject kind displayName } history { nodes { actor { displayName } event { actor { displayName } } } } } }';
    const named = async () => (await stack.ask<{ project: { createdBy: { displayName: unknown } } }>(read)).project;
    while ((await named()).createdBy.displayName === null) await stack.actorNames.forget(ana);
    expect(await named()).toEqual({
      createdBy: { id: '*/user/alice', subject: 'alice', kind: 'USER', displayName: 'Alice A.' },
      history: { nodes: [{ actor: { displayName: 'Alice A.' }, event: { actor: { displayName: 'Alice A.' } } }] },
    });
    const app = { roles: { shop: ['app'] as const } };
    expect(await stack.ask('{ project(id: "shop") { createdBy { displayName } } }', {}, app)).toEqual({
      project: { createdBy: { displayName: null } },
    });
    const forget =
      'mutation ($actor: ID!) { forgetActor(input: { actor: $actor }) { __typename ... on ForgottenActor { wasKnown actor { id } } ... on Refusal { message } } }';
    expect((await stack.fail(forget, { actor: '*/user/alice' }, { roles: { shop: ['admin'] } })).code).toBe('FORBIDDEN');
    expect(await stack.ask(forget, { actor: 'shop' })).toMatchObject({ forgetActor: { __typename: 'InvalidInput' } });
    const forgotten = { __typename: 'ForgottenActor', wasKnown: true, actor: { id: '*/user/alice' } };
    expect(await stack.ask(forget, { actor: '*/user/alice' })).toEqual({ forgetActor: forgotten });
    expect((await named()).createdBy).toMatchObject({ subject: 'alice', displayName: null });
    await stack.stop();
  });
});

describe('a server', () => {
  let running: Running;
  const environment = () => ({ DATA_DIR: directory, PORT: '0', EVENT_STORE: 'memory:', AUTH_SECRET: 'x'.repeat(32) });
  beforeAll(async () => {
    running = await start(readSettings(environment()), { logger: pino({ level: 'silent' }) });
    await running.ready;
  });
  afterAll(() => running.stop());

  test('knows an actor by the name of its token, until the command line erases it', async () => {
    const type = typingIn({ ...environment(), PORT: new URL(running.url).port });
    const { out: token } = await type('token', '--role', 'admin', '--project', '*', '--subject', 'u-7', '--name', 'Ana B.');
    const shown = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${token.trim()}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ viewer { actor { displayName } } }' });
      const answer = (await (await fetch(`${running.url}/graphql`, { method: 'POST', headers, body })).json()) as {
        data: { viewer: { actor: { displayName: unknown } } };
      };
      return answer.data.viewer.actor.displayName;
    };
    while ((await shown()) !== 'Ana B.');
    expect(await type('forget-actor', 'u-7')).toMatchObject({ code: 0, out: expect.stringContaining('Its name is erased') as string });
    expect(await shown()).toBeNull();
    expect((await type('forget-actor', 'u 7')).err).toContain('must be the `id` of an actor');
  });
});
