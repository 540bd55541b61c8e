import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { explorerOptions } from './explorer-options';

const ASSETS = '/explorer/';
const OPTIONS = 'options.js';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
/** Nothing from anywhere else, and nothing sent anywhere else. Styles are inline because the page's framework writes them so. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the explorer. The package's own code is not loaded for them: it takes 7 MB of memory, and holds the event loop for 100 ms. */
const DIRECTORY = join(dirname(require.resolve('altair-static/package.json')), 'build/dist');

/** The page for a browser that opens /graphql: it asks this server only, and needs no token itself. */
export async function sendExplorer(reply: FastifyReply): Promise<string> {
  const html = await readFile(join(DIRECTORY, 'index.html'), 'utf8');
  void reply.header('content-security-policy', POLICY).type(TYPES['.html']!);
  return html
    .replace(/<base [^>]*>/, `<base href="${ASSETS}">`)
    .replace('</body>', `<script type="module" src="${OPTIONS}"></script></body>`);
}

/** What the page loads. The files are the package's own; their names change with their content. */
export function explorerRoutes(server: FastifyInstance): void {
  server.get(`${ASSETS}${OPTIONS}`, (_request, reply) => {
    void reply.type(TYPES['.js']!);
    return explorerOptions();
  });
  const names = assets();
  server.get(`${ASSETS}*`, async (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    const type = TYPES[extname(name)];
    if (type === undefined || !(await names()).has(name)) return reply.callNotFound();
    void reply.header('content-security-policy', POLICY).header('cache-control', 'public, max-age=86400').type(type);
    return readFile(join(DIRECTORY, name));
  });
}

/** The files that can be asked for, listed at the first request. Any other name, however it is written, is not found. */
function assets(): () => Promise<ReadonlySet<string>> {
  let listed: Promise<ReadonlySet<string>> | undefined;
  const list = async (): Promise<ReadonlySet<string>> => {
    try {
      return new Set(await readdir(DIRECTORY, { recursive: true }));
    } catch (error) {
      // Not kept: the next request looks again, as when a file descriptor has become free.
      listed = undefined;
      throw error;
    }
  };
  return () => (listed ??= list());
}
