import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { typingIn } from '../cli/typing';
import { BrowserSession, type Answered } from '../fixtures/browser-session';
import { IdentityProvider } from '../fixtures/identity-provider';

const VIEWER = '{ viewer { actor { subject } } }';
let dataDir: string;
let provider: IdentityProvider;
let running: Running;
const environment = () => ({ DATA_DIR: dataDir, PORT: '0', EVENT_STORE: 'memory:', ...provider.environment });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'open-id-'));
  provider = await IdentityProvider.start();
  running = await start(readSettings(environment()), { logger: pino({ level: 'silent' }) });
  await running.ready;
});
beforeEach(() => {
  provider.fault = 'none';
  provider.claims = { roles: { '*': ['creator'] } };
});
afterAll(async () => {
  await running.stop();
  await provider.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const whereTo = ({ headers }: Answered): string => headers.location ?? '';

/** To the provider and back: the last answer. */
async function signIn(browser: BrowserSession, path = '/session/provider'): Promise<Answered> {
  const away = await browser.send('GET', path);
  expect([away.status, whereTo(away).startsWith(`${provider.issuer}/authorize?`)]).toEqual([302, true]);
  const back = await fetch(whereTo(away), { redirect: 'manual' });
  return browser.send('GET', new URL(back.headers.get('location') ?? '').href.slice(running.url.length));
}

test('a browser that was sent to the provider comes back signed in, to where it wanted to go', async () => {
  const browser = new BrowserSession(running.url);
  const { signIn: offered } = (await browser.send('GET', '/session')).body as { signIn: object };
  expect(offered).toEqual({ link: false, provider: '/session/provider' });
  const back = await signIn(browser, '/session/provider?path=/p/shop/setup/keys%3Fsort%3Dname');
  expect([back.status, whereTo(back)]).toEqual([302, '/p/shop/setup/keys?sort=name']);
  expect(await browser.ask(VIEWER)).toMatchObject({ status: 200, body: { data: { viewer: { actor: { subject: 'u-7' } } } } });
  expect((await browser.send('GET', '/session')).body).toMatchObject({ session: { roles: { '*': ['creator'] } } });
});

test('a person is called what the provider says', async () => {
  provider.claims = { ...provider.claims, name: 'Grace' };
  const browser = new BrowserSession(running.url);
  await signIn(browser);
  const shown = async () => (await browser.ask('{ viewer { actor { displayName } } }')).body;
  const named = { data: { viewer: { actor: { displayName: 'Grace' } } } };
  while (JSON.stringify(await shown()) !== JSON.stringify(named)) await sleep(50);
});

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', ''])('no other server is gone back to: %p', async (path) => {
  const back = await signIn(new BrowserSession(running.url), `/session/provider?path=${encodeURIComponent(path)}`);
  expect(whereTo(back)).toBe('/');
});

test.each([
  ['denies', /did not sign you in/],
  ['wrong nonce', /did not sign you in/],
  ['wrong key', /did not sign you in/],
] as const)('a provider that %s signs no one in, and the page says so', async (fault, message) => {
  provider.fault = fault;
  const browser = new BrowserSession(running.url);
  const back = await signIn(browser);
  expect(decodeURIComponent(whereTo(back))).toMatch(message);
  expect(whereTo(back)).toMatch(/^\/#refused=/);
  expect((await browser.ask(VIEWER)).status).toBe(401);
});

test('an ID token whose roles mean nothing here is refused with the reason', async () => {
  provider.claims = { roles: { '*': ['root'] } };
  expect(decodeURIComponent(whereTo(await signIn(new BrowserSession(running.url))))).toMatch(/must be a list of admin/);
});

test('what comes back to another browser, or twice, signs no one in', async () => {
  const [browser, other] = [new BrowserSession(running.url), new BrowserSession(running.url)];
  const away = await browser.send('GET', '/session/provider');
  const back = new URL((await fetch(whereTo(away), { redirect: 'manual' })).headers.get('location') ?? '').href.slice(running.url.length);
  expect(decodeURIComponent(whereTo(await other.send('GET', back)))).toContain('not begun in this browser');
  expect(whereTo(await browser.send('GET', back))).toBe('/');
  expect(decodeURIComponent(whereTo(await browser.send('GET', back)))).toContain('not begun in this browser');
});

test('this server signs no links then', async () => {
  expect(running.firstLink).toBeUndefined();
  expect(await typingIn(environment())('open')).toMatchObject({ code: 1, err: expect.stringContaining('identity provider') as string });
  expect((await new BrowserSession(running.url).signIn({ code: 'x' })).body).toMatchObject({
    errors: [{ message: expect.stringContaining('signs no links') as string }],
  });
});

test('while the provider does not answer, that is said, and not remembered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'open-id-'));
  const gone = await IdentityProvider.start();
  const settings = readSettings({ DATA_DIR: folder, PORT: '0', EVENT_STORE: 'memory:', ...gone.environment });
  await gone.stop();
  const alone = await start(settings, { logger: pino({ level: 'silent' }) });
  const answer = await new BrowserSession(alone.url).send('GET', '/session/provider');
  expect(answer).toMatchObject({ status: 302 });
  expect(decodeURIComponent(whereTo(answer))).toMatch(/does not answer now/);
  await alone.stop();
  await rm(folder, { recursive: true, force: true });
});
