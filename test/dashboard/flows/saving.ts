import type { Page } from 'playwright-core';
import type { Dashboard } from '../browser';
import { dialog, row } from './acts';

const projectId = 'saving';
const keys = `/p/${projectId}/setup/keys`;

/** What becomes of what a person has typed: drafts, colleagues, reviews, and bad luck. */
export function savingFlows(dashboard: () => Dashboard): void {
  describe('saving a form', () => {
    let colleague: string;
    const edit = (name: string, change: object) =>
      dashboard().command('editKey', 'EditKeyInput', { id: `${projectId}/key/${name}`, ...change }, colleague);
    const stored = async (name: string) => {
      const query = `{ key(id: "${projectId}/key/${name}") { defaultValue description version } }`;
      return (await dashboard().ask<{ key: unknown }>(query)).key;
    };
    const valueOf = (page: Page, name: string) => dialog(page, name).getByRole('textbox', { name: 'Default value' });

    beforeAll(async () => {
      colleague = await dashboard().tokenOf('colleague', ['admin']);
      await dashboard().command('createProject', 'CreateProjectInput', { projectId, name: 'Saving' });
      for (const name of ['layout', 'greeting', 'colour', 'used']) {
        await dashboard().command('createKey', 'CreateKeyInput', { projectId, name, type: 'STRING', defaultValue: 'first' });
      }
      await dashboard().command('createFlag', 'CreateFlagInput', { projectId, key: 'used', name: 'Uses it' });
    });

    test('a draft survives a reload; closing asks; of a change of both the person keeps theirs', async () => {
      const page = await dashboard().page(keys);
      await row(page, 'layout').click();
      const form = dialog(page, 'layout');
      await valueOf(page, 'layout').fill('wide');
      await page.reload();
      await form.getByText('This is your draft from before.').waitFor();
      expect(await valueOf(page, 'layout').inputValue()).toBe('wide');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Keep editing' }).click();

      await edit('layout', { defaultValue: 'narrow' });
      await form.getByText('colleague has changed this meanwhile').waitFor();
      expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await form.getByRole('button', { name: 'Keep mine' }).click();
      await form.getByRole('button', { name: 'Save' }).click();
      await form.waitFor({ state: 'detached' });
      expect(await stored('layout')).toEqual({ defaultValue: 'wide', description: '', version: 3 });
    });

    test('a person takes a colleague’s value, and sees at once what they had not touched', async () => {
      const page = await dashboard().page(keys);
      await row(page, 'greeting').click();
      const form = dialog(page, 'greeting');
      await valueOf(page, 'greeting').fill('mine');
      await edit('greeting', { description: 'Says hello' });
      await form.getByText('colleague saved a change just now').waitFor();
      expect(await form.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('Says hello');
      expect(await valueOf(page, 'greeting').inputValue()).toBe('mine');
      await edit('greeting', { defaultValue: 'theirs' });
      await form.getByRole('button', { name: 'Take theirs' }).click();
      expect(await valueOf(page, 'greeting').inputValue()).toBe('theirs');
      await form.getByRole('button', { name: 'Save' }).click();
      await form.waitFor({ state: 'detached' });
      expect(await stored('greeting')).toEqual({ defaultValue: 'theirs', description: 'Says hello', version: 3 });
    });

    test('before something in use is saved, the ledger’s own field changes, its usages and the reason are reviewed', async () => {
      const before = await dashboard().eventTypes(projectId);
      const page = await dashboard().page(keys);
      await row(page, 'used').click();
      await valueOf(page, 'used').fill('second');
      await dialog(page, 'used').getByRole('button', { name: 'Save' }).click();
      const review = dialog(page, 'Review the change');
      await review.getByText('defaultValue').waitFor();
      await review.getByText('"first"', { exact: true }).waitFor();
      await review.getByText('"second"', { exact: true }).waitFor();
      await review.getByRole('link', { name: 'Uses it' }).waitFor();
      expect(await dashboard().eventTypes(projectId)).toEqual(before);
      await review.getByRole('textbox', { name: /Reason/ }).fill('The shop asked');
      await review.getByRole('button', { name: 'Save for all users' }).click();
      await dialog(page, 'used').waitFor({ state: 'detached' });
      const query = `{ history(projectId: "${projectId}", first: 1) { nodes { sentence reason } } }`;
      const { history } = await dashboard().ask<{ history: { nodes: { reason: string }[] } }>(query);
      expect(history.nodes[0]?.reason).toBe('The shop asked');
    });

    test('the network goes while a key is created: saved again, it is one event', async () => {
      const page = await dashboard().page(`${keys}?edit=new`);
      const form = dialog(page, 'Create key');
      let lost = 0;
      await page.route('**/graphql', async (route) => {
        if (lost > 0 || !route.request().postData()?.includes('mutation CreateKey')) return route.continue();
        lost += 1;
        await route.fetch();
        return route.abort('connectionreset');
      });
      await form.getByRole('textbox', { name: 'Name' }).fill('once');
      await form.getByRole('button', { name: 'Create key' }).click();
      await form.getByRole('alert').getByText('The server cannot be reached.').waitFor();
      expect(lost).toBe(1);
      await form.getByRole('button', { name: 'Create key' }).click();
      await form.waitFor({ state: 'detached' });
      const query = `{ history(projectId: "${projectId}", entity: { kind: KEY, id: "${projectId}/key/once" }) { nodes { event { type } } } }`;
      const { history } = await dashboard().ask<{ history: { nodes: unknown[] } }>(query);
      expect(history.nodes).toEqual([{ event: { type: 'KeyCreated' } }]);
    });

    test('a change that is not saved is asked for before its page or its tab is left', async () => {
      const page = await dashboard().page(`/p/${projectId}`);
      await page.getByRole('link', { name: 'Keys', exact: true }).click();
      await row(page, 'colour').click();
      await valueOf(page, 'colour').fill('red');
      await page.goBack();
      const asked = page.getByRole('alertdialog', { name: 'Leave without saving?' });
      await asked.getByRole('button', { name: 'Keep editing' }).click();
      await asked.waitFor({ state: 'detached' });
      expect(await valueOf(page, 'colour').inputValue()).toBe('red');

      const leaving = page.waitForEvent('dialog');
      await page.close({ runBeforeUnload: true });
      const question = await leaving;
      expect(question.type()).toBe('beforeunload');
      await question.dismiss();
      expect(await valueOf(page, 'colour').inputValue()).toBe('red');

      await page.goBack();
      await asked.getByRole('button', { name: 'Discard changes' }).click();
      await dialog(page, 'colour').waitFor({ state: 'detached' });
      await row(page, 'colour').click();
      expect(await valueOf(page, 'colour').inputValue()).toBe('first');
    });
  });
}
