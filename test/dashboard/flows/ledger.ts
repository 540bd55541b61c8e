import type { Dashboard } from '../browser';
import { choose, dialog, row } from './acts';

const projectId = 'ledger';
const CREATED_KEY = 'created string key';
const at = (page: string) => `/p/${projectId}${page}`;

/** History, the past, going back, and the set-up file. */
export function ledgerFlows(dashboard: () => Dashboard): void {
  describe('the pages of the ledger', () => {
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'Ledger' });
      await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'compact' });
      await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'gone', type: 'STRING', defaultValue: 'x' });
      const rows = [{ percentage: 10, value: 'wide' }];
      const id = await ledger.command('createFlag', 'CreateFlagInput', { projectId, key: 'layout', name: 'Layout', rows });
      await ledger.command('publishFlag', 'FlagInput', { id });
      const away = await ledger.command('createFlag', 'CreateFlagInput', { projectId, key: 'gone', name: 'Was there' });
      await ledger.command('archiveFlag', 'FlagInput', { id: away });
      await ledger.command('archiveKey', 'KeyInput', { id: `${projectId}/key/gone` });
      await ledger.command('editKey', 'EditKeyInput', { id: `${projectId}/key/layout`, defaultValue: 'dense' });
    });

    test('filters of the history stand in the address and survive a reload; the past is read only, and has a way back', async () => {
      const page = await dashboard().page(at('/history'));
      await page.getByText(CREATED_KEY).first().waitFor();
      await choose(page, page.getByRole('button', { name: /Kind/ }), 'flag');
      await page.getByText(CREATED_KEY).first().waitFor({ state: 'detached' });
      await page.getByRole('searchbox', { name: 'Search' }).fill('Layout');
      await page.waitForURL(/search=Layout/);
      await page.reload();
      await page.getByText('published flag').waitFor();
      expect(await page.getByText(CREATED_KEY).count()).toBe(0);
      expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('Layout');
      await page.getByRole('button', { name: 'Changes' }).last().click();
      await page.getByText('percentage').first().waitFor();

      await page.getByRole('link', { name: 'As it was then' }).last().click();
      await page.getByText('Everything is read only').waitFor();
      await page.getByRole('link', { name: 'Keys' }).click();
      expect(await page.getByRole('button', { name: 'Key', exact: true }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.getByText('Everything is read only').waitFor({ state: 'detached' });
    });

    test('an entry is gone back to; what stands in the way of another is said, with links', async () => {
      const page = await dashboard().page(at('/history?kind=KEY'));
      const entry = page.getByRole('listitem').filter({ hasText: CREATED_KEY }).filter({ hasText: 'layout' });
      await entry.getByRole('button', { name: 'Go back to this' }).click();
      const asked = dialog(page, 'Go back to this version?');
      await asked.getByRole('textbox', { name: /Reason/ }).fill('It was better');
      await asked.getByRole('button', { name: 'Go back to this' }).click();
      await asked.waitFor({ state: 'detached' });
      const { key } = await dashboard().ask<{ key: unknown }>(`{ key(id: "${projectId}/key/layout") { defaultValue } }`);
      expect(key).toEqual({ defaultValue: 'compact' });

      await page.goto(`${dashboard().server.url}${at('/history?kind=FLAG')}`);
      await page
        .getByRole('listitem')
        .filter({ hasText: 'created flag' })
        .filter({ hasText: 'Was there' })
        .getByRole('button', { name: 'Go back to this' })
        .click();
      await asked.getByRole('button', { name: 'Go back to this' }).click();
      await asked.getByRole('alert').getByText(/gone/).first().waitFor();
    });

    test('what changed in a week is on the overview, as it happens and as it was; in the past, links stay there', async () => {
      const page = await dashboard().page(at(''));
      const changed = page.getByRole('region', { name: 'Changed in the last seven days' });
      await changed
        .getByText(/changed the default of key layout/)
        .first()
        .waitFor();
      await page.getByText('Live', { exact: true }).waitFor();
      const holdout = { projectId, name: 'Kept out', share: 5, reason: 'To compare with' };
      await dashboard().command('createHoldout', 'CreateHoldoutInput', holdout);
      await changed.getByText('Kept out').waitFor();
      await dashboard().command('createKey', 'CreateKeyInput', { projectId, name: 'newest', type: 'STRING', defaultValue: 'x' });
      await changed.getByText('newest').waitFor();
      await changed.getByText('“To compare with”').first().waitFor();
      expect(await changed.getByRole('listitem').count()).toBe(10);
      const all = (await dashboard().eventTypes(projectId)).length;
      await changed.getByRole('link', { name: `All ${all} changes` }).click();
      await page.getByRole('listitem').filter({ hasText: 'created project' }).waitFor();
      await page.getByLabel('From').fill('2099-01-01T00:00');
      await page.getByText('Nothing matches').waitFor();

      await page.goto(`${dashboard().server.url}${at('?at=r1')}`);
      await page.getByText(/As it was on .+, at revision 1\. Everything is read only\./).waitFor();
      await changed.getByText(/created string key/).waitFor();
      expect(await changed.getByRole('listitem').count()).toBe(2);
      await changed.getByRole('link', { name: 'layout' }).click();
      await dialog(page, 'layout').waitFor();
      expect(await page.getByRole('textbox', { name: 'Default value' }).inputValue()).toBe('compact');
      await page.getByText('Everything is read only').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByText('created project').waitFor();
      expect(await page.getByRole('listitem').count()).toBe(2);
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.getByText('created flag').first().waitFor();
    });

    test('dates are written as the browser of the reader writes them', async () => {
      const page = await dashboard().page(at('/history'), { locale: 'de-DE', timezoneId: 'UTC' });
      const day = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
      const { history } = await dashboard().ask<{ history: { nodes: { occurredAt: string }[] } }>(
        `{ history(projectId: "${projectId}", first: 1) { nodes { occurredAt } } }`,
      );
      const newest = new Date(history.nodes[0]?.occurredAt ?? '');
      await page.getByRole('region', { name: newest.toLocaleDateString('de-DE', day) }).waitFor();
      await page
        .getByText(newest.toLocaleTimeString('de-DE', { timeStyle: 'short', timeZone: 'UTC' }))
        .first()
        .waitFor();
    });

    test('a set-up file is planned as sentences and applied; a plan that has become stale is refused', async () => {
      const { setup } = await dashboard().ask<{ setup: { keys: { name: string; description?: string }[] } }>(
        `{ setup(projectId: "${projectId}") }`,
      );
      const layout = setup.keys.find(({ name }) => name === 'layout');
      if (layout !== undefined) layout.description = 'Of the shop';
      const page = await dashboard().page(at('/setup-file'));
      await page.getByRole('textbox', { name: /Set-up file/ }).fill(JSON.stringify(setup));
      await page.getByRole('button', { name: 'Plan', exact: true }).click();
      await page.getByText('1 change', { exact: true }).waitFor();
      await dashboard().command('editKey', 'EditKeyInput', { id: `${projectId}/key/layout`, description: 'Of a colleague' });
      await page.getByRole('button', { name: 'Apply the plan' }).click();
      const stale = page.getByRole('alert').filter({ hasText: 'The project has changed since the plan was made' });
      await stale.getByRole('button', { name: 'Plan' }).click();
      await stale.waitFor({ state: 'detached' });
      await page.getByText('1 change', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Apply the plan' }).click();
      await page.getByText('nothing to do').waitFor();
      await page.goto(`${dashboard().server.url}${at('/setup/keys')}`);
      await row(page, 'layout').waitFor();
    });

    test('a user’s value is shown with the trail of why', async () => {
      const page = await dashboard().page(at('/try'));
      await page.getByRole('textbox', { name: 'User id' }).fill('ann');
      await page.getByRole('button', { name: 'Evaluate' }).click();
      await page.getByRole('button', { name: 'Why' }).first().click();
      await page
        .getByText(/serves|passed over/)
        .first()
        .waitFor();
    });
  });
}
