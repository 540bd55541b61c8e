import { Fleet } from '../fault/fleet';
import { eventually } from '../fixtures/eventually';
import { freePort } from '../fixtures/free-port';
import { Haproxy } from '../fixtures/haproxy';
import { IdentityProvider } from '../fixtures/identity-provider';
import { Dashboard, describeInBrowser } from './browser';
import { dialog, row } from './flows/acts';

const projectId = 'shop';
const keys = `/p/${projectId}/setup/keys`;

/** Two instances with their ports, which they keep over a restart, and the proxy in front of them. */
async function twoBehindProxy(environment: Record<string, string>, projects: readonly string[]): Promise<{ fleet: Fleet; proxy: Haproxy }> {
  const ports = [await freePort(), await freePort()];
  const instances = ports.map((port) => ({ environment: { PORT: String(port) } }));
  const all = { DASHBOARD: 'true', TRUSTED_PROXIES: '1', ...environment };
  const fleet = await Fleet.begin({ instances, environment: all, projects });
  const proxy = await Haproxy.start(ports);
  await eventually('the proxy answers', () => answers(proxy));
  return { fleet, proxy };
}

async function answers({ url }: Haproxy): Promise<boolean> {
  return (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200;
}

describeInBrowser('two instances behind the shipped proxy', () => {
  let fleet: Fleet;
  let proxy: Haproxy;
  let dashboard: Dashboard;

  beforeAll(async () => {
    ({ fleet, proxy } = await twoBehindProxy({}, [projectId]));
    dashboard = await Dashboard.over({ url: proxy.url, token: fleet.member(0).address.token, close: async () => {} });
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
    await fleet.member(0).start();
  });

  test('both restart: the page says that it is not live, comes back by itself, and shows what has happened since', async () => {
    const page = await dashboard.page(keys);
    await page.getByText('Live', { exact: true }).waitFor();
    await Promise.all(fleet.members.map((member) => member.kill()));
    await page.getByText('Not live: reconnecting').waitFor();
    await Promise.all(fleet.members.map((member) => member.start()));
    await eventually('the proxy answers again', () => answers(proxy));
    await dashboard.command('createKey', 'CreateKeyInput', { projectId, name: 'since', type: 'BOOLEAN', defaultValue: false });
    await row(page, 'since').waitFor();
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

describeInBrowser('two instances whose people sign in at an identity provider', () => {
  let provider: IdentityProvider;
  let fleet: Fleet;
  let proxy: Haproxy;
  let dashboard: Dashboard;

  beforeAll(async () => {
    provider = await IdentityProvider.start();
    provider.claims = { roles: { '*': ['admin'] } };
    ({ fleet, proxy } = await twoBehindProxy(provider.environment, []));
    dashboard = await Dashboard.over({ url: proxy.url, token: undefined, close: async () => {} });
  });
  afterEach(() => dashboard.finish());
  afterAll(async () => {
    await dashboard.close();
    await proxy.stop();
    await fleet.end();
    await provider.stop();
  });

  /** Leaves this one alone in front of the proxy. */
  async function leave(alone: number): Promise<void> {
    await fleet.member(alone).start();
    await fleet.member(1 - alone).kill();
    await eventually('the proxy answers', () => answers(proxy));
  }

  test('a sign-in that was begun at one ends at the other, and holds at both until it is ended', async () => {
    await fleet.member(0).kill();
    await eventually('the proxy answers', () => answers(proxy));
    const page = await dashboard.visitor('/?search=nothing');
    provider.meanwhile = () => leave(0);
    const signIn = page.getByRole('link', { name: 'Sign in with your organisation' });
    await signIn.click();
    await page.getByText('No project matches').waitFor();
    expect(page.url()).toBe(`${proxy.url}/?search=nothing`);

    await leave(1);
    await page.reload();
    await page.getByText('No project matches').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn.waitFor();
    await leave(0);
    await page.reload();
    await signIn.waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });
});
