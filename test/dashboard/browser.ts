import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Role } from '../../src/application/caller';
import { issueToken, readSecret } from '../../src/http/tokens';
import { ServerProcess, type ServerOptions } from '../fault/server-process';

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

/** A browser without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ args: ['--no-sandbox'], ...(executablePath === undefined ? {} : { executablePath }) });
}

const BUILD_TIMEOUT_MS = 90_000;
/** On a loaded machine a page takes long, and no test is about that. */
const STEP_TIMEOUT_MS = 60_000;
const TOKEN_TTL_MS = 3_600_000;

/** A server that serves the dashboard. */
export interface Served {
  readonly url: string;
  /** An admin's. */
  readonly token: string | undefined;
  readonly link?: string | undefined;
  /** Where its secret is, for tokens of other roles. */
  readonly dataDir?: string;
  close(): Promise<void>;
}

/** A server that serves the dashboard, and a browser. */
export class Dashboard {
  /** What pages complained of: script errors, and violations of the content security policy. */
  readonly complaints: string[] = [];
  /** The admin's browser: its tabs share what it has loaded already. */
  private admin: Promise<BrowserContext> | undefined;
  private readonly opened = new Set<Page>();

  private constructor(
    readonly server: Served,
    private readonly browser: Browser,
  ) {}

  static async open({ environment = {}, ...options }: ServerOptions = {}): Promise<Dashboard> {
    const dataDir = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const server = await ServerProcess.start(dataDir, { ...options, environment: { DASHBOARD: 'true', ...environment } });
    const { url, token, link } = server;
    const close = async () => {
      await server.kill();
      rmSync(dataDir, { recursive: true });
    };
    return Dashboard.over({ url, token, link, dataDir, close });
  }

  /** With a server that the test has started itself. */
  static async over(server: Served): Promise<Dashboard> {
    const browser = openBrowser();
    try {
      await built(server.url);
      return new Dashboard(server, await browser);
    } catch (error) {
      await Promise.allSettled([browser.then((opened) => opened.close()), server.close()]);
      throw error;
    }
  }

  /** A tab of the admin's browser; with options, a browser of its own, as another admin has. */
  async page(path: string, options?: BrowserContextOptions): Promise<Page> {
    if (options !== undefined) return this.tab(await this.signedIn(this.server.token, options), path);
    this.admin ??= this.signedIn(this.server.token).then((context) => context.on('close', () => (this.admin = undefined)));
    return this.tab(await this.admin, path);
  }

  /** A page of the browser of a person with these roles in all projects. */
  async person(subject: string, roles: readonly Role[], path: string): Promise<Page> {
    return this.tab(await this.signedIn(await this.tokenOf(subject, roles)), path);
  }

  /** A token of a person with these roles in all projects. */
  async tokenOf(subject: string, roles: readonly Role[]): Promise<string> {
    const { dataDir } = this.server;
    if (dataDir === undefined) throw new Error('Tokens of other roles are signed with the secret of the server’s data directory.');
    const { bytes } = await readSecret(dataDir);
    return issueToken(bytes, { subject, kind: 'user', roles: { '*': roles }, ttlMs: TOKEN_TTL_MS });
  }

  /** A page of a browser of its own that is not signed in. */
  async visitor(path: string): Promise<Page> {
    return this.tab(await this.context(), path);
  }

  /** What a test ends with: its pages are closed, and none had anything to complain of. */
  async finish(): Promise<void> {
    const contexts = new Set([...this.opened].map((page) => page.context()));
    await Promise.all([...this.opened].map((page) => page.close()));
    const admin = await this.admin;
    await Promise.all([...contexts].filter((context) => context !== admin).map((context) => context.close()));
    this.opened.clear();
    const complaints = this.complaints.splice(0);
    if (complaints.length > 0) throw new Error(`pages complained: ${complaints.join('\n')}`);
  }

  private async signedIn(token: string | undefined, options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.context(options);
    const { url } = this.server;
    const answer = await context.request.post(`${url}/session`, { data: { token }, headers: { origin: url } });
    if (!answer.ok()) throw new Error(await answer.text());
    return context;
  }

  private async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const viewport = { width: 1320, height: 880 };
    const context = await this.browser.newContext({ viewport, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    return context;
  }

  private async tab(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    this.opened.add(page);
    page.on('close', () => this.opened.delete(page));
    this.watch(page);
    await page.goto(this.server.url + path);
    return page;
  }

  /** Hears what a page complains of: script errors, and violations of the content security policy. */
  watch(page: Page): readonly string[] {
    const own: string[] = [];
    const complain = (text: string) => {
      own.push(text);
      this.complaints.push(text);
    };
    page.on('pageerror', ({ message }) => complain(message));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) complain(message.text());
    });
    return own;
  }

  /** Asks the API, for what a test begins with and what it ends with. */
  async ask<T>(query: string, variables: object = {}, token = this.server.token): Promise<T> {
    const answer = await fetch(`${this.server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Sends a command and answers the id of what it is about. */
  async command(mutation: string, type: string, input: object, token?: string): Promise<string> {
    const query = `mutation($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Node { id } ... on Refusal { message } } }`;
    const { result } = await this.ask<{ result: { id?: string; message?: string } }>(query, { input }, token);
    if (result.id === undefined) throw new Error(result.message);
    return result.id;
  }

  /** The types of a project's events, oldest first. */
  async eventTypes(projectId: string): Promise<readonly string[]> {
    const query = 'query($projectId: ID!) { history(projectId: $projectId, first: 200) { nodes { event { type } } } }';
    const { history } = await this.ask<{ history: { nodes: { event: { type: string } }[] } }>(query, { projectId });
    return history.nodes.map(({ event }) => event.type).reverse();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/** Resolves when the dashboard is built, and served. */
async function built(url: string): Promise<void> {
  const until = performance.now() + BUILD_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${url}/build.txt`);
    if (answer.ok && /^\w{16}$/.test((await answer.text()).trim())) return;
    if (performance.now() > until) throw new Error(`The dashboard was not built: ${answer.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
