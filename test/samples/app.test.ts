import { EventSource } from 'eventsource';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { ExposureHook, type Shown } from '../../samples/app/exposure-hook';
import { setUpShop } from '../../samples/app/main';
import { serveApp, type RunningApp } from '../../samples/app/serve';
import { Shop, type Visitor } from '../../samples/app/shop';
import { issueToken } from '../../src/http/tokens';
import { start, type Running } from '../../src/main';
import { readSettings } from '../../src/settings';
import { describeInBrowser, openBrowser } from '../dashboard/browser';

const ANN: Visitor = { user: 'ann', city: 'New York', device: 'iPhone 17' };

let directory: string;
let running: Running;
let app: RunningApp;
let shop: Shop;
let changed: () => void = () => {};

const admin = () => ({ url: running.url, token: running.firstToken as string });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledger-sample-app-'));
  const settings = readSettings({ DATA_DIR: directory, PORT: '0', EVENT_STORE: 'memory:' });
  running = await start(settings, { logger: pino({ level: 'silent' }) });
  await running.ready;
  expect([await setUpShop(admin()), await setUpShop(admin())]).toEqual(['created', 'there']);
  const request = { subject: 'pizza-shop', kind: 'service', roles: { 'pizza-shop': ['app'] }, ttlMs: 600_000 } as const;
  const token = await issueToken(await readFile(join(directory, 'secret')), request);
  app = await serveApp({ url: running.url, projectId: 'pizza-shop', token });
  Object.defineProperty(globalThis, 'EventSource', { value: EventSource, configurable: true });
  shop = await Shop.open({ baseUrl: `${app.url}/projects/pizza-shop`, token }, ANN, () => changed());
});

afterAll(async () => {
  await shop.close();
  await app.close();
  await running.stop();
  await rm(directory, { recursive: true, force: true });
});

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${admin().token}`, 'content-type': 'application/json' };
  const response = await fetch(`${running.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
  const text = await response.text();
  return (text.startsWith('{') && !text.includes('}\n{') ? JSON.parse(text) : text) as Answer;
}

test('the page is served whole: its script in one file, and what it has to know', async () => {
  const read = async (path: string) => (await fetch(`${app.url}${path}`)).text();
  expect(await read('/')).toContain('<script src="page.js"></script>');
  const script = await read('/page.js');
  expect(script).toContain('free_delivery_from');
  expect(() => new Function(script)).not.toThrow();
  expect(JSON.parse(await read('/settings.json'))).toMatchObject({ baseUrl: '/projects/pizza-shop', server: running.url });
  expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
});

test('it shows each visitor the values that are theirs, and why', async () => {
  expect(shop.values()).toMatchObject({
    dark_mode: { value: true, reason: 'TARGETING_MATCH', variant: 'r1' },
    free_delivery_from: { value: 30, reason: 'STATIC' },
    pizza_of_the_day: { value: { name: 'Margherita', price: 9 } },
  });
  expect(['Fresh from the oven', 'HOT! HOT! HOT!']).toContain(shop.values().headline.value);
  await shop.welcome({ ...ANN, city: 'Miami' });
  expect(shop.values().dark_mode).toMatchObject({ value: false, reason: 'STATIC' });
  await shop.welcome(ANN);
});

test('it follows a change of the project without being loaded again', async () => {
  const noticed = new Promise<void>((resolve) => (changed = () => shop.values().free_delivery_from.value === 25 && resolve()));
  const query = `mutation { editKey(input: { projectId: "pizza-shop", name: "free_delivery_from", defaultValue: 25 }) { __typename } }`;
  await post('/graphql', { query });
  await noticed;
});

test('what a visitor buys and is shown arrives: an exposure to the test, control or not, and to nothing else', async () => {
  const dan = { ...ANN, user: 'dan' };
  await shop.welcome(dan);
  shop.values();
  await shop.buy({ name: 'Funghi', price: 10 }, dan);
  await shop.close();
  const known = await post<string>('/projects/pizza-shop/users/known', { user: 'dan' });
  expect(known).toContain('"event":"Purchase"');
  expect(known.match(/"kind":"exposure"/g)).toHaveLength(1);
});

describeInBrowser('the page in a browser', () => {
  test('shows values and why, follows its visitor and an edit without being loaded again, and sends what is bought and shown', async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(20_000);
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      await page.goto(app.url);
      await page.locator('body.dark').waitFor();
      expect(await page.locator('#values tr').allInnerTexts()).toContain('dark_mode\ttrue\tTARGETING_MATCH\tr1');
      await page.selectOption('[name=city]', 'Miami');
      await page.locator('body:not(.dark)').waitFor();
      const query = `mutation { editKey(input: { projectId: "pizza-shop", name: "free_delivery_from", defaultValue: 20 }) { __typename } }`;
      await post('/graphql', { query });
      await page.getByText('Delivered for nothing from 20 dollars.').waitFor();
      await page.selectOption('[name=user]', 'cleo');
      await page.locator('li', { hasText: 'Funghi' }).getByRole('button').click();
      await page.getByText('cleo has bought a Funghi.').waitFor();
      let known = '';
      while (!/"kind":"event"/.test(known) || !/"kind":"exposure"/.test(known)) {
        await page.waitForTimeout(100);
        known = await post<string>('/projects/pizza-shop/users/known', { user: 'cleo' });
      }
      expect(known).toContain('"properties":{"name":"Funghi","price":10}');
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

test('exposures that could not be sent are sent again, and each value of a user once', async () => {
  const sent: (readonly Shown[])[] = [];
  let isAway = true;
  const hook = new ExposureHook(async (batch) => {
    if (isAway) throw new Error('away');
    sent.push(batch);
  });
  const read = (flagKey: string, user?: string) =>
    hook.after({ flagKey, context: { targetingKey: user, plan: 'gold' } } as never, { value: true, variant: 'v1' } as never);
  for (const key of ['a', 'a', 'b']) read(key, 'ann');
  read('a');
  await hook.flush();
  isAway = false;
  await hook.flush();
  expect(sent.map((batch) => batch.map(({ user, key, context }) => [user, key, context]))).toEqual([
    [
      ['ann', 'a', { plan: 'gold' }],
      ['ann', 'b', { plan: 'gold' }],
    ],
  ]);
});
