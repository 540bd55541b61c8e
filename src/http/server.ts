import cors from '@fastify/cors';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyHttpOptions,
} from 'fastify';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Caller } from '../application/caller';
import { GOING_AWAY, HEADERS, requestId, corsOptions } from './answer-headers';
import { CONNECTION_TIMES, Connections, type ConnectionTimes, trustsHop } from './connections';
import { DirectRoutes } from './direct-routes';
import { Drain } from './drain';
import { answer, answerFailure, answerWith } from './failure';
import type { Authenticate } from './authentication';
import { parseJsonBody } from './json-body';
import { identifyHook, identifying } from './identify';
import type { Metrics } from './metrics';
import type { Routes, ServerAccess } from './routes';
import type { SessionAccess } from './session/session-access';

/** What the server is made of. It knows no rule, no store and no route: those are given to it. */
export interface ServerParts {
  readonly routes: readonly Routes[];
  readonly authenticate: Authenticate;
  /** Browsers that are signed in; undefined: tokens alone are taken. */
  readonly sessionAccess?: SessionAccess;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Bytes. */
  readonly bodyLimitBytes: number;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly stopSeconds: number;
  /** Instead of the usual ones. */
  readonly connectionTimes?: Partial<ConnectionTimes>;
}

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Resolves with the address it can be reached at. */
  listen(host: string, port: number): Promise<string>;
  /** Refuses new requests as `GOING_AWAY`, answers those in flight (for `stopSeconds`), then closes every connection. Once is enough. */
  stop(): Promise<void>;
}

export async function buildServer(parts: ServerParts): Promise<HttpServer> {
  const { logger, metrics, routes } = parts;
  const drain = new Drain();
  let stopping = false;
  const connections = new Connections(HEADERS, { ...CONNECTION_TIMES, ...parts.connectionTimes });
  const identify = identifying(parts.authenticate, parts.sessionAccess);
  const direct = new DirectRoutes({
    ...parts,
    routes: routes.flatMap((each) => each.direct ?? []),
    access: { identify, drain, bodyLimitBytes: parts.bodyLimitBytes },
    connections,
    isStopping: () => stopping,
  });
  const app: FastifyInstance = fastify({
    ...connections.options,
    serverFactory: (handler, options) => direct.server(handler, options as FastifyHttpOptions<Server>),
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    forceCloseConnections: true,
    // It would end a stop, as well as a start, after 10 s.
    pluginTimeout: 0,
    // Answered here instead, as every other refusal is.
    return503OnClosing: false,
    bodyLimit: parts.bodyLimitBytes,
    trustProxy: trustsHop(parts.trustedProxies),
    requestIdHeader: false,
    genReqId: requestId,
    exposeHeadRoutes: false,
    // Without a route no hook is run.
    frameworkErrors: (_error, request, reply: FastifyReply) => notFound(request, reply.headers(HEADERS).header('x-request-id', request.id)),
  });
  app.decorateRequest('caller', null as unknown as Caller);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async ({ method }: FastifyRequest, body: Buffer) =>
    // Clients say of what type their bodies are also where they send none.
    method === 'DELETE' && body.length === 0 ? undefined : parseJsonBody(body),
  );
  app.setErrorHandler(answerFailure);
  app.setNotFoundHandler(notFound);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS).header('x-request-id', request.id);
    if (stopping && request.routeOptions.config?.whileStopping !== true) {
      return answerWith(request, reply, GOING_AWAY);
    }
    done();
  });
  connections.watch(app);
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    metrics.observeRequest(request.method, request.routeOptions.url ?? 'none', statusCode, elapsedTime / 1_000);
    request.log.debug({ req: request, status: statusCode, milliseconds: elapsedTime }, 'request');
    done();
  });
  app.addHook('preClose', async () => {
    const gone = routes.map((each) => each.goAway?.());
    const left = await drain.idle(parts.stopSeconds * 1_000);
    await Promise.all(gone);
    if (left > 0) logger.warn({ left }, 'stopping although requests are still running');
  });
  if (parts.corsOrigins.length > 0) {
    await app.register(cors, corsOptions(parts.corsOrigins));
  }

  const access: ServerAccess = { identify: identifyHook(identify), drain };
  for (const each of routes) await each.add?.(app, access);

  return {
    app,
    listen: async (host, port) => {
      await app.listen({ host, port });
      return addressOf(app.server.address() as AddressInfo);
    },
    stop: async () => {
      stopping = true;
      await app.close();
      for (const each of routes) await each.stop?.();
    },
  };
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answer(request, reply, 404, 'BAD_REQUEST', 'There is nothing here. GraphQL is at /graphql.');
}

function addressOf({ address, family, port }: AddressInfo): string {
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
