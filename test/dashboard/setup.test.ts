import { type Page } from 'playwright-core';
import { Dashboard, describeInBrowser } from './browser';

describeInBrowser('the set-up pages', () => {
  let dashboard: Dashboard;
  const projectId = 'shop';
  const keys = '/p/shop/setup/keys';

  beforeAll(async () => {
    dashboard = await Dashboard.open();
    await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Shop' });
    for (const name of ['cart.rows', 'cart.layout', 'dark_mode']) {
      const boolean = name === 'dark_mode';
      await dashboard.command('createKey', 'CreateKeyInput', {
        projectId,
        name,
        type: boolean ? 'BOOLEAN' : 'STRING',
        defaultValue: boolean ? false : 'compact',
      });
    }
    await dashboard.command('createFlag', 'CreateFlagInput', { projectId, key: 'dark_mode', name: 'Dark <b>mode</b>' });
  });
  afterAll(async () => dashboard.close());
  afterEach(() => expect(dashboard.complaints).toEqual([]));

  const row = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
  const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
  async function menu(page: Page, name: string, act: string): Promise<void> {
    await page.getByRole('button', { name: `More for ${name}` }).click();
    await page.getByRole('menuitem', { name: act }).click();
  }

  test('keys are searched and sorted in the address, which survives a reload', async () => {
    const page = await dashboard.page(keys);
    await row(page, 'dark_mode').waitFor();
    await page.getByRole('searchbox').fill('cart');
    await row(page, 'dark_mode').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Name' }).click();
    await page.waitForURL(/sort=-name/);
    await page.reload();
    await row(page, 'cart.rows').waitFor();
    expect(await page.locator('a.open').allTextContents()).toEqual(['cart.rows', 'cart.layout']);
    await page.context().close();
  });

  test('a refusal stands at its field until that is changed; what is created appears in a colleague’s list', async () => {
    const colleague = await dashboard.page(keys);
    await row(colleague, 'dark_mode').waitFor();
    const page = await dashboard.page(`${keys}?edit=new`);
    const form = dialog(page, 'Create key');
    await form.getByRole('textbox', { name: 'Name' }).fill('1st');
    await form.getByRole('button', { name: 'Create key' }).click();
    await form.getByText(/must be 1 to 120/).waitFor();
    await form.getByRole('textbox', { name: 'Name' }).fill('first');
    expect(await form.getByText(/must be 1 to 120/).count()).toBe(0);
    await form.getByRole('button', { name: 'Create key' }).click();
    await form.waitFor({ state: 'detached' });
    await row(page, 'first').waitFor();
    await row(colleague, 'first').waitFor();
    await page.context().close();
    await colleague.context().close();
  });

  test('a key in use is not archived, with links to what uses it; another is, and comes back by undo', async () => {
    const page = await dashboard.page(keys);
    await page.getByRole('button', { name: 'More for dark_mode' }).click();
    await page.getByRole('menuitem', { name: /Archive.*is used by flag/ }).waitFor();
    await page.keyboard.press('Escape');
    await menu(page, 'cart.rows', 'Archive');
    await row(page, 'cart.rows').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'cart.rows').waitFor();
    await row(page, 'dark_mode').click();
    await dialog(page, 'dark_mode').getByRole('link', { name: 'Dark <b>mode</b>' }).waitFor();
    await page.context().close();
  });

  test('a draft survives a reload; closing asks; a colleague’s change appears in the form', async () => {
    const page = await dashboard.page(keys);
    await row(page, 'cart.layout').click();
    const form = dialog(page, 'cart.layout');
    await form.getByRole('textbox', { name: 'Default value' }).fill('wide');
    await page.reload();
    await form.getByText('This is your draft from before.').waitFor();
    expect(await form.getByRole('textbox', { name: 'Default value' }).inputValue()).toBe('wide');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep editing' }).click();

    const id = new URL(page.url()).searchParams.get('edit');
    await dashboard.command('editKey', 'EditKeyInput', { id, defaultValue: 'narrow' });
    await form.getByText('has changed this meanwhile').waitFor();
    await form.getByRole('button', { name: 'Keep mine' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    const { key } = await dashboard.ask<{ key: unknown }>('query($id: ID) { key(id: $id) { defaultValue version } }', { id });
    expect(key).toEqual({ defaultValue: 'wide', version: 3 });
    await page.context().close();
  });

  test('a segment is built with a nested group and a filter; a problem stands at its condition; it is cloned', async () => {
    const page = await dashboard.page('/p/shop/setup/segments?edit=new');
    const form = dialog(page, 'Create segment');
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Buyers');
    await form.getByRole('combobox', { name: 'Property' }).fill('geo.city');
    await page.keyboard.press('Tab');
    await form.getByRole('textbox', { name: 'Value' }).fill('Berlin');
    await form.getByRole('button', { name: 'Group' }).click();
    const group = form.getByRole('group', { name: 'Group of conditions' }).nth(1);
    await group.getByRole('button', { name: 'Did event' }).click();
    await group.getByRole('button', { name: 'Remove this condition' }).first().click();
    await form.getByRole('button', { name: 'Create segment' }).click();
    await group.getByText(/must be the name of an event/).waitFor();
    await group.getByRole('combobox', { name: 'Event' }).fill('Purchase');
    await page.keyboard.press('Tab');
    await form.getByRole('button', { name: 'Create segment' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByText('at least', { exact: false }).or(page.getByText('in the last 30 days')).first().waitFor();
    await menu(page, 'Buyers', 'Clone');
    await dialog(page, 'Buyers (copy)').waitFor();
    await page.context().close();
  });

  test('the exclusivity switch says what it changes, and is an event once', async () => {
    const page = await dashboard.page('/p/shop/settings');
    await page.getByRole('switch', { name: /mutually exclusive/ }).press('Space');
    await page.getByText('Tests that are created from now on are exclusive').waitFor();
    const { exclusivity } = await dashboard.ask<{ exclusivity: unknown }>('{ exclusivity(projectId: "shop") { enabled version } }');
    expect(exclusivity).toEqual({ enabled: true, version: 1 });
    await page.context().close();
  });
});
