import type { FastifyHttpOptions } from 'fastify';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type Connections, clientAddress, oneByOne } from './connections';
import { corsHeaders } from './answer-headers';
import type { Drain } from './drain';
import { Exchange } from './exchange';
import type { Identify } from './identify';
import type { Metrics } from './metrics';

/** What is asked of a direct route. */
export interface DirectRequest {
  /** The route as metrics name it. */
  readonly route: string;
  /** Answers, or rejects with what `refuse` answers. */
  answer(exchange: Exchange, access: DirectAccess): Promise<void>;
  refuse(exchange: Exchange, error: unknown): void;
}

/** A route that is answered below the framework, whose own work for a request would be most of the work. undefined: the request is for another route. */
export type DirectRoute = (method: string, url: string) => DirectRequest | undefined;

/** What direct routes are lent, as others are. */
export interface DirectAccess {
  readonly identify: Identify;
  readonly drain: Drain;
  readonly bodyLimitBytes: number;
  readonly addressOf: (request: IncomingMessage) => string;
}

export interface DirectParts {
  readonly routes: readonly DirectRoute[];
  readonly access: Omit<DirectAccess, 'addressOf'>;
  readonly connections: Pick<Connections, 'began' | 'ended'>;
  readonly metrics: Pick<Metrics, 'observeRequest'>;
  readonly logger: Logger;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly isStopping: () => boolean;
}

/** Takes the requests of direct routes before the framework does, and gives their answers what all answers have. */
export class DirectRoutes {
  private readonly access: DirectAccess;
  private readonly corsHeaders: (origin: string | undefined) => readonly string[];

  constructor(private readonly parts: DirectParts) {
    this.access = { ...parts.access, addressOf: clientAddress(parts.trustedProxies) };
    this.corsHeaders = corsHeaders(parts.corsOrigins);
  }

  /** The server, as the framework would make it; `others` takes what is for no direct route. */
  server(others: RequestListener, { http, keepAliveTimeout, requestTimeout, connectionTimeout }: FastifyHttpOptions<Server>): Server {
    const begin: RequestListener = (request, response) => {
      if (!this.take(request, response)) others(request, response);
    };
    const server = createServer(http ?? {}, oneByOne(begin));
    server.keepAliveTimeout = keepAliveTimeout ?? server.keepAliveTimeout;
    server.requestTimeout = requestTimeout ?? server.requestTimeout;
    return server.setTimeout(connectionTimeout ?? 0);
  }

  private take(request: IncomingMessage, response: ServerResponse): boolean {
    for (const route of this.parts.routes) {
      const asked = route(request.method ?? '', request.url ?? '');
      if (asked === undefined) continue;
      this.run(asked, request, response);
      return true;
    }
    return false;
  }

  private run(asked: DirectRequest, request: IncomingMessage, response: ServerResponse): void {
    const { connections, metrics, logger, isStopping } = this.parts;
    const beganMs = performance.now();
    const exchange = new Exchange(request, response, this.corsHeaders(request.headers.origin), logger);
    connections.began(request, response);
    response.on('close', () => {
      connections.ended(request, response);
      // The client was gone before.
      if (!response.headersSent) return;
      const milliseconds = performance.now() - beganMs;
      metrics.observeRequest(request.method ?? '', asked.route, response.statusCode, milliseconds / 1_000);
      if (logger.isLevelEnabled('debug')) exchange.log.debug({ req: request, status: response.statusCode, milliseconds }, 'request');
    });
    if (isStopping()) exchange.goAway();
    else asked.answer(exchange, this.access).catch((error: unknown) => asked.refuse(exchange, error));
  }
}
