import { eventually, Fleet } from '../fault/fleet';
import { Haproxy } from '../fixtures/haproxy';
import { Dashboard, describeInBrowser } from './browser';
import { dialog, row } from './flows/acts';

const projectId = 'shop';
const keys = `/p/${projectId}/setup/keys`;
const INSTANCES = 2;

describeInBrowser('two instances behind the shipped proxy', () => {
  let fleet: Fleet;
  let proxy: Haproxy;
  let dashboard: Dashboard;

  beforeAll(async () => {
    const environment = { DASHBOARD: 'true', TRUSTED_PROXIES: '1' };
    fleet = await Fleet.begin({ instances: Array.from({ length: INSTANCES }, () => ({})), environment, projects: [projectId] });
    const addresses = fleet.members.map(({ address }) => address);
    proxy = await Haproxy.start(addresses.map(({ url }) => Number(new URL(url).port)));
    await eventually('the proxy answers', async () => (await fetch(`${proxy.url}/health/ready`).catch(() => undefined))?.status === 200);
    dashboard = await Dashboard.over({ url: proxy.url, token: addresses[0]?.token, close: async () => {} });
    await dashboard.command('createKey', 'CreateKeyInput', { projectId, name: 'layout', type: 'STRING', defaultValue: 'first' });
  });
  afterEach(() => dashboard.finish());
  afterAll(async () => {
    await dashboard.close();
    await proxy.stop();
    await fleet.end();
  });

  test('a change that one browser saves appears in the open form of another', async () => {
    const [mine, theirs] = [await dashboard.page(keys), await dashboard.page(keys, {})];
    for (const page of [mine, theirs]) {
      await page.getByText('Live', { exact: true }).waitFor();
      await row(page, 'layout').click();
    }
    const value = dialog(mine, 'layout').getByRole('textbox', { name: 'Default value' });
    await value.fill('mine');
    await dialog(theirs, 'layout').getByRole('textbox', { name: 'Default value' }).fill('theirs');
    await dialog(theirs, 'layout').getByRole('button', { name: 'Save' }).click();
    await dialog(mine, 'layout').getByRole('button', { name: 'Take theirs' }).click();
    expect(await value.inputValue()).toBe('theirs');
  });

  test('one instance is killed: the page is live again at the other, and shows what comes', async () => {
    const page = await dashboard.page(keys);
    await page.getByText('Live', { exact: true }).waitFor();
    await fleet.member(0).kill();
    const input = { projectId, name: 'after', type: 'BOOLEAN', defaultValue: false, commandId: 'after' };
    await eventually('the other one takes commands', () =>
      dashboard.command('createKey', 'CreateKeyInput', input).then(
        () => true,
        () => false,
      ),
    );
    await row(page, 'after').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('a person who signs out is signed out at every instance', async () => {
    const page = await dashboard.page(keys, {});
    const other = await page.context().newPage();
    await other.goto(proxy.url + keys);
    await row(other, 'layout').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await eventually('neither instance lets the other tab in', async () => {
      await other.reload();
      return other.getByRole('button', { name: 'Sign in', exact: true }).isVisible();
    });
  });
});
