import type { Dashboard } from '../browser';
import { closeMenu, confirm, dialog, menu, row } from './acts';

const projectId = 'tests';
const at = (page: string) => `/p/${projectId}${page}`;

/** What A/B tests and goals ask for less often. */
export function testFlows(dashboard: () => Dashboard): void {
  describe('A/B tests beside each other', () => {
    const experiment = (name: string, goals: readonly string[]) => ({
      projectId,
      name,
      keys: ['layout'],
      traffic: 30,
      goals: goals.map((goalId) => ({ goalId, role: 'PRIMARY' })),
      variants: [
        { name: 'control', control: true, weight: 50, values: [] },
        { name: 'B', control: false, weight: 50, values: [{ key: 'layout', value: name }] },
      ],
    });
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'Tests' });
      await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'compact' });
      const goal = await ledger.command('createGoal', 'CreateGoalInput', { projectId, name: 'Purchases', event: 'Purchase' });
      for (const name of ['Wide', 'Dense']) {
        const id = await ledger.command('createExperiment', 'CreateExperimentInput', experiment(name, [goal]));
        await ledger.command('startExperiment', 'ExperimentInput', { id, acknowledge: { noReach: true } });
      }
    });

    test('a variant is rolled out once the person has seen which tests are compared with something else from then on', async () => {
      const page = await dashboard().page(at('/tests'));
      await row(page, 'Wide').click();
      const opened = dialog(page, 'Wide');
      await opened.getByRole('button', { name: 'B', exact: true }).click();
      const asked = dialog(page, 'Roll out a variant: B');
      await asked.getByRole('textbox', { name: /Reason/ }).fill('It is better');
      await asked.getByRole('button', { name: 'Roll out' }).click();
      const warning = dialog(page, 'This affects A/B tests');
      await warning.getByRole('link', { name: 'Dense' }).waitFor();
      expect(await warning.getByRole('button', { name: 'Go on' }).isDisabled()).toBe(true);
      await warning.getByRole('checkbox', { name: 'I have seen this' }).press('Space');
      await warning.getByRole('button', { name: 'Go on' }).click();
      await opened.getByText('rolled out', { exact: true }).waitFor();
      expect(await dashboard().eventTypes(projectId)).toContain('ExperimentRolledOut');
    });

    test('a goal that a running test is judged by is not archived, is checked while it is written, and is reviewed before it is changed', async () => {
      const page = await dashboard().page(at('/goals'));
      await page.getByRole('button', { name: 'More for Purchases' }).click();
      await page.getByRole('menuitem', { name: /Archive.*is used by/ }).waitFor();
      await closeMenu(page);
      await row(page, 'Purchases').click();
      const days = dialog(page, 'Purchases').getByRole('textbox', { name: 'Days after the first exposure' });
      await dialog(page, 'Purchases').getByText('In plain words').waitFor();
      await days.fill('400');
      await dialog(page, 'Purchases')
        .getByText(/from 1 to 90/)
        .waitFor();
      await days.fill('7');
      await dialog(page, 'Purchases')
        .getByText(/from 1 to 90/)
        .waitFor({ state: 'detached' });
      await dialog(page, 'Purchases').getByRole('textbox', { name: 'Description' }).fill('Of the shop');
      await dialog(page, 'Purchases').getByRole('button', { name: 'Save' }).click();
      const review = dialog(page, 'Review the change');
      await review.getByRole('link', { name: 'Dense' }).waitFor();
      await review.getByText('"Of the shop"', { exact: true }).waitFor();
      await review.getByRole('button', { name: 'Back' }).click();
      await dialog(page, 'Purchases').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Discard changes' }).click();
      await dialog(page, 'Purchases').waitFor({ state: 'detached' });
    });

    test('a new test is exclusive where the setting says so, and may choose where it does not', async () => {
      const page = await dashboard().page(at('/tests?edit=new'));
      const exclusive = page.getByRole('checkbox', { name: /Mutually exclusive/ });
      await exclusive.waitFor({ state: 'attached' });
      expect([await exclusive.isChecked(), await exclusive.isDisabled()]).toEqual([false, false]);
      await dashboard().ask('mutation($input: ExclusivityInput!) { enableExclusivity(input: $input) { __typename } }', {
        input: { projectId },
      });
      const next = await dashboard().page(at('/tests?edit=new'));
      const forced = next.getByRole('checkbox', { name: /Mutually exclusive/ });
      await forced.waitFor({ state: 'attached' });
      expect([await forced.isChecked(), await forced.isDisabled()]).toEqual([true, true]);
      await next.getByText('The project makes every new test mutually exclusive.').waitFor();
    });

    test('a running test is stopped, and archived from the list', async () => {
      const page = await dashboard().page(at('/tests'));
      await row(page, 'Dense').click();
      await dialog(page, 'Dense').getByRole('button', { name: 'Stop' }).click();
      await confirm(page, 'Stop: Dense', 'Stop');
      await dialog(page, 'Dense').getByText('stopped', { exact: true }).waitFor();
      await dialog(page, 'Dense').getByRole('button', { name: 'Close' }).first().click();
      await menu(page, 'Dense', 'Archive');
      await row(page, 'Dense').waitFor({ state: 'detached' });
    });
  });
}
