import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { Redis } from 'ioredis';
import type WebSocket from 'ws';
import { SessionAccess } from '../../src/http/session/session-access';
import { SessionSigner } from '../../src/http/session/session-signer';
import { start, type Running } from '../../src/main';
import { FileSessions } from '../../src/sessions/file-sessions';
import { RedisSessions } from '../../src/sessions/redis-sessions';
import { Sessions, type SessionStore } from '../../src/sessions/sessions';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { BrowserSession, closeCode } from '../fixtures/browser-session';
import { describeRedis } from '../fixtures/describe-redis';
import { timed } from '../fixtures/elapsed';
import { RedisServer } from '../fixtures/redis-server';

const VIEWER = '{ viewer { actor { subject } } }';
const silent = pino({ level: 'silent' });
const hour = 3_600_000;

const folders: string[] = [];
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'sessions-'));
  folders.push(made);
  return made;
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

/** What every store promises. */
function contract(open: (now?: () => number) => Promise<SessionStore>): void {
  const session = { id: 's1', actor: { id: 'u-1', kind: 'user' }, roles: { shop: ['member'] }, by: 'token', startedAt: 1 } as const;

  test('a session is there until it is removed, and is listed until it ends by itself', async () => {
    const now = Date.now();
    const store = await open(() => now);
    await store.add({ ...session, endsAt: now + hour });
    await store.add({ ...session, id: 's2', endsAt: now + hour });
    await store.add({ ...session, id: 'old', endsAt: now - 1 });
    expect((await store.list()).map(({ id }) => id).sort()).toEqual(['s1', 's2']);
    expect([...(await store.present(['s1', 'no', 's2']))].sort()).toEqual(['s1', 's2']);
    expect([await store.remove('s1'), await store.remove('s1')]).toEqual([true, false]);
    expect(await store.list()).toEqual([{ ...session, id: 's2', endsAt: now + hour }]);
    await store.close();
  });

  test('a code is used once, whichever instance asks first', async () => {
    const stores = await Promise.all([open(), open()]);
    const code = { id: 'c1', issuedAt: Date.now(), expiresAt: Date.now() + 60_000 };
    const used = await Promise.all(stores.map((store) => store.use(code)));
    expect(used.filter(Boolean)).toEqual([true]);
    await Promise.all(stores.map((store) => store.close()));
  });
}

describe('sessions in files', () => {
  let directory: string;
  beforeAll(async () => (directory = join(await folder(), 'sessions')));
  contract(async (now) => new FileSessions(directory, now));
});

test('a session that is used lasts twelve hours more, up to its end', async () => {
  let now = 1_800_000_000_000;
  const clock = () => now;
  const store = new FileSessions(await folder(), clock);
  const access = new SessionAccess(
    {
      sessions: new Sessions(store, silent, clock),
      signer: new SessionSigner(new Uint8Array(32).fill(1), clock),
      address: { publicUrl: new URL('https://ledger.example'), trustedProxies: 0 },
    },
    clock,
  );
  const request = { method: 'POST', headers: {} };
  const session = await access.sessions.begin({ actor: { id: 'u-1', kind: 'user' }, roles: {}, by: 'token', endsAt: now + 20 * hour });
  const valueOf = (header: string | undefined) => /=([^;]+);/.exec(header ?? '')?.[1] ?? '';
  let value = valueOf(await access.cookie(request, session));
  now += 60_000;
  expect(await access.renewed(request, await access.authenticate(value))).toBeUndefined();
  now += 11 * hour;
  const old = value;
  value = valueOf(await access.renewed(request, await access.authenticate(value)));
  now += 2 * hour;
  await expect(access.authenticate(old)).rejects.toThrow('expired');
  expect((await access.authenticate(value)).caller.actor.id).toBe('u-1');
  now += 6 * hour;
  expect((await access.authenticate(value)).caller).toMatchObject({ expiresAt: session.endsAt });
  now += 2 * hour;
  await expect(access.authenticate(value)).rejects.toThrow('expired');
});

describeRedis('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  describe('the store', () => {
    let named = 0;
    beforeEach(() => (named += 1));
    contract((now) => RedisSessions.open(redis.address(), `contract-${named}`, now));

    test('one that was emptied takes no code that was issued before', async () => {
      const store = await RedisSessions.open(redis.address(), 'emptied');
      const code = { id: 'c1', issuedAt: Date.now() - 1_000, expiresAt: Date.now() + 60_000 };
      const client = new Redis(redis.port);
      await client.flushall();
      await client.quit();
      expect(await store.use(code)).toBe(false);
      expect(await store.use({ id: 'c2', issuedAt: Date.now() + 1_000, expiresAt: Date.now() + 60_000 })).toBe(true);
      await store.close();
    });
  });

  describe('two instances', () => {
    let dataDir: string;
    let instances: readonly Running[] = [];
    const environment = () => ({
      DATA_DIR: dataDir,
      PORT: '0',
      EVENT_STORE: 'memory:',
      READ_MODEL: `redis://127.0.0.1:${redis.port}`,
    });
    beforeAll(async () => {
      dataDir = await folder();
      const first = await start(readSettings(environment()), { logger: silent });
      instances = [first, await start(readSettings(environment()), { logger: silent })];
      await Promise.all(instances.map(({ ready }) => ready));
    });
    afterAll(() => Promise.all(instances.map((each) => each.stop())));

    test('a browser that signs in at one is known at the other, and signed out at both within 2 s', async () => {
      const [first, second] = instances as [Running, Running];
      const here = new BrowserSession(first.url);
      expect((await here.signIn({ token: first.firstToken })).status).toBe(200);
      const there = here.as(new URL(second.url).origin, second.url);
      expect(await there.ask(VIEWER)).toMatchObject({ status: 200, body: { data: { viewer: { actor: { subject: 'admin' } } } } });
      const closed = closeCode((await there.socket()) as WebSocket);
      const signOut = async (): Promise<void> => {
        expect((await here.send('DELETE', '/session')).status).toBe(204);
        expect(await closed).toBe(4401);
        while ((await there.ask(VIEWER)).status !== 401) await sleep(20);
      };
      expect((await timed(signOut())).ms).toBeLessThan(2_000);
    });

    test('while Redis is away those that are signed in go on, and no one else is let in', async () => {
      const [first] = instances as [Running];
      const known = new BrowserSession(first.url);
      await known.signIn({ token: first.firstToken });
      const code = /#key=(.*)$/m.exec((await typingIn(environment())('open')).out)?.[1];
      await redis.kill();
      await sleep(900);
      const session = await known.send('GET', '/session');
      expect(session).toMatchObject({ status: 200, body: { session: { actor: { id: 'admin' } } } });
      for (const credential of [{ token: first.firstToken }, { code }]) {
        expect(await new BrowserSession(first.url).signIn(credential)).toMatchObject({
          status: 503,
          body: { errors: [{ message: expect.stringContaining('Try again later') as string }] },
        });
      }
      expect((await known.send('DELETE', '/session')).status).toBe(503);
    });
  });
});
