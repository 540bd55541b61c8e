import { violations } from '../axe';
import type { Dashboard } from '../browser';
import { enter, field, press, type, withoutMouse } from './acts';

/** Who is signed in, and who may be. */
export function operatorFlows(dashboard: () => Dashboard): void {
  test('a refusal is said; a token is issued and shown once, its bearer signs in with it, and the session is ended from the page', async () => {
    const page = await dashboard().page('/admin');
    const expectNoMouse = await withoutMouse(page);
    await enter(page, 'Roll back');
    await page.getByText('No earlier generation of the read models is kept: rebuild them instead.').waitFor();
    await page.getByRole('link', { name: 'Sessions and tokens' }).press('Enter');
    await enter(page, 'Token');
    const drawer = page.getByRole('dialog', { name: 'Issue token' });
    await field(drawer, 'Id of the bearer').fill('una 1');
    await field(drawer, 'Name').fill('Una');
    await type(page, drawer.getByRole('combobox', { name: 'Project' }), 'Shop');
    await enter(drawer, 'Issue token');
    await drawer.getByText('It must be 1 to 200 printable ASCII characters').waitFor();
    await drawer.getByText('A project id is 2 to 63').waitFor();
    await field(drawer, 'Id of the bearer').fill('una-1');
    await type(page, drawer.getByRole('combobox', { name: 'Project' }), 'shop');
    await page.keyboard.press('Control+Enter');
    const issued = page.getByRole('dialog', { name: 'A new token' });
    const token = await field(issued, 'Token').inputValue();
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await violations(page)).toEqual([]);
    await enter(issued, 'Done');
    await expectNoMouse();
    expect(await page.content()).not.toContain(token);
    expect(await page.evaluate('JSON.stringify([{ ...sessionStorage }, { ...localStorage }])')).not.toContain(token);

    const una = await dashboard().visitor('/');
    await una.getByLabel('Token').fill(token);
    await press(una, 'Sign in');
    await una.getByRole('heading', { name: 'Projects' }).waitFor();
    await page.reload();
    const sessions = page.getByRole('list', { name: 'Sessions' });
    const row = sessions.getByRole('listitem').filter({ hasText: 'una-1' });
    await row.getByText('Member · shop').waitFor();
    expect(await violations(page)).toEqual([]);
    await press(row, 'End the session of Una');
    await page.getByText('The session is ended').waitFor();
    await row.waitFor({ state: 'detached' });
    await una.reload();
    await una.getByRole('heading', { name: 'Sign in' }).waitFor();

    await una.getByLabel('Token').fill(token);
    await press(una, 'Sign in');
    await una.getByRole('heading', { name: 'Projects' }).waitFor();
    await page.reload();
    await press(row, 'End all of Una');
    await press(page.getByRole('alertdialog'), 'End all of Una');
    await row.waitFor({ state: 'detached' });
  });

  test('who may not look after the instance sees why before clicking', async () => {
    const auditor = await dashboard().person('aud', ['auditor'], '/admin/access');
    await auditor.getByRole('list', { name: 'Sessions' }).getByText('this browser').waitFor();
    const token = auditor.getByRole('button', { name: 'Token' });
    expect(await token.isDisabled()).toBe(true);
    expect(await auditor.getByTitle('This takes the role admin in every project.').count()).toBeGreaterThan(1);
    const member = await dashboard().person('mem', ['member'], '/admin/access');
    await member.getByText('takes the role admin or auditor in every project').waitFor();
  });
}
