import proxyAddress from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may take to send, in milliseconds. */
export interface ConnectionTimes {
  /** Until all headers have come. */
  readonly headersMs: number;
  /** Until the body has come, too. */
  readonly requestMs: number;
  /** How often connections are looked at for that. */
  readonly checkMs: number;
  /** How long a client whose request has been answered may go on to send its body. */
  readonly unreadBodyMs: number;
}

export const CONNECTION_TIMES: ConnectionTimes = { headersMs: 10_000, requestMs: 30_000, checkMs: 2_000, unreadBodyMs: 1_000 };

/** What Node refuses before there is a request, by the code of its error; anything else is no HTTP. */
const REFUSED: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'BAD_REQUEST', 'The request did not come in time: send all of it at once.'],
  HPE_HEADER_OVERFLOW: [431, 'LIMIT_EXCEEDED', 'The headers are too large: at most 16384 bytes are allowed.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'LIMIT_EXCEEDED', 'The chunk extensions of the body are too large: send none.'],
};
const NO_HTTP = [400, 'BAD_REQUEST', 'This is not a request of HTTP/1.1.'] as const;

/**
 * Answers what Node refuses by itself as every other error is answered, with the same headers, and bounds how long a client may take to send a request, also one
 * that has been answered already, such as one without a token.
 */
export class Connections {
  private readonly responses = new WeakMap<Socket, ServerResponse>();

  constructor(
    private readonly headers: Readonly<Record<string, string>>,
    private readonly times: ConnectionTimes,
  ) {}

  /** Fastify's options. */
  get options(): object {
    const { headersMs, requestMs, checkMs } = this.times;
    return {
      requestTimeout: requestMs,
      http: { headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
      clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => this.refuse(error, socket),
    };
  }

  watch(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      this.began(request.raw, reply.raw);
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      this.ended(request.raw, reply.raw);
      done();
    });
  }

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    this.responses.set(socket, response);
  }

  ended(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    // A connection that is kept open would keep its last answer, of up to 10 MiB.
    if (this.responses.get(socket) === response) this.responses.delete(socket);
    // Node would go on to read it, as long as it comes.
    if (!request.complete) setTimeout(() => request.complete || socket.destroy(), this.times.unreadBodyMs).unref();
  }

  private refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const response = this.responses.get(socket);
    const isAnswering = response !== undefined && response.headersSent && !response.writableFinished;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return void socket.destroy();
    const [status, code, message] = REFUSED[error.code ?? ''] ?? NO_HTTP;
    const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
    const headers = {
      ...this.headers,
      'x-request-id': randomUUID(),
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'), () => socket.destroy());
  }
}

/** Whether the address that a hop names is trusted: those of the proxies in front, counted from this server. */
export const trustsHop =
  (trustedProxies: number) =>
  (_address: string, hop: number): boolean =>
    hop < trustedProxies;

/** The address of a request's client: that of its connection, or what the proxies in front say. */
export function clientAddress(trustedProxies: number): (request: IncomingMessage) => string {
  if (trustedProxies === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const trusts = trustsHop(trustedProxies);
  return (request) => proxyAddress(request, trusts) ?? '';
}

/** How many requests of one connection may wait for the one before them: each with its headers and the beginning of its body, 32 kB in Node 20. */
export const MOST_WAITING = 16;

/**
 * Begins the requests of a connection one after another. HTTP/1.1 lets a client send several at once (RFC 9112, section 9.3.2), and Node begins them all;
 * but if the connection is lost, it emits no `close` of those whose turn to answer has not come: whatever is let go of then would be kept for ever.
 * A connection on which too many wait is closed.
 */
export function oneByOne(begin: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // A response has its socket when the ones before it have gone out.
    if (response.socket !== null) return begin(request, response);
    const count = waiting.get(socket) ?? 0;
    if (count === MOST_WAITING) return void socket.destroy();
    waiting.set(socket, count + 1);
    response.once('socket', () => {
      waiting.set(socket, waiting.get(socket)! - 1);
      begin(request, response);
    });
  };
}

/** What a client says of another protocol that it would rather speak. */
const UPGRADE_HEADERS = new Set(['upgrade', 'http2-settings']);

/**
 * Answers a request whose wish for another protocol is ignored (RFC 9110, section 7.8), as that of Java's client for HTTP/2 in each first request. Where a server
 * takes WebSockets, Node hands it all such requests with their connections: this one is read again, without the wish.
 */
export function ignoreUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  after: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!];
    const lower = name.toLowerCase();
    if (!UPGRADE_HEADERS.has(lower)) lines.push(`${name}: ${lower === 'connection' ? withoutUpgrade(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), after]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !UPGRADE_HEADERS.has(option.toLowerCase())).join(', ');
}
