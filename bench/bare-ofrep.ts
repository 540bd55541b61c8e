import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer, as the product gave it. */
export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The least that a server of values can be: it reads and parses the same bodies, and sends the same bytes, which its parent gives it by path. */
function main(): void {
  let answers: Readonly<Record<string, BareAnswer>> = {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { context } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly context?: unknown };
      const answer = answers[request.url ?? ''];
      if (answer === undefined || context === undefined) return response.writeHead(404).end();
      const { status, headers, body } = request.headers['if-none-match'] === undefined ? answer : (answers[`304 ${request.url}`] ?? answer);
      return response.writeHead(status, headers).end(body);
    });
  });
  process.on('message', (message: typeof answers | 'cpu') => {
    if (message === 'cpu') return process.send?.(process.cpuUsage().user + process.cpuUsage().system);
    answers = message;
    return process.send?.('taken');
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

if (require.main === module) main();
