import type { Page } from 'playwright-core';
import type { Dashboard } from '../browser';

/** By a link, by a token, at an identity provider; and what becomes of a session. */
export function signInFlows(dashboard: () => Dashboard): void {
  describe('signing in to the dashboard', () => {
    beforeAll(() => dashboard().command('createProject', 'CreateProjectInput', { projectId: 'sign-in', name: 'Shop' }));

    const signIn = (page: Page) => page.getByRole('button', { name: 'Sign in', exact: true });
    const codeOf = (link = '') => link.slice(link.indexOf('#'));

    test('the printed link signs in once and is gone from the address; pages and the feed work with the cookie', async () => {
      const link = codeOf(dashboard().server.link);
      const page = await dashboard().visitor(`/p/sign-in/setup/keys${link}`);
      await page
        .getByText('No keys yet')
        .or(page.getByRole('button', { name: 'Key', exact: true }))
        .first()
        .waitFor();
      expect(page.url()).toBe(`${dashboard().server.url}/p/sign-in/setup/keys`);
      const cookies = await page.context().cookies();
      expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
      await page.getByText('Live', { exact: true }).waitFor();
      await dashboard().command('createKey', 'CreateKeyInput', {
        projectId: 'sign-in',
        name: 'dark_mode',
        type: 'BOOLEAN',
        defaultValue: false,
      });
      await page.getByRole('link', { name: 'dark_mode', exact: true }).waitFor();

      const second = await dashboard().visitor(`/${link}`);
      await second.getByRole('alert').getByText('has been used').waitFor();
      expect(second.url()).toBe(`${dashboard().server.url}/`);
    });

    test('a wrong token is refused at its field, a right one shows the page that was asked for; signed out, nothing is shown', async () => {
      const page = await dashboard().visitor('/p/sign-in');
      const token = page.getByLabel('Token');
      await token.fill('nonsense');
      await signIn(page).click();
      await page.getByText(/malformed/).waitFor();
      expect(await token.getAttribute('aria-invalid')).toBe('true');
      await token.fill(dashboard().server.token ?? '');
      expect(await page.getByText(/malformed/).count()).toBe(0);
      await signIn(page).click();
      await page.getByRole('heading', { name: 'Shop' }).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await signIn(page).waitFor();
      expect(await page.context().cookies()).toEqual([]);
      expect(await page.getByText('Shop').count()).toBe(0);
      await page.goto(`${dashboard().server.url}/p/sign-in`);
      await signIn(page).waitFor();
    });

    test('a session that ends elsewhere is begun again over the page, and what was edited is kept', async () => {
      const page = await dashboard().page('/p/sign-in/setup/keys?edit=new');
      const name = page.getByRole('dialog', { name: 'Create key' }).getByRole('textbox', { name: 'Name' });
      await name.fill('kept');
      await page.context().clearCookies();
      await page.getByRole('button', { name: 'Create key' }).click();
      await page.getByText('Your session has ended').waitFor();
      await page.getByLabel('Token').fill(dashboard().server.token ?? '');
      await signIn(page).click();
      await page.getByRole('link', { name: 'kept', exact: true }).waitFor();
    });

    test('the identity provider is offered, comes back to the page, and why it refused is said', async () => {
      const page = await dashboard().visitor('/');
      await page.route('**/session', (route) =>
        route.fulfill({ json: { session: null, signIn: { link: false, provider: '/session/provider' } } }),
      );
      await page.goto(`${dashboard().server.url}/p/sign-in?edit=x`);
      const button = page.getByRole('link', { name: 'Sign in with your organisation' });
      expect(await button.getAttribute('href')).toBe(`/session/provider?path=${encodeURIComponent('/p/sign-in?edit=x')}`);

      const refused = await dashboard().visitor('/#refused=It%20did%20not%20sign%20you%20in.');
      await refused.getByRole('alert').getByText('It did not sign you in.').waitFor();
      expect(refused.url()).toBe(`${dashboard().server.url}/`);
    });
  });
}
