import { readFileSync } from 'node:fs';
import { Dashboard, describeInBrowser } from './browser';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = [
  '/',
  '/?edit=new',
  '/admin',
  '/p/shop',
  '/p/shop/flags?edit=new',
  '/p/shop/configs?edit=new',
  '/p/shop/tests?edit=new',
  '/p/shop/setup/keys',
  '/p/shop/setup/keys?edit=new',
  '/p/shop/setup/segments?edit=new',
  '/p/shop/goals?edit=new',
  '/p/shop/history',
  '/p/shop/compare?from=r0',
  '/p/shop/setup-file',
  '/p/shop/try',
  '/p/shop/settings',
  '/p/shop/setup/keys?at=r1',
];
const SETTLED_MS = 1_500;

describeInBrowser('every page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open();
    await dashboard.command('createProject', 'CreateProjectInput', { projectId: 'shop', name: '<script>alert(1)</script> متجر 🛒' });
    await dashboard.command('createKey', 'CreateKeyInput', { projectId: 'shop', name: 'rows', type: 'JSON', defaultValue: { rows: 3 } });
  });
  afterAll(async () => dashboard.close());

  test.each([
    ['light', 1_320],
    ['dark', 1_320],
    ['light', 320],
  ] as const)('%s, %i wide: axe finds nothing, and the security policy is kept', async (colorScheme, width) => {
    for (const path of PAGES) {
      const page = await dashboard.page(path, { colorScheme, viewport: { width, height: 880 } });
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(SETTLED_MS);
      await page.evaluate(AXE);
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
        return (await axe.run()).violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`);
      });
      expect([path, violations, dashboard.complaints]).toEqual([path, [], []]);
      await page.context().close();
    }
  });
});
