import type { Dashboard } from '../browser';
import { confirm, dialog, row, type } from './acts';

const projectId = 'experiences';
const at = (page: string) => `/p/${projectId}${page}`;

/** Flags, configs and A/B tests. */
export function experienceFlows(dashboard: () => Dashboard): void {
  describe('the pages of experiences', () => {
    let flag: string;
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'Experiences' });
      for (const name of ['layout', 'rows', 'colour']) {
        await ledger.command('createKey', 'CreateKeyInput', { projectId, name, type: 'STRING', defaultValue: 'compact' });
      }
      const rows = ['first', 'second'].map((value, index) => ({ percentage: 10 * (index + 1), value }));
      flag = await ledger.command('createFlag', 'CreateFlagInput', { projectId, key: 'layout', name: 'Layout', rows });
    });

    const values = async () => {
      const { flag: found } = await dashboard().ask<{ flag: { status: string; rows: { value: string }[] } }>(
        'query($id: ID!) { flag(id: $id) { status rows { value } } }',
        { id: flag },
      );
      return [found.status, ...found.rows.map(({ value }) => value)];
    };

    test('rows of a flag are moved by keyboard and by dragging, and it is published and paused', async () => {
      const page = await dashboard().page(at('/flags'));
      await row(page, 'Layout').click();
      const form = dialog(page, 'Layout');
      await form.getByRole('button', { name: /^Row 1/ }).focus();
      await page.keyboard.press('Alt+ArrowDown');
      await form.getByRole('button', { name: 'Save' }).click();
      await form.waitFor({ state: 'detached' });
      expect(await values()).toEqual(['DRAFT', 'second', 'first']);

      await row(page, 'Layout').click();
      await form.getByRole('button', { name: /^Row 2/ }).dragTo(form.getByRole('button', { name: /^Row 1/ }));
      await form.getByRole('button', { name: 'Save' }).click();
      await form.waitFor({ state: 'detached' });
      expect(await values()).toEqual(['DRAFT', 'first', 'second']);

      await row(page, 'Layout').click();
      for (const [verb, status] of [
        ['Publish', 'live'],
        ['Pause', 'paused'],
      ] as const) {
        await form.getByRole('button', { name: verb }).click();
        await confirm(page, `${verb}: Layout`, verb);
        await form.getByText(status, { exact: true }).waitFor();
      }
      expect((await values())[0]).toBe('PAUSED');
    });

    test('rows that are being written are checked by the ledger: what is wrong is at its field, and what is hardly meant is asked', async () => {
      const before = await dashboard().eventTypes(projectId);
      const page = await dashboard().page(at('/flags'));
      await row(page, 'Layout').click();
      const form = dialog(page, 'Layout');
      const percentage = form.getByRole('textbox', { name: 'Percent' });
      await percentage.first().fill('100');
      await form.getByText('Row 2: No user comes so far: row 1 takes all of them.').waitFor();
      await form.getByRole('textbox', { name: 'Value' }).last().fill('compact');
      await form.getByText('Row 2: It is the default of the key.').waitFor();
      await percentage.last().fill('100.01');
      await form.getByText(/from 0 to 100/).waitFor();
      await form.getByText('Is this meant?').waitFor({ state: 'detached' });
      await percentage.last().fill('10');
      await form.getByText('Is this meant?').waitFor();
      await form.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await form.waitFor({ state: 'detached' });
      expect(await dashboard().eventTypes(projectId)).toEqual(before);
    });

    test('a config is set up as a grid of keys and rows; at the limit the next one is refused in the ledger’s words', async () => {
      const page = await dashboard().page(at('/configs?edit=new'));
      const form = dialog(page, 'Create config');
      await form.getByRole('textbox', { name: 'Name' }).fill('Look');
      for (const key of ['rows', 'colour']) {
        await type(page, form.getByRole('combobox', { name: 'Add a key' }), key);
        await form.getByRole('button', { name: 'Add a key' }).click();
      }
      await form.getByRole('button', { name: 'Row', exact: true }).click();
      await form.getByRole('button', { name: 'Set a value' }).first().click();
      await form.getByRole('textbox', { name: 'rows' }).fill('three');
      await form.getByRole('button', { name: 'Create config' }).click();
      await form.waitFor({ state: 'detached' });
      const { configs } = await dashboard().ask<{ configs: { nodes: unknown[] } }>(
        `{ configs(projectId: "${projectId}") { nodes { name keys { name } rows { values { key value } } } } }`,
      );
      expect(configs.nodes).toEqual([
        { name: 'Look', keys: [{ name: 'rows' }, { name: 'colour' }], rows: [{ values: [{ key: 'rows', value: 'three' }] }] },
      ]);

      await row(page, 'Look').waitFor();
      await page.getByRole('button', { name: 'Config', exact: true }).click();
      await form.getByRole('textbox', { name: 'Name' }).fill('One too many');
      await type(page, form.getByRole('combobox', { name: 'Add a key' }), 'rows');
      await form.getByRole('button', { name: 'Add a key' }).click();
      await form.getByRole('button', { name: 'Create config' }).click();
      await form
        .getByRole('alert')
        .getByText(/limit|at most/)
        .waitFor();
    });

    test('a key that is added before the keys have come is added when they come', async () => {
      const page = await dashboard().page(at(''));
      let letThemCome = (): void => {};
      const waiting = new Promise<void>((resolve) => (letThemCome = resolve));
      await page.route('**/graphql', async (route) => {
        if (route.request().postData()?.includes('query Keys(')) await waiting;
        await route.continue();
      });
      await page.goto(`${new URL(page.url()).origin}${at('/configs?edit=new')}`);
      const form = dialog(page, 'Create config');
      await type(page, form.getByRole('combobox', { name: 'Add a key' }), 'layout');
      await form.getByRole('button', { name: 'Add a key' }).click();
      await form.getByText('There is no key layout').waitFor();
      letThemCome();
      await form.getByRole('button', { name: 'Remove layout' }).waitFor();
      await form.getByText('There is no key layout').waitFor({ state: 'detached' });
    });

    test('a test whose weights do not sum says so; created, it is started, and takes more users', async () => {
      const page = await dashboard().page(at('/tests?edit=new'));
      const form = dialog(page, 'Create A/B test');
      await form.getByRole('textbox', { name: 'Name' }).fill('Wide');
      await type(page, form.getByRole('combobox', { name: 'Add a key' }), 'layout');
      await form.getByRole('button', { name: 'Add a key' }).click();
      await form.getByRole('button', { name: 'Set a value' }).click();
      await form.getByRole('textbox', { name: 'layout' }).fill('wide');
      await form.getByRole('textbox', { name: 'Share of the audience' }).fill('50');
      await form.getByRole('textbox', { name: 'Weight' }).last().fill('40');
      await form.getByText('must sum to 100 %').first().waitFor();
      // In the words of the ledger, before anything is saved.
      await form
        .getByRole('alert')
        .getByText(/weights/)
        .waitFor();
      await form.getByRole('button', { name: 'Make them equal' }).click();
      await form.getByText('How many users are needed?').click();
      await form.getByLabel('Rate of control, in percent').fill('10');
      await form.getByLabel('Smallest effect to find').fill('10');
      await form.getByRole('button', { name: 'Use as planned users' }).click();
      expect(Number(await form.getByLabel('Planned users').inputValue())).toBeGreaterThan(29_000);
      await form.getByRole('button', { name: 'Create A/B test' }).click();
      await form.waitFor({ state: 'detached' });
      await row(page, 'Wide').click();
      const opened = dialog(page, 'Wide');
      await opened.getByRole('button', { name: 'Start' }).click();
      await confirm(page, 'Start: Wide', 'Start');
      await opened.getByText('running', { exact: true }).waitFor();
      await opened.getByRole('textbox', { name: 'Share of the audience' }).first().fill('80');
      await opened.getByRole('button', { name: 'Change share' }).click();
      await confirm(page, 'Change share: Wide', 'Change share');
      const { experiments } = await dashboard().ask<{ experiments: { nodes: unknown[] } }>(
        `{ experiments(projectId: "${projectId}") { nodes { name status traffic } } }`,
      );
      expect(experiments.nodes).toEqual([{ name: 'Wide', status: 'RUNNING', traffic: 80 }]);
    });
  });
}
