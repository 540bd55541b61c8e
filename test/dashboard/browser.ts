import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { ServerProcess } from '../fault/server-process';

/** The browser that the tests use, as scripts/install-chromium.sh finds it: $CHROMIUM, or the first that starts. */
function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const names = [process.env['CHROMIUM'] ?? '', 'chromium', 'google-chrome', 'chromium-browser'].filter((name) => name !== '');
  const paths = names.flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name))));
  return paths.find((path) => existsSync(path) && spawnSync(path, ['--version']).status === 0);
}

const executablePath = findChromium();

/** A suite that needs a browser, and says so where there is none. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (executablePath !== undefined) return describe(title, tests);
  console.error(`NO BROWSER: "${title}" was not run. scripts/install-chromium.sh says what to do.`);
  describe.skip(title, tests);
}

const BUILD_TIMEOUT_MS = 90_000;

/** A server that serves the dashboard, and a browser. */
export class Dashboard {
  /** What pages complained of: script errors, and violations of the content security policy. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly directory: string,
    readonly server: ServerProcess,
    private readonly browser: Browser,
  ) {}

  static async open(): Promise<Dashboard> {
    const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const server = await ServerProcess.start(directory, { environment: { DASHBOARD: 'true' } });
    const browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath === undefined ? {} : { executablePath }) });
    const dashboard = new Dashboard(directory, server, browser);
    const page = await dashboard.visitor('/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: BUILD_TIMEOUT_MS });
    await page.context().close();
    dashboard.complaints.length = 0;
    return dashboard;
  }

  /** A page of a browser of its own, as another person has, who is signed in as admin. */
  async page(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.newPage(options);
    const { token, url } = this.server;
    const answer = await page.context().request.post(`${url}/session`, { data: { token }, headers: { origin: url } });
    if (!answer.ok()) throw new Error(await answer.text());
    await page.goto(url + path);
    return page;
  }

  /** A page of a browser of its own that is not signed in. */
  async visitor(path: string): Promise<Page> {
    const page = await this.newPage({});
    await page.goto(this.server.url + path);
    return page;
  }

  private async newPage(options: BrowserContextOptions): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1320, height: 880 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
    return page;
  }

  /** Asks the API, for what a test begins with and what it ends with. */
  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const answer = await fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Sends a command and answers the id of what it is about. */
  async command(mutation: string, type: string, input: object): Promise<string> {
    const query = `mutation($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Node { id } ... on Refusal { message } } }`;
    const { result } = await this.ask<{ result: { id?: string; message?: string } }>(query, { input });
    if (result.id === undefined) throw new Error(result.message);
    return result.id;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.kill();
    rmSync(this.directory, { recursive: true });
  }
}
