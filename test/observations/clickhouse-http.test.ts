import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClickHouseHttp, parseClickHouseUrl } from '../../src/observations/clickhouse-http';
import { ObservationsUnavailable } from '../../src/observations/observations';
import { openObservations } from '../../src/observations/open';

test.each([
  ['clickhouse://localhost', { url: 'http://localhost:8123/', user: 'default', password: '', database: 'default' }],
  ['clickhouse://ada:p%40ss@db:9000/shop', { url: 'http://db:9000/', user: 'ada', password: 'p@ss', database: 'shop' }],
  ['clickhouses://db', { url: 'https://db:8443/', user: 'default', password: '', database: 'default' }],
  ['clickhouse://', undefined],
  ['clickhouse://db/a/b', undefined],
  ['clickhouse://db/a?b=c', undefined],
  ['http://db', undefined],
])('the URL %s', (url, address) => {
  expect(parseClickHouseUrl(url)).toEqual(address);
});

describe('what is sent', () => {
  let server: Server;
  let asked: { url: URL; body: string; headers: IncomingMessage['headers'] }[];
  let answer: { status: number; text: string };
  let http: ClickHouseHttp;
  beforeEach(async () => {
    asked = [];
    answer = { status: 200, text: '' };
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        asked.push({ url: new URL(request.url!, 'http://localhost'), body, headers: request.headers });
        response.writeHead(answer.status).end(answer.text);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    http = new ClickHouseHttp(parseClickHouseUrl(`clickhouse://ada:secret@127.0.0.1:${port}/shop`)!);
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  test('values stand in parameters, never in the statement, and the password in a header', async () => {
    answer.text = '[1,"a"]\n["2","b\\n"]\n';
    expect(await http.query('SELECT {name:String}', { name: "x'; DROP\ttable \\ \n", n: 4 })).toEqual([
      [1, 'a'],
      ['2', 'b\n'],
    ]);
    const [{ url, body, headers }] = asked as [(typeof asked)[number]];
    expect(body).toBe('SELECT {name:String} FORMAT JSONCompactEachRow');
    expect(url.searchParams.get('param_name')).toBe("x'; DROP\\ttable \\\\ \\n");
    expect(url.searchParams.get('param_n')).toBe('4');
    expect(url.searchParams.get('database')).toBe('shop');
    expect([headers['x-clickhouse-user'], headers['x-clickhouse-key']]).toEqual(['ada', 'secret']);
    expect(url.href).not.toContain('secret');
  });

  test('an insert is one request with a row a line, and none if there are no rows', async () => {
    await http.insert('t', []);
    await http.insert('t', [
      ['a', 1],
      ['b', 2],
    ]);
    expect(asked.map(({ body, url }) => [url.searchParams.get('query'), body])).toEqual([
      ['INSERT INTO t FORMAT JSONCompactEachRow', '["a",1]\n["b",2]'],
    ]);
  });

  test('an error says what ClickHouse said, cut short, and no password', async () => {
    answer = { status: 500, text: `Code: 60. DB::Exception: no such table ${'x'.repeat(1_000)}` };
    const error = await http.command('SELECT 1').catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(ObservationsUnavailable);
    expect((error as Error).message).toMatch(/^ClickHouse could not do what it was asked: Code: 60/);
    expect((error as Error).message.length).toBeLessThan(400);
  });
});

test('one that is not there is unavailable, and its password is not said', async () => {
  const opening = openObservations('clickhouse://ada:secret@127.0.0.1:1/shop', { dataDir: '/nowhere', keptDays: 400 });
  const error = await opening.catch((reason: unknown) => reason as Error);
  expect(error).toBeInstanceOf(ObservationsUnavailable);
  expect((error as Error).message).toContain('ClickHouse cannot be reached');
  expect((error as Error).message).not.toContain('secret');
});
