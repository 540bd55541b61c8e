import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Dashboard } from '../../src/http/dashboard/dashboard';
import { DASHBOARD_POLICY, dashboardRoutes } from '../../src/http/dashboard/dashboard-routes';
import { buildLogger } from '../../src/http/logger';
import { Metrics } from '../../src/http/metrics';
import { buildServer, type HttpServer } from '../../src/http/server';

const ROOT = join(__dirname, '../..');
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'sec-fetch-mode': 'navigate' };
const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A checkout with an application of one line. */
function checkout(name: string, main = "import './main.css'; document.title = 'built';"): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'src/dashboard'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  for (const file of ['tsconfig.json', 'package-lock.json', 'bin/build-dashboard.js']) cpSync(join(ROOT, file), join(root, file));
  for (const file of ['index.html', 'tsconfig.json']) cpSync(join(ROOT, 'src/dashboard', file), join(root, 'src/dashboard', file));
  writeFileSync(join(root, 'src/dashboard/main.tsx'), main);
  writeFileSync(join(root, 'src/dashboard/main.css'), 'body { margin: 0 }');
  mkdirSync(join(root, 'node_modules'));
  for (const each of ['esbuild', '@esbuild']) symlinkSync(join(ROOT, 'node_modules', each), join(root, 'node_modules', each));
  return root;
}

const builderOf = (root: string): string => join(root, 'bin/build-dashboard.js');
const build = async (root: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [builderOf(root), ...args])).stdout.trim();

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

/** As a browser asks: Node's own fetch says itself that it is no navigation. */
async function serve(
  dashboard: Dashboard,
): Promise<{ server: HttpServer; get: (path: string, headers?: OutgoingHttpHeaders) => Promise<Answered> }> {
  const server = await buildServer({
    routes: [dashboardRoutes(dashboard)],
    authenticate: () => Promise.reject(new Error('asked')),
    metrics: new Metrics(),
    logger: buildLogger('silent'),
    bodyLimitBytes: 1_024,
    corsOrigins: [],
    trustedProxies: 0,
    stopSeconds: 1,
  });
  const { hostname, port } = new URL(await server.listen('127.0.0.1', 0));
  const get = async (path: string, headers: OutgoingHttpHeaders = NAVIGATION): Promise<Answered> => {
    const sent = request({ hostname, port, path, headers }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const bytes = Buffer.concat(await answer.toArray());
    return { status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString() };
  };
  return { server, get };
}

describe('the build', () => {
  test('is kept by the hash of its sources, also when several begin at once, and leaves nothing half done', async () => {
    const root = checkout('kept');
    const [first, second] = await Promise.all([build(root), build(root)]);
    expect(second).toBe(first);
    expect(await build(root)).toBe(first);
    expect(readdirSync(join(root, 'node_modules/.cache/dashboard'))).toEqual([first.split('/').at(-1)]);
    writeFileSync(join(root, 'src/dashboard/main.tsx'), "document.title = 'other';");
    const other = await build(root);
    expect(other).not.toBe(first);
    expect(readFileSync(join(other, 'build.txt'), 'utf8')).not.toBe(readFileSync(join(first, 'build.txt'), 'utf8'));
  });

  test('into a directory replaces what is there', async () => {
    const root = checkout('ahead');
    const target = join(folder, 'dist/dashboard');
    await build(root, target);
    const page = readFileSync(join(target, 'index.html'), 'utf8');
    writeFileSync(join(root, 'src/dashboard/main.tsx'), "document.title = 'new';");
    await build(root, target);
    expect(readFileSync(join(target, 'index.html'), 'utf8')).not.toBe(page);
  });

  test('goes into the temporary folder where it may not write beside its sources, and only into a directory of its own account', async () => {
    const root = checkout('read-only');
    // Nothing can be made below a file, by any account.
    writeFileSync(join(root, 'node_modules/.cache'), '');
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const environment = { ...process.env, TMPDIR: temporary };
    const into = async () => (await promisify(execFile)(process.execPath, [builderOf(root)], { env: environment })).stdout.trim();
    const own = await into();
    expect(own.startsWith(temporary)).toBe(true);
    expect(await into()).toBe(own);
    const directory = join(own, '..');
    rmSync(directory, { recursive: true });
    mkdirSync(directory, { mode: 0o777 });
    chmodSync(directory, 0o777);
    expect((await into()).startsWith(`${directory}/`)).toBe(false);
  });
});

describe('the server', () => {
  let served: string;
  beforeAll(async () => (served = await build(checkout('built'))));

  test('shows a page that reloads itself until the dashboard is built, and then the dashboard', async () => {
    const dashboard = new Dashboard({ script: builderOf(checkout('served')) }, buildLogger('silent'));
    const { server, get } = await serve(dashboard);
    try {
      const waiting = await get('/p/shop');
      expect(waiting.status).toBe(503);
      expect(waiting.headers['content-security-policy']).toBe(DASHBOARD_POLICY);
      const { text } = waiting;
      expect(text).toContain('<meta http-equiv="refresh" content="1" />');
      expect(text).not.toMatch(/<script|<style|style=/);

      await dashboard.start();
      const page = await get('/p/shop/setup/keys?sort=name');
      expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(page.headers['content-security-policy']).toBe(DASHBOARD_POLICY);
      const html = page.text;
      expect(html).not.toMatch(/<style|style=|https?:/);
      const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
      expect(assets).toHaveLength(2);
      for (const path of assets) {
        const asset = await get(path, {});
        expect([asset.status, asset.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
        expect(asset.headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/);
        expect(asset.headers['x-content-type-options']).toBe('nosniff');
      }
      const [, build] = /<meta name="build" content="(\w{16})" \/>/.exec(html) ?? [];
      const current = await get('/build.txt', {});
      expect([current.text, current.headers['cache-control']]).toEqual([build, 'no-cache']);
    } finally {
      await server.stop();
    }
  });

  test('sends what was compressed at the build to a client that takes it', async () => {
    const dashboard = new Dashboard({ directory: served }, buildLogger('silent'));
    await dashboard.start();
    const { server, get } = await serve(dashboard);
    try {
      const ask = (accepted: string) => get('/', { ...NAVIGATION, 'accept-encoding': accepted });
      const plain = await ask('identity');
      expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([undefined, 'accept-encoding']);
      const [brotli, gzip] = [await ask('gzip, deflate, br, zstd'), await ask('gzip, br;q=0')];
      expect([brotli, gzip].map(({ headers }) => headers['content-encoding'])).toEqual(['br', 'gzip']);
      expect(brotliDecompressSync(brotli.bytes)).toEqual(plain.bytes);
      expect(gunzipSync(gzip.bytes)).toEqual(plain.bytes);
    } finally {
      await server.stop();
    }
  });

  test('answers with the page for a navigation only: a file that is not there, a script or a program gets 404', async () => {
    const dashboard = new Dashboard({ directory: served }, buildLogger('silent'));
    await dashboard.start();
    const { server, get } = await serve(dashboard);
    try {
      const status = async (path: string, headers?: OutgoingHttpHeaders) => (await get(path, headers)).status;
      expect(await status('/p/shop')).toBe(200);
      expect(await status('/p/shop', { accept: '*/*' })).toBe(404);
      expect(await status('/p/shop', { accept: 'text/html', 'sec-fetch-mode': 'no-cors' })).toBe(404);
      for (const path of [
        '/assets/main-OLD.js',
        '/../package.json',
        '/%2e%2e/package.json',
        '/assets/..%2f..%2fpackage.json',
        '/index.html.br',
      ]) {
        expect([path, await status(path, { accept: '*/*' })]).toEqual([path, 404]);
      }
      expect((await get('/assets/main-OLD.js', { accept: 'text/html' })).headers['content-type']).not.toContain('javascript');
    } finally {
      await server.stop();
    }
  });

  test('says that a build failed, why in the log alone, and where the explorer is', async () => {
    const log: string[] = [];
    const logger = buildLogger('info', { write: (line: string) => void log.push(line) });
    const dashboard = new Dashboard({ script: builderOf(checkout('broken', "import './nothing';")) }, logger);
    await dashboard.start();
    const { server, get } = await serve(dashboard);
    try {
      const page = (await get('/')).text;
      expect(page).toContain('could not be built');
      expect(page).toContain('<a href="/graphql">');
      expect(page).not.toMatch(/refresh|nothing'/);
      expect(log.join('')).toContain('Could not resolve \\"./nothing\\"');
    } finally {
      await server.stop();
    }
  });
});
