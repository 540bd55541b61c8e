import type { Dashboard } from '../browser';
import { closeMenu, dialog, menu, row, type } from './acts';

const projectId = 'set-up';
const keys = `/p/${projectId}/setup/keys`;

/** Keys, segments, goals and settings, as those who set a project up use them. */
export function setUpFlows(dashboard: () => Dashboard): void {
  describe('the set-up pages', () => {
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'متجر <script>alert(1)</script> 🛒' });
      for (const name of ['cart.rows', 'cart.layout', 'dark_mode']) {
        const boolean = name === 'dark_mode';
        const typed = { type: boolean ? 'BOOLEAN' : 'STRING', defaultValue: boolean ? false : 'compact' };
        await ledger.command('createKey', 'CreateKeyInput', { projectId, name, ...typed });
      }
      await ledger.command('createFlag', 'CreateFlagInput', { projectId, key: 'dark_mode', name: 'Dark <b>mode</b>' });
    });

    test('keys are searched and sorted in the address, which survives a reload; a name is text, whatever is in it', async () => {
      const page = await dashboard().page(keys);
      await row(page, 'dark_mode').waitFor();
      await page.getByRole('searchbox').fill('cart');
      await row(page, 'dark_mode').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Name' }).click();
      await page.waitForURL(/sort=-name/);
      await page.reload();
      await row(page, 'cart.rows').waitFor();
      expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['cart.rows', 'cart.layout']);
      await page.getByRole('link', { name: 'متجر <script>alert(1)</script> 🛒' }).waitFor();
    });

    test('a refusal stands at its field until that is changed; what is created appears in a colleague’s list', async () => {
      const colleague = await dashboard().page(keys);
      await row(colleague, 'dark_mode').waitFor();
      const page = await dashboard().page(`${keys}?edit=new`);
      const form = dialog(page, 'Create key');
      await form.getByRole('textbox', { name: 'Name' }).fill('1st');
      await form.getByRole('button', { name: 'Create key' }).click();
      await form.getByText(/must be 1 to 120/).waitFor();
      await form.getByRole('textbox', { name: 'Name' }).fill('first');
      expect(await form.getByText(/must be 1 to 120/).count()).toBe(0);
      await form.getByRole('radio', { name: 'json' }).click();
      const value = form.getByRole('textbox', { name: 'Default value' });
      await value.fill('{\n  "rows": 3,\n}');
      await form.getByText('This is not JSON: see line 3, column 1.').waitFor();
      await value.fill('{"rows": 3');
      await form.getByRole('button', { name: 'Create key' }).click();
      await form.getByText('something is missing at its end').waitFor();
      await value.fill('{"rows": 3}');
      await form.getByRole('button', { name: 'Create key' }).click();
      await form.waitFor({ state: 'detached' });
      await row(page, 'first').waitFor();
      await row(colleague, 'first').waitFor();
      const { key } = await dashboard().ask<{ key: unknown }>(`{ key(id: "${projectId}/key/first") { defaultValue } }`);
      expect(key).toEqual({ defaultValue: { rows: 3 } });
    });

    test('a key in use is not archived, with links to what uses it; another is, and comes back by undo and from the box', async () => {
      const page = await dashboard().page(keys);
      await page.getByRole('button', { name: 'More for dark_mode' }).click();
      await page.getByRole('menuitem', { name: /Archive.*is used by flag/ }).waitFor();
      await closeMenu(page);
      await menu(page, 'cart.rows', 'Archive');
      await row(page, 'cart.rows').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Undo' }).click();
      await row(page, 'cart.rows').waitFor();
      await menu(page, 'cart.rows', 'Archive');
      await row(page, 'cart.rows').waitFor({ state: 'detached' });
      await page.getByRole('checkbox', { name: 'Archived keys' }).press('Space');
      await menu(page, 'cart.rows', 'Restore');
      await page.getByText('No key is archived').waitFor();
      await page.getByRole('checkbox', { name: 'Archived keys' }).press('Space');
      await row(page, 'cart.rows').waitFor();
    });

    test('many are archived together or not at all, with links to what stands in the way', async () => {
      const page = await dashboard().page(keys);
      await page.getByRole('checkbox', { name: 'Select cart.rows' }).press('Space');
      await page.getByRole('checkbox', { name: 'Select dark_mode' }).press('Space');
      await page.getByText('2 keys selected').waitFor();
      await page.getByRole('button', { name: 'Archive them' }).click();
      const refused = dialog(page, 'It cannot be archived');
      await refused.getByRole('link', { name: 'Dark <b>mode</b>' }).waitFor();
      await refused.getByRole('button', { name: 'Close' }).last().click();
      await row(page, 'cart.rows').waitFor();
      await page.getByRole('checkbox', { name: 'Select dark_mode' }).press('Space');
      await page.getByRole('button', { name: 'Archive them' }).click();
      await row(page, 'cart.rows').waitFor({ state: 'detached' });
      expect(await row(page, 'dark_mode').count()).toBe(1);
    });

    test('a segment is built with a nested group and a filter; a problem stands at its condition; it is cloned to another city', async () => {
      const page = await dashboard().page(`/p/${projectId}/setup/segments?edit=new`);
      const form = dialog(page, 'Create segment');
      await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Buyers');
      await type(page, form.getByRole('combobox', { name: 'Property' }), 'geo.city');
      await form.getByRole('textbox', { name: 'Value' }).fill('Berlin');
      await form.getByRole('button', { name: 'Group' }).click();
      const group = form.getByRole('group', { name: 'Group of conditions' }).nth(1);
      await group.getByRole('button', { name: 'Did not do event' }).click();
      await group.getByRole('button', { name: 'Remove this condition' }).first().click();
      await form.getByRole('button', { name: 'Create segment' }).click();
      await group.getByText(/must be the name of an event/).waitFor();
      await type(page, group.getByRole('combobox', { name: 'Event' }), 'Purchase');
      await group.getByRole('button', { name: 'Filter' }).click();
      await type(page, group.getByRole('combobox', { name: 'Property' }), 'price');
      await group.getByRole('textbox', { name: 'Value' }).fill('10');
      await form
        .getByText(/Purchase/)
        .first()
        .waitFor();
      await form.getByRole('button', { name: 'Create segment' }).click();
      await form.waitFor({ state: 'detached' });
      await menu(page, 'Buyers', 'Clone');
      const clone = dialog(page, 'Buyers (copy)');
      await clone.getByRole('textbox', { name: 'Value' }).first().fill('Paris');
      await clone.getByRole('textbox', { name: 'Name', exact: true }).fill('Buyers in Paris');
      await clone.getByRole('button', { name: 'Save' }).click();
      await clone.waitFor({ state: 'detached' });
      await page.getByText(/Paris/).first().waitFor();
      const { segments } = await dashboard().ask<{ segments: { nodes: { name: string; ruleText: string }[] } }>(
        `{ segments(projectId: "${projectId}") { nodes { name ruleText } } }`,
      );
      const cities = Object.fromEntries(segments.nodes.map(({ name, ruleText }) => [name, /Berlin|Paris/.exec(ruleText)?.[0]]));
      expect(cities).toEqual({ Buyers: 'Berlin', 'Buyers in Paris': 'Paris' });
    });

    test('the exclusivity switch says what it changes, and is an event once, also when two turn it on', async () => {
      const page = await dashboard().page(`/p/${projectId}/settings`);
      const setting = page.getByRole('switch', { name: /mutually exclusive/ });
      await setting.waitFor();
      const colleague = await dashboard().page(`/p/${projectId}/settings`);
      await colleague.getByRole('switch', { name: /mutually exclusive/ }).press('Space');
      await setting.press('Space');
      await colleague.getByText('Tests that are created from now on are exclusive').waitFor();
      await page.getByText('Tests that are created from now on are exclusive').waitFor();
      expect((await dashboard().eventTypes(projectId)).filter((name) => name.startsWith('Exclusivity'))).toEqual(['ExclusivityEnabled']);
    });
  });
}
