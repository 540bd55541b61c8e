import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../fixtures/free-port';
import { IdentityProvider } from '../fixtures/identity-provider';
import { ServerProcess } from '../fault/server-process';
import { Dashboard, describeInBrowser } from './browser';
import { dialog, row } from './flows/acts';

const projectId = 'shop';
const keys = `/p/${projectId}/setup/keys`;
const key = (name: string) => ({ projectId, name, type: 'STRING', defaultValue: 'x' });

describeInBrowser('a server that has bad luck', () => {
  let directory: string;
  let dashboard: Dashboard;
  let server: ServerProcess;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'misfortune-'))));
  afterEach(async () => {
    await dashboard.finish();
    await dashboard.close();
    await server.kill();
    rmSync(directory, { recursive: true });
  });

  async function open(environment: Record<string, string>, preload?: string): Promise<void> {
    const options = { environment: { DASHBOARD: 'true', ...environment }, ...(preload === undefined ? {} : { preload }) };
    server = await ServerProcess.start(join(directory, 'data'), options);
    dashboard = await Dashboard.over({ url: server.url, token: server.token, dataDir: join(directory, 'data'), close: async () => {} });
  }

  test('it restarts: the page says that it is not live, comes back by itself, and shows what has happened since', async () => {
    const environment = { PORT: String(await freePort()) };
    await open(environment);
    await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Shop' });
    await dashboard.command('createKey', 'CreateKeyInput', key('before'));
    const page = await dashboard.page(keys);
    await page.getByText('Live', { exact: true }).waitFor();
    await server.kill();
    await page.getByText('Not live: reconnecting').waitFor();
    server = await ServerProcess.start(join(directory, 'data'), { environment: { DASHBOARD: 'true', ...environment } });
    await dashboard.command('createKey', 'CreateKeyInput', key('since'));
    await row(page, 'since').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('it cannot project: what is saved is said to be stored and not to be seen yet, and since when nothing new is shown', async () => {
    const poison = join(directory, 'poison');
    writeFileSync(poison, '');
    await open({ POISON: poison }, join(__dirname, '../fault/poison-child.ts'));
    await dashboard.command('createProject', 'CreateProjectInput', { projectId, name: 'Shop' });
    const page = await dashboard.page(`${keys}?edit=new`);
    const form = dialog(page, 'Create key');
    await form.getByRole('textbox', { name: 'Name' }).fill('poison');
    await form.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Stored. It will be shown as soon as the read model has caught up.').waitFor();
    await form.waitFor({ state: 'detached' });
    await page.getByText('The read model of this project has stopped.').waitFor();
    expect(await row(page, 'poison').count()).toBe(0);
    rmSync(poison);
    await dashboard.ask('mutation { unparkProject(input: { projectId: "shop" }) { ... on UnparkedProject { wasParked } } }');
    await row(page, 'poison').waitFor();
    await page.getByText('The read model of this project has stopped.').waitFor({ state: 'detached' });
  });

  test('its people sign in at an identity provider, and come back to the page that they asked for', async () => {
    const provider = await IdentityProvider.start();
    provider.claims = { roles: { '*': ['admin'] } };
    try {
      await open(provider.environment);
      const page = await dashboard.visitor('/?search=nothing');
      await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
      await page.getByText('No project matches').waitFor();
      expect(page.url()).toBe(`${server.url}/?search=nothing`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      provider.fault = 'denies';
      await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
      await page.getByRole('alert').waitFor();
      expect(await page.context().cookies()).toEqual([]);
    } finally {
      await provider.stop();
    }
  });
});
