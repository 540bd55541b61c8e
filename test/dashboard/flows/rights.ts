import type { Locator } from 'playwright-core';
import { ROLES } from '../../../src/application/caller';
import type { Dashboard } from '../browser';
import { row } from './acts';

const projectId = 'rights';

/** Every role sees and may do what the API says of it, and no more. */
export function rightsFlows(dashboard: () => Dashboard): void {
  describe('what a role may do', () => {
    let running: string;
    beforeAll(async () => {
      const ledger = dashboard();
      await ledger.command('createProject', 'CreateProjectInput', { projectId, name: 'Rights' });
      await ledger.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'compact' });
      await ledger.command('createFlag', 'CreateFlagInput', { projectId, key: 'layout', name: 'Layout' });
      const variants = [
        { name: 'control', control: true, weight: 50, values: [] },
        { name: 'B', control: false, weight: 50, values: [{ key: 'layout', value: 'wide' }] },
      ];
      running = await ledger.command('createExperiment', 'CreateExperimentInput', { projectId, name: 'Wide', keys: ['layout'], variants });
      await ledger.command('startExperiment', 'ExperimentInput', { id: running, acknowledge: { noReach: true } });
    });

    test.each(ROLES.map((role) => [role]))('%s', async (role) => {
      const token = await dashboard().tokenOf(role, [role]);
      const { viewer } = await dashboard().ask<{ viewer: { rights: string[] } }>(
        `{ viewer { rights(projectId: "${projectId}") } }`,
        {},
        token,
      );
      const may = (right: string) => viewer.rights.includes(right);
      const page = await dashboard().person(role, [role], `/p/${projectId}/setup/keys`);
      const visit = async (path: string) => page.goto(`${dashboard().server.url}/p/${projectId}${path}`);
      /** Where it is refused, the server's sentence is in the place of what would be shown. */
      const shownOrRefused = async (right: string, shown: Locator) => {
        await shown
          .or(page.getByRole('alert').filter({ hasText: /takes the role/ }))
          .first()
          .waitFor();
        expect([right, await shown.first().isVisible()]).toEqual([right, may(right)]);
        return may(right);
      };
      /** A button that is not allowed says why before it is pressed. */
      const allowed = async (right: string, button: Locator, why: RegExp | string = 'Your role lets you read this, not change it.') => {
        await button.waitFor();
        if (!may(right)) await page.getByTitle(why).and(button.locator('xpath=..')).waitFor();
        expect([right, await button.isEnabled()]).toEqual([right, may(right)]);
      };

      if (await shownOrRefused('READ_SET_UP', row(page, 'layout'))) {
        await allowed('WRITE_SET_UP', page.getByRole('button', { name: 'Key', exact: true }));
        await visit('/flags');
        await row(page, 'Layout').waitFor();
        await allowed('WRITE_EXPERIENCES', page.getByRole('button', { name: 'Flag', exact: true }));
        await visit('/settings');
        const exclusivity = page.getByRole('switch', { name: /mutually exclusive/ });
        await exclusivity.waitFor({ state: 'attached' });
        await page.waitForFunction(([element, enabled]) => (element as unknown as { disabled: boolean }).disabled !== enabled, [
          await exclusivity.elementHandle(),
          may('WRITE_SET_UP'),
        ] as const);
      }
      await visit('');
      await shownOrRefused('READ_SET_UP', page.getByRole('region', { name: 'How full it is' }));

      await visit('/history');
      const entry = (text: string) => page.getByRole('listitem').filter({ hasText: text });
      if (await shownOrRefused('READ_HISTORY', entry('created flag'))) {
        const revert = (text: string) => entry(text).getByRole('button', { name: 'Go back to this' });
        await allowed('WRITE_EXPERIENCES', revert('created flag'));
        await allowed('WRITE_SET_UP', revert('created string key'));
      }
      await visit('/compare?from=r0');
      await shownOrRefused('READ_HISTORY', page.getByText(/things differ/));

      await visit('/setup-file');
      const file = page.getByRole('textbox', { name: /Set-up file/ });
      const download = page.getByRole('button', { name: 'Download' }).and(page.locator(':enabled'));
      if (await shownOrRefused('READ_SET_UP', download)) {
        const flags = [{ key: 'layout', name: 'Layout', description: 'Planned' }];
        for (const [right, setup] of [
          ['WRITE_EXPERIENCES', { version: 2, flags }],
          ['WRITE_SET_UP', { version: 2, keys: [{ name: 'layout', type: 'STRING', default: 'compact', description: 'Planned' }], flags }],
        ] as const) {
          await file.fill(JSON.stringify(setup));
          await page.getByRole('button', { name: 'Plan', exact: true }).click();
          await page.getByRole('heading', { name: /^\d changes?$/ }).waitFor();
          await allowed(right, page.getByRole('button', { name: 'Apply the plan' }));
        }
      }

      await visit(`/tests/${running.split('/')[2]}/results`);
      if (await shownOrRefused('READ_SET_UP', page.getByRole('region', { name: 'These numbers' }))) {
        const record = page.getByRole('button', { name: 'Record a decision' });
        await page.waitForLoadState('networkidle');
        await allowed('WRITE_EXPERIENCES', record, /takes the role/);
      }

      await page.goto(`${dashboard().server.url}/admin/access`);
      await shownOrRefused('READ_OPERATIONS', page.getByRole('list', { name: 'Sessions' }));
      const issue = page.getByRole('button', { name: 'Token', exact: true });
      if (!may('ISSUE_TOKENS')) await page.getByTitle('This takes the role admin in every project.').first().waitFor();
      expect(['ISSUE_TOKENS', await issue.isEnabled()]).toEqual(['ISSUE_TOKENS', may('ISSUE_TOKENS')]);
      const query = `{ viewer { rights(projectId: "${projectId}") } }`;
      const answered = await page.evaluate(async (text) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query: text }) });
        return (await answer.json()) as { data: { viewer: { rights: string[] } } };
      }, query);
      expect(answered.data.viewer.rights).toEqual(viewer.rights);
    });
  });
}
