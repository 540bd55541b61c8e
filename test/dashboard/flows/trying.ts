import type { Dashboard } from '../browser';
import { violations } from '../axe';
import { choose, field, press } from './acts';

const projectId = 'trying';
const at = (page: string) => `/p/${projectId}${page}`;

/** What one user gets, and is made to get; and what leads to things and says how full a project is. */
export function tryingFlows(dashboard: () => Dashboard): void {
  describe('one user', () => {
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'Trying' });
      await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'compact' });
      const variants = [
        { name: 'Compact', control: true, weight: 50 },
        { name: 'Roomy', weight: 50, values: [{ key: 'layout', value: 'roomy' }] },
      ];
      await ledger.command('createExperiment', 'CreateExperimentInput', { projectId, name: 'Room', keys: ['layout'], variants });
    });

    test('gets a variant that is forced, and no more once it is cleared; forgotten, nothing is known', async () => {
      const page = await dashboard().page(at('/try'));
      await field(page, 'User id').fill('ann');
      await press(page, 'Evaluate');
      const forced = page.getByRole('region', { name: 'Forced variants' });
      await forced.getByText('None is forced for this user.').waitFor();
      await choose(page, forced.getByRole('button', { name: /A\/B test/ }), 'Room');
      await choose(page, forced.getByRole('button', { name: /Variant/ }), 'Roomy');
      await press(forced, 'Force');
      const keys = page.getByRole('region', { name: 'Values' });
      await keys.getByText('roomy').waitFor();
      await forced.getByRole('listitem').getByText('Roomy').waitFor();
      expect(await violations(page)).toEqual([]);
      await press(forced, 'Clear the forced variant of Room');
      await keys.getByText('roomy').waitFor({ state: 'detached' });
      await forced.getByText('None is forced for this user.').waitFor();

      await choose(page, forced.getByRole('button', { name: /A\/B test/ }), 'Room');
      await choose(page, forced.getByRole('button', { name: /Variant/ }), 'Roomy');
      await press(forced, 'Force');
      await keys.getByText('roomy').waitFor();
      await press(page, 'Forget this user');
      const asked = page.getByRole('alertdialog', { name: 'Forget ann?' });
      await asked.getByText('It cannot be brought back').waitFor();
      await press(asked, 'Forget this user');
      await page.getByText(/The user is forgotten/).waitFor();
      await forced.getByText('None is forced for this user.').waitFor();
      await keys.getByText('roomy').waitFor({ state: 'detached' });
    });

    test('is forced nothing by those who may not, and they see why', async () => {
      const page = await dashboard().person('mem', ['member'], at('/try?user=ann'));
      await press(page, 'Evaluate');
      const forced = page.getByRole('region', { name: 'Forced variants' });
      await forced.getByTitle('Your role lets you read this, not change it.').waitFor();
      expect(await forced.getByRole('button', { name: 'Force', exact: true }).isDisabled()).toBe(true);
      expect(await page.getByRole('button', { name: 'Forget this user' }).isDisabled()).toBe(true);
    });
  });

  test('the palette finds things of every kind, archived ones and holdouts too; the overview says how full the project is', async () => {
    const ledger = dashboard();
    await ledger.command('createHoldout', 'CreateHoldoutInput', { projectId, name: 'Layout holdout', share: 5 });
    await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'layout_old', type: 'STRING', defaultValue: 'x' });
    await ledger.command('archiveKey', 'KeyInput', { id: `${projectId}/key/layout_old` });
    const page = await ledger.page(at(''));
    const limits = page.getByRole('region', { name: 'How full it is' });
    await limits.getByText('1 of 500').first().waitFor();
    expect(await limits.getByRole('definition').count()).toBe(7);
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox', { name: 'Go to a page or a thing' }).fill('layout');
    await page.getByRole('menuitem', { name: 'Layout holdout' }).waitFor();
    await page.getByRole('menuitem', { name: /layout_old.*archived/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Layout holdout' }).click();
    await page.waitForURL(/settings/);
  });

  test('a page that is older than the server says so, and is loaded anew when the person wants it', async () => {
    const page = await dashboard().page(at('/setup/keys'));
    await page.getByRole('link', { name: 'layout', exact: true }).waitFor();
    await page.route('**/build.txt', (route) => route.fulfill({ body: '0123456789abcdef' }));
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    const notice = page.getByRole('status').filter({ hasText: 'A newer version is running.' });
    await notice.waitFor();
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/build.txt');
    await press(notice, 'Reload');
    await notice.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'layout', exact: true }).waitFor();
  });
}
