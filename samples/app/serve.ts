import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface AppOptions {
  /** The ledger's server. */
  readonly url: string;
  readonly projectId: string;
  /** Of the role `app`. */
  readonly token: string;
  /** Absent: any that is free. */
  readonly port?: number;
}

export interface RunningApp {
  readonly url: string;
  close(): Promise<void>;
}

const PAGE = join(__dirname, 'page');

/**
 * Serves the page of the shop. What else the page asks is handed on to the ledger's server, so that it need not let in pages of other origins; an app
 * of your own is named in its CORS_ORIGINS instead.
 */
export async function serveApp({ url, projectId, token, port = 0 }: AppOptions): Promise<RunningApp> {
  const { outputFiles } = await build({ entryPoints: [join(PAGE, 'page.ts')], bundle: true, minify: true, write: false, target: 'es2022' });
  const settings = { baseUrl: `/projects/${projectId}`, token, server: url };
  const files: Readonly<Record<string, readonly [type: string, content: string | Buffer]>> = {
    '/': ['text/html; charset=utf-8', await readFile(join(PAGE, 'index.html'))],
    '/page.js': ['text/javascript; charset=utf-8', outputFiles[0]!.text],
    '/settings.json': ['application/json; charset=utf-8', JSON.stringify(settings)],
  };
  const server = createServer((incoming, answer) => {
    const file = incoming.method === 'GET' ? files[incoming.url ?? ''] : undefined;
    if (file === undefined) return handOn(url, incoming, answer);
    answer.writeHead(200, { 'content-type': file[0] }).end(file[1]);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function handOn(url: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = incoming;
  const { host } = new URL(url);
  const onward = request(new URL(incoming.url ?? '/', url), { method, headers: { ...headers, host } }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on('error', (error) => {
    if (!answer.headersSent) answer.writeHead(502, { 'content-type': 'text/plain' });
    answer.end(`The server cannot be reached: ${error.message}`);
  });
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
