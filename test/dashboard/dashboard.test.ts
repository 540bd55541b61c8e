import { createHash } from 'node:crypto';
import { STYLE_HASH } from '../../src/http/dashboard/dashboard-routes';
import { Dashboard, describeInBrowser } from './browser';
import { experienceFlows } from './flows/experiences';
import { keyboardFlows } from './flows/keyboard';
import { savingFlows } from './flows/saving';
import { setUpFlows } from './flows/set-up';
import { signInFlows } from './flows/sign-in';

// One server and one browser for all: each of the flows has a project of its own.
describeInBrowser('the dashboard', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await Dashboard.open({ environment: { CONFIG_LIMIT: '1' } });
  });
  afterEach(() => dashboard.finish());
  afterAll(() => dashboard.close());

  test('the policy lets in the style element that components write, by its hash, and no other', async () => {
    const page = await dashboard.page('/');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    const styles = await page.locator('style').allTextContents();
    const hashes = new Set(styles.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`));
    expect([...hashes]).toEqual([STYLE_HASH]);
  });

  for (const flows of [signInFlows, setUpFlows, savingFlows, experienceFlows, keyboardFlows]) flows(() => dashboard);
});
