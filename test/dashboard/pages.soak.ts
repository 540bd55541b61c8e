import type { Locator, Page } from 'playwright-core';
import { PlayedServer } from '../flows/played-tests';
import { violations } from './axe';
import { Dashboard, describeInBrowser } from './browser';
import { dialog, row } from './flows/acts';
import { playWideTest, START } from './played-results';
import { idOf, seedPizzaShop } from './seed';

const projectId = 'pizza';
const LONG = `متجر <script>alert(1)</script> 🛒 ${'a'.repeat(60)}`;

/** A page as it is opened, and what a person has done there. */
interface State {
  readonly name: string;
  readonly path: (dashboard: Dashboard) => string | Promise<string>;
  readonly act?: (page: Page) => Promise<unknown>;
}
const page = (path: string, act?: State['act']): State => ({ name: path, path: () => path, ...(act === undefined ? {} : { act }) });
const inProject = (path: string, act?: State['act']): State => page(`/p/${projectId}${path}`, act);
const opened = (path: string, list: string, name: string, act?: State['act']): State => ({
  name: `${path}: ${name}`,
  path: async (dashboard) => `/p/${projectId}${path}?edit=${encodeURIComponent(await idOf(dashboard, projectId, list, name))}`,
  act: async (shown) => {
    await dialog(shown, name).waitFor();
    await act?.(shown);
  },
});

const STATES: readonly State[] = [
  page('/'),
  page('/?edit=new'),
  page('/admin'),
  page('/admin/access'),
  page('/admin/access?edit=new'),
  page('/nowhere'),
  inProject('/nowhere'),
  page('/p/nothing-there'),
  inProject(''),
  inProject('/flags'),
  inProject('/flags?edit=new'),
  opened('/flags', 'flags', 'Dark mode'),
  inProject('/configs'),
  inProject('/configs?edit=new'),
  opened('/configs', 'configs', 'Thanks to regulars'),
  inProject('/tests'),
  inProject('/tests?edit=new'),
  opened('/tests', 'experiments', 'Loud headline', (shown) => shown.getByRole('button', { name: 'Stop' }).press('Enter')),
  inProject('/setup/keys'),
  inProject('/setup/keys?edit=new', async (shown) => {
    await dialog(shown, 'Create key').getByRole('textbox', { name: 'Name' }).fill('1st');
    await shown.keyboard.press('Control+Enter');
    await dialog(shown, 'Create key')
      .getByText(/must be 1 to 120/)
      .waitFor();
  }),
  opened('/setup/keys', 'keys', 'pizza_of_the_day'),
  opened('/setup/keys', 'keys', 'dark_mode', async (shown) => {
    await dialog(shown, 'dark_mode').getByRole('textbox', { name: 'Description' }).fill(LONG);
    await shown.keyboard.press('Control+Enter');
    await dialog(shown, 'Review the change').waitFor();
  }),
  inProject('/setup/keys?at=r1'),
  inProject('/setup/keys?search=nothing'),
  inProject('/setup/segments', async (shown) => {
    await row(shown, 'Regulars').waitFor();
    await shown.getByRole('button', { name: 'More for Regulars' }).press('Enter');
    await shown.getByRole('menuitem', { name: 'Clone' }).waitFor();
  }),
  inProject('/setup/segments?edit=new'),
  opened('/setup/segments', 'segments', 'iPhones in New York'),
  opened('/setup/segments', 'segments', 'Regulars'),
  inProject('/goals'),
  inProject('/goals?edit=new'),
  inProject('/history', (shown) => shown.getByRole('button', { name: 'Go back to this' }).first().press('Enter')),
  inProject('/compare?from=r0'),
  inProject('/setup-file'),
  inProject('/try', async (shown) => {
    await shown.getByRole('textbox', { name: 'User id' }).fill('ann');
    await shown.getByRole('textbox', { name: 'User id' }).press('Enter');
    await shown.getByRole('button', { name: 'Why' }).first().press('Enter');
  }),
  inProject('/settings'),
  inProject('', (shown) => shown.keyboard.press('?')),
  inProject('', (shown) => shown.keyboard.press('Control+k')),
];

/** Opens what the page of results hides at first. */
async function seesResults(shown: Page): Promise<void> {
  await shown.getByRole('img').first().waitFor();
  await shown.getByText('The plot as a table', { exact: true }).first().press('Enter');
  await shown.getByRole('button', { name: 'Record a decision' }).press('Enter');
  await dialog(shown, 'Record a decision').waitFor();
}

/** Parts of the page that are wider than where they stand: a person would have to scroll sideways to read on. */
async function tooWide(shown: Page): Promise<readonly string[]> {
  return shown.evaluate(`[document.documentElement, ...document.querySelectorAll('[role=dialog] .body, .grid-scroll, main')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.tagName + ' ' + element.className + ' ' + element.scrollWidth + ' > ' + element.clientWidth)`);
}

/** Controls that lie over one another, of those that stand in one part of the page. */
async function overlapping(shown: Page): Promise<readonly string[]> {
  return shown.evaluate(`(() => {
    const part = (element) => element.closest('header, footer, .body, .grid-scroll, .popover, .side, main');
    const controls = [...document.querySelectorAll('input:not([type=checkbox], [type=radio]), textarea, button, a')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((element) => ({ element, part: part(element), rects: [...element.getClientRects()].filter(({ width, height }) => width > 1 && height > 1) }));
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
    const name = ({ element }) => element.outerHTML.slice(0, 120);
    return controls.flatMap((one, at) => controls.slice(at + 1)
      .filter((other) => one.part === other.part && !one.element.contains(other.element) && !other.element.contains(one.element))
      .filter((other) => one.rects.some((a) => other.rects.some((b) => meet(a, b))))
      .map((other) => 'overlap: ' + name(one) + ' and ' + name(other)));
  })()`);
}

/** Waits until none is left. Text run in the page, as `waitForFunction` takes it, is what the security policy refuses. */
async function expectNone(shown: Locator): Promise<void> {
  while ((await shown.count()) > 0) await shown.first().waitFor({ state: 'detached' });
}

describeInBrowser('every page', () => {
  let dashboard: Dashboard;
  let results: string;
  beforeAll(async () => {
    const server = await new PlayedServer(START).open({ DASHBOARD: 'true' });
    results = `/p/shop/tests/${await playWideTest(server)}/results`;
    dashboard = await Dashboard.over({ url: server.url, token: server.adminToken, close: () => server.close() });
    await seedPizzaShop(dashboard, projectId);
    await dashboard.command('editProject', 'EditProjectInput', { projectId, name: LONG, description: LONG });
    const rule = { property: { name: 'geo.city', operator: 'EQUALS', value: 'x'.repeat(100) } };
    await dashboard.command('createSegment', 'CreateSegmentInput', { projectId, name: LONG, description: LONG, rule });
  });
  afterAll(() => dashboard.close());

  test.each([
    ['light, 1,320 wide', { colorScheme: 'light', viewport: { width: 1_320, height: 880 } }],
    ['dark, 1,180 wide', { colorScheme: 'dark', viewport: { width: 1_180, height: 760 } }],
    ['light, 320 wide', { colorScheme: 'light', viewport: { width: 320, height: 880 } }],
    ['dark, 320 wide', { colorScheme: 'dark', viewport: { width: 320, height: 880 } }],
    // What a browser does at 200 %: half as many CSS pixels, each of four of the screen's.
    ['light, zoomed to 200 %', { colorScheme: 'light', viewport: { width: 660, height: 440 }, deviceScaleFactor: 2 }],
  ] as const)(
    '%s: axe finds nothing, nothing is too wide or lies over another, and the security policy is kept',
    async (_name, options) => {
      const found: unknown[] = [];
      const first = await dashboard.page('/build.txt', options);
      for (const { name, path, act } of [...STATES, page(results, seesResults)]) {
        const shown = await first.context().newPage();
        const complaints = dashboard.watch(shown);
        await shown.goto(dashboard.server.url + (await path(dashboard)));
        await shown.getByRole('heading').first().waitFor();
        await act?.(shown);
        await shown.waitForLoadState('networkidle');
        await expectNone(shown.locator('[aria-label=Loading]'));
        const wrong = [...(await violations(shown)), ...(await tooWide(shown)), ...(await overlapping(shown)), ...complaints];
        if (wrong.length > 0) found.push([name, wrong]);
        await shown.close();
      }
      await dashboard.finish();
      expect(found).toEqual([]);
    },
  );
});
