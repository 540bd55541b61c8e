import { readFileSync } from 'node:fs';
import { DAY_MS, PlayedServer } from '../flows/played-tests';
import { violations } from './axe';
import { Dashboard, describeInBrowser } from './browser';
import { chooseWithKeys, withoutMouse } from './flows/acts';
import { DAYS, playWideTest, START, USERS_A_DAY } from './played-results';

describeInBrowser('the results of a test', () => {
  const server = new PlayedServer(START);
  let dashboard: Dashboard;
  let local: string;

  beforeAll(async () => {
    await server.open({ DASHBOARD: 'true' });
    local = await playWideTest(server);
    dashboard = await Dashboard.over({ url: server.url, token: server.adminToken, close: () => server.close() });
  }, 300_000);
  afterAll(async () => dashboard.close());
  afterEach(() => expect(dashboard.complaints).toEqual([]));

  const path = () => `/p/shop/tests/${local}/results`;

  test('checks come first, then the conclusion in words, then rates over time as a plot with its table', async () => {
    const page = await dashboard.page('/p/shop/tests');
    await page.getByRole('link', { name: 'Wide' }).click();
    await page.getByRole('dialog', { name: 'Wide', exact: true }).getByRole('link', { name: 'Results' }).click();
    await page.waitForURL(`**${path()}`);
    await page.getByRole('heading', { level: 1, name: 'Results: Wide' }).waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(
      expect.arrayContaining(['Checks', 'Conclusion', 'Goals', 'Users', 'These numbers']),
    );
    await page.getByRole('region', { name: 'Conclusion' }).getByText('Bought +').waitFor();
    const goal = page.getByRole('region', { name: 'Bought', exact: true });
    await goal.getByRole('img', { name: `Rates of Bought over ${DAYS} days` }).waitFor();
    expect(await goal.locator('.plot polygon').count()).toBe(2);
    await goal.getByText('The plot as a table', { exact: true }).click();
    await goal.getByRole('row', { name: /^2026-03-09/ }).waitFor();
    // The buttons of the plot are in the address.
    await goal.getByRole('radio', { name: 'Uplift' }).click();
    await goal.getByRole('img', { name: /^Uplift of Bought/ }).waitFor();
    expect(new URL(page.url()).search).toBe('?plot=uplift');
    // Everyone who was assigned has seen the layout, but for two whose app holds the values alone.
    const users = page.getByRole('region', { name: 'Users: Planned' });
    expect(await users.getByRole('row').first().getByRole('columnheader').allTextContents()).toContain('Assigned, never exposed');
    const neverExposed = async () => (await users.locator('tbody td:last-child').allTextContents()).map(Number);
    expect(await neverExposed()).toEqual([0, 0]);
    for (const user of ['quiet 1', 'quiet 2']) await server.visit(user, []);
    await page.reload();
    await users.waitFor();
    expect((await neverExposed()).reduce((sum, count) => sum + count, 0)).toBe(2);
    // A user who is forgotten is not counted any more, and not there for the tests that follow.
    for (const user of ['quiet 1', 'quiet 2']) {
      const forget = 'mutation ($user: String!) { forgetUser(input: { projectId: "shop", user: $user }) { __typename } }';
      expect(await server.ask(forget, { user })).toEqual({ forgetUser: { __typename: 'ForgottenUser' } });
    }
    await page.reload();
    await users.waitFor();
    expect(await neverExposed()).toEqual([0, 0]);
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  test('a link shows exactly the same numbers after the baseline has changed; the newest say where it did, and withhold', async () => {
    const page = await dashboard.page(path(), { colorScheme: 'dark', viewport: { width: 390, height: 880 } });
    await page.getByRole('button', { name: 'Link to exactly these numbers' }).click();
    await page.getByRole('button', { name: 'Show the newest' }).waitFor();
    const digest = await page.getByRole('region', { name: 'These numbers' }).locator('code').textContent();
    const { experiment } = await server.ask<{ experiment: { keys: { id: string; version: number }[] } }>(
      'query ($id: ID!) { experiment(id: $id) { keys { id version } } }',
      { id: `shop/experiment/${local}` },
    );
    const [{ id, version }] = experiment.keys as [{ id: string; version: number }];
    const acknowledge = { baselineOf: [`shop/experiment/${local}`] };
    await dashboard.command('editKey', 'EditKeyInput', { id, expectedVersion: version, defaultValue: 'dense', acknowledge });
    await server.moveTo(server.nowMs + 600_000);
    await page.reload();
    await page.getByRole('img').first().waitFor();
    expect(await page.getByRole('region', { name: 'These numbers' }).locator('code').textContent()).toBe(digest);
    expect(await page.locator('.plot .baseline').count()).toBe(0);

    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toBe('Wide.csv');
    expect(readFileSync(await file.path(), 'utf8').split('\n').length).toBeGreaterThan(DAYS);

    const expectNoMouse = await withoutMouse(page);
    await page.getByRole('button', { name: 'Record a decision' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Record a decision' });
    await dialog.getByRole('button', { name: 'Record a decision' }).press('Enter');
    await dialog.getByText('Say why').waitFor();
    await chooseWithKeys(page, dialog.getByRole('button', { name: /Decision/ }), 'Keep control');
    await page.keyboard.press('Tab');
    await page.keyboard.type('The denser layout came first.');
    await dialog.getByRole('button', { name: 'Record a decision' }).press('Enter');
    const decisions = page.getByRole('region', { name: 'Decisions' });
    await decisions.getByText('The denser layout came first.').waitFor();
    await decisions.getByText('These are the numbers that it was made on.').waitFor();
    await expectNoMouse();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Show the newest' }).click();
    await decisions.getByRole('button', { name: 'Its numbers' }).waitFor();
    await page.locator('.plot .baseline').first().waitFor();
    await page.getByRole('region', { name: 'Checks' }).getByText('What control gives changed: revision').waitFor();
    await page.getByRole('region', { name: 'Conclusion' }).getByText('Withheld for Wide layout').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  test('in the past they are those of that time, from what had been received then, and nothing is recorded', async () => {
    const at = new Date(START + 4 * DAY_MS).toISOString();
    const page = await dashboard.page(`${path()}?at=${at}`);
    await page.getByText('Everything is read only').waitFor();
    const thenQuery = 'query ($at: DateTime!) { project(id: "shop", asOf: { time: $at }) { head } }';
    const { project } = await server.ask<{ project: { head: string } }>(thenQuery, { at });
    const query =
      'query ($id: ID!, $head: Cursor!, $at: DateTime!) { experimentResults(projectId: "shop", id: $id, upTo: $head, receivedUpTo: $at) { digest } }';
    const variables = { id: `shop/experiment/${local}`, at, head: project.head };
    const { experimentResults } = await server.ask<{ experimentResults: { digest: string } }>(query, variables);
    const numbers = page.getByRole('region', { name: 'These numbers' });
    await numbers.locator('code').waitFor();
    expect(experimentResults.digest).toContain(await numbers.locator('code').textContent());
    expect(await page.getByRole('button', { name: 'Record a decision' }).count()).toBe(0);
    const goal = page.getByRole('region', { name: 'Bought', exact: true });
    const days = Number(/\d+/.exec((await goal.getByRole('img').getAttribute('aria-label')) ?? '')?.[0]);
    expect(days).toBeLessThan(DAYS);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await goal.getByRole('img', { name: `Rates of Bought over ${DAYS} days` }).waitFor();
    await page.close();
  });

  test('how many users a segment has, and how many a test takes and for how long, are estimated from those who are stored', async () => {
    const rule = { property: { name: 'os', operator: 'NOT_EXISTS' } };
    await dashboard.command('createSegment', 'CreateSegmentInput', { projectId: 'shop', name: 'Unknown system', rule });
    const page = await dashboard.page('/p/shop/setup/segments');
    await page
      .getByRole('row', { name: /^Unknown system/ })
      .getByText(`about ${DAYS * USERS_A_DAY}`)
      .waitFor();
    await page.getByRole('link', { name: 'Unknown system' }).click();
    await page
      .getByRole('dialog')
      .getByText(`of stored users, about ${DAYS * USERS_A_DAY}`)
      .waitFor();
    await page.goto(`${server.url}/p/shop/tests?edit=shop/experiment/${local}`);
    const reach = page.getByRole('dialog').getByRole('region', { name: 'Reach' });
    await reach.getByText(`of the users of the last 30 days, about ${DAYS * USERS_A_DAY}, are in it`).waitFor();
    await reach.getByText(/10,000 planned users take about [\d,]+ days/).waitFor();
    await page.context().close();
  });
});
