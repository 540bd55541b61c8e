import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Routes } from '../routes';
import { type BuiltFile, ENCODINGS, type Encoding } from './built-files';
import type { Dashboard, DashboardState } from './dashboard';

/** The one style element that the page's components write, by the hash of its text. */
export const STYLE_HASH = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='";
export const DASHBOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${STYLE_HASH}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR_SECONDS = 365 * 24 * 3_600;
const HTML = 'text/html; charset=utf-8';

/** The dashboard at `/` and every path of its own: its page for a navigation, and nothing else for what is not there. */
export function dashboardRoutes(dashboard: Dashboard): Routes {
  return {
    add: (server) => {
      server.get('/*', (request, reply) => {
        const { state } = dashboard;
        const [path = '/'] = request.url.split('?', 1);
        const file = state.kind === 'built' ? state.built.files.get(path) : undefined;
        if (file !== undefined) return send(file, request, reply);
        if (!isNavigation(request)) return reply.callNotFound();
        if (state.kind === 'built') return send(state.built.page, request, reply);
        void dashboard.start();
        void reply.code(503).header('content-security-policy', DASHBOARD_POLICY).header('retry-after', '1').type(HTML);
        return interimPage(state.kind);
      });
    },
    stop: async () => dashboard.stop(),
  };
}

/** A page that a person opens; not what a page or a program loads. */
function isNavigation({ headers }: FastifyRequest): boolean {
  const mode = headers['sec-fetch-mode'];
  return (mode === undefined || mode === 'navigate') && /\btext\/html\b/.test(headers.accept ?? '');
}

function send(file: BuiltFile, request: FastifyRequest, reply: FastifyReply): Buffer {
  const accepted = new Negotiator(request.raw).encodings([...ENCODINGS]);
  const encoding: Encoding = ENCODINGS.find((each) => file.bytes[each] !== undefined && accepted.includes(each)) ?? 'identity';
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  void reply
    .header('content-security-policy', DASHBOARD_POLICY)
    .header('cache-control', file.isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
    .header('vary', 'accept-encoding')
    .type(file.type);
  return file.bytes[encoding] ?? file.bytes.identity;
}

/** A page for a visitor who comes before the dashboard is built: it reloads itself, without a script, or says that there is nothing to wait for. */
function interimPage(kind: Exclude<DashboardState['kind'], 'built'>): string {
  return kind === 'building'
    ? page('The dashboard is being built', '<p>This page reloads by itself. It takes a few seconds after the first start.</p>', 1)
    : page(
        'The dashboard could not be built',
        '<p>The log of the server says why. The API works: <a href="/graphql">open the explorer</a>.</p>',
      );
}

function page(title: string, text: string, reloadSeconds?: number): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSeconds}" />\n    `}<title>${title}</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <main>
      <h1>${title}</h1>
      ${text}
    </main>
  </body>
</html>
`;
}
