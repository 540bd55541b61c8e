import { Dashboard, describeInBrowser } from './browser';

describeInBrowser('the pages of experiences and of the ledger', () => {
  let dashboard: Dashboard;
  const projectId = 'shop';
  let flag: string;

  beforeAll(async () => {
    dashboard = await Dashboard.open();
    await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Shop' });
    await dashboard.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'compact' });
    flag = await dashboard.command('createFlag', 'CreateFlagInput', {
      projectId,
      key: 'layout',
      name: 'Layout',
      rows: [
        { percentage: 10, value: 'first' },
        { percentage: 20, value: 'second' },
      ],
    });
  });
  afterAll(async () => dashboard.close());
  afterEach(() => expect(dashboard.complaints).toEqual([]));

  const values = async () => {
    const { flag: found } = await dashboard.ask<{ flag: { status: string; rows: { value: string }[] } }>(
      'query($id: ID!) { flag(id: $id) { status rows { value } } }',
      { id: flag },
    );
    return [found.status, ...found.rows.map(({ value }) => value)];
  };

  test('rows of a flag are moved by keyboard and by dragging, and it is published and paused', async () => {
    const page = await dashboard.page('/p/shop/flags');
    await page.getByRole('link', { name: 'Layout' }).click();
    const form = page.getByRole('dialog', { name: 'Layout', exact: true });
    await form.getByRole('button', { name: /^Row 1/ }).focus();
    await page.keyboard.press('Alt+ArrowDown');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    expect(await values()).toEqual(['DRAFT', 'second', 'first']);

    await page.getByRole('link', { name: 'Layout' }).click();
    await form.getByRole('button', { name: /^Row 2/ }).dragTo(form.getByRole('button', { name: /^Row 1/ }));
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    expect(await values()).toEqual(['DRAFT', 'first', 'second']);

    await page.getByRole('link', { name: 'Layout' }).click();
    for (const [verb, status] of [
      ['Publish', 'live'],
      ['Pause', 'paused'],
    ] as const) {
      await form.getByRole('button', { name: verb }).click();
      await page
        .getByRole('dialog', { name: `${verb}: Layout` })
        .getByRole('button', { name: verb })
        .click();
      await form.getByText(status, { exact: true }).waitFor();
    }
    expect((await values())[0]).toBe('PAUSED');
    await page.context().close();
  });

  test('a test whose weights do not sum says so; created, it is started', async () => {
    const page = await dashboard.page('/p/shop/tests?edit=new');
    const form = page.getByRole('dialog', { name: 'Create A/B test' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Wide');
    await form.getByRole('combobox', { name: 'Add a key' }).fill('layout');
    await page.keyboard.press('Tab');
    await form.getByRole('button', { name: 'Add a key' }).click();
    await form.getByRole('button', { name: 'Set a value' }).click();
    await form.getByRole('textbox', { name: 'layout' }).fill('wide');
    await form.getByRole('textbox', { name: 'Weight' }).last().fill('40');
    await form.getByText('must sum to 100 %').first().waitFor();
    await form.getByRole('button', { name: 'Make them equal' }).click();
    await form.getByRole('button', { name: 'Create A/B test' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Wide' }).click();
    const test = page.getByRole('dialog', { name: 'Wide', exact: true });
    await test.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('dialog', { name: 'Start: Wide' }).getByRole('button', { name: 'Start' }).click();
    await test.getByText('running', { exact: true }).waitFor();
    await page.context().close();
  });

  test('the history is filtered in the address, shows fields, and the past is read only', async () => {
    const page = await dashboard.page('/p/shop/history?kind=FLAG');
    await page.getByText('published flag').waitFor();
    expect(await page.getByText('created key').count()).toBe(0);
    await page.getByRole('button', { name: 'Changes' }).last().click();
    await page.getByText('percentage').first().waitFor();
    await page.getByRole('link', { name: 'As it was then' }).last().click();
    await page.getByText('Everything is read only').waitFor();
    await page.getByRole('link', { name: 'Keys' }).click();
    expect(await page.getByRole('button', { name: 'Key', exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText('Everything is read only').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a user’s value is shown with the trail of why', async () => {
    const page = await dashboard.page('/p/shop/try');
    await page.getByRole('textbox', { name: 'User id' }).fill('ann');
    await page.getByRole('button', { name: 'Evaluate' }).click();
    await page.getByRole('button', { name: 'Why' }).click();
    await page.locator('.note .badge').first().waitFor();
    await page.context().close();
  });

  test('a set-up file is planned as sentences and applied', async () => {
    const { setup } = await dashboard.ask<{ setup: { keys: { description?: string }[] } }>('{ setup(projectId: "shop") }');
    const [first] = setup.keys;
    if (first !== undefined) first.description = 'Of the shop';
    const page = await dashboard.page('/p/shop/setup-file');
    await page.getByRole('textbox', { name: /Set-up file/ }).fill(JSON.stringify(setup));
    await page.getByRole('button', { name: 'Plan', exact: true }).click();
    await page.getByText('1 change', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Apply the plan' }).click();
    await page.getByText('nothing to do').waitFor();
    await page.context().close();
  });
});
