import cors from '@fastify/cors';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { OutgoingBytes } from './answer-budget';
import { Unauthenticated, type Authenticate } from './authentication';
import type { Caller } from '../application/caller';
import { changesRoute, CHANGES_ROUTE, type ChangesParts } from './changes-route';
import { CONNECTION_TIMES, Connections, type ConnectionTimes } from './connections';
import { Documents } from './documents';
import { Drain } from './drain';
import { explorerRoutes } from './explorer';
import { answer, answerFailure } from './failure';
import { buildApollo, type RequestContext } from './graphql';
import { graphqlSockets } from './graphql-sockets';
import type { SocketTimes } from './graphql-socket';
import { GraphqlStreams } from './graphql-stream';
import { OperationGate } from './operation-gate';
import { graphqlRoute, type MakeContext } from './graphql-route';
import { healthRoutes, type Readiness } from './health';
import { parseJsonBody } from './json-body';
import { identify } from './identify';
import type { Metrics } from './metrics';
import { SharedExecution } from './shared-execution';
import { QueryCost } from './query-cost';
import type { QueryLimits } from './query-limits';

/** What the server is made of. It knows no rule and no store: those come as functions. */
export interface ServerParts<Context extends RequestContext> extends ChangesParts {
  readonly schema: GraphQLSchema;
  readonly context: MakeContext<Context>;
  readonly authenticate: Authenticate;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly mayReadMetrics: (caller: Caller) => boolean;
  readonly logger: Logger;
  readonly query: QueryLimits;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly stopSeconds: number;
  /** How many WebSockets of identified clients may be open at once, and how many of one token. */
  readonly socketLimit: number;
  readonly socketsPerToken: number;
  /** Instead of the usual ones. */
  readonly socketTimes?: Partial<SocketTimes>;
  readonly connectionTimes?: Partial<ConnectionTimes>;
}

export interface HttpServer {
  /** For routes of other parts; they are added before `listen`. */
  readonly app: FastifyInstance;
  /** Resolves with the address it can be reached at. */
  listen(host: string, port: number): Promise<string>;
  /** Refuses new requests as `GOING_AWAY`, answers those in flight (for `stopSeconds`), then closes every connection. Once is enough. */
  stop(): Promise<void>;
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

const GOING_AWAY = 'The server is stopping. Nothing was written: send the request to another one, or again in a moment.';

export async function buildServer<Context extends RequestContext>(parts: ServerParts<Context>): Promise<HttpServer> {
  const { logger, metrics } = parts;
  const drain = new Drain();
  let stopping = false;
  const connections = new Connections(HEADERS, { ...CONNECTION_TIMES, ...parts.connectionTimes });
  const app: FastifyInstance = fastify({
    ...connections.options,
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    forceCloseConnections: true,
    // Answered here instead, as every other refusal is.
    return503OnClosing: false,
    bodyLimit: parts.bodyLimit,
    trustProxy: (_address, hop) => hop < parts.trustedProxies,
    requestIdHeader: false,
    genReqId: requestId,
    exposeHeadRoutes: false,
    // Without a route no hook is run.
    frameworkErrors: (_error, request, reply: FastifyReply) => notFound(request, reply.headers(HEADERS).header('x-request-id', request.id)),
  });
  app.decorateRequest('caller', null as unknown as Caller);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    parseJsonBody(body),
  );
  app.setErrorHandler(answerFailure);
  app.setNotFoundHandler(notFound);
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS).header('x-request-id', request.id);
    // The feed has its own words for it: a status other than 200 is final to an EventSource.
    if (stopping && request.url !== '/health/live' && request.routeOptions.url !== CHANGES_ROUTE) {
      void reply.header('retry-after', '1').header('connection', 'close');
      return answer(request, reply, 503, 'GOING_AWAY', GOING_AWAY);
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
    // Sockets first: a client whose socket closes connects again by itself, one whose subscription ends does not.
    const gone = sockets.goAway();
    parts.feed.close();
    const left = await drain.idle(parts.stopSeconds * 1_000);
    await gone;
    if (left > 0) logger.warn({ left }, 'stopping although requests are still running');
  });
  if (parts.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: parts.corsOrigins.includes('*') ? '*' : [...parts.corsOrigins],
      methods: ['GET', 'POST'],
      allowedHeaders: ['authorization', 'content-type', 'x-request-id', 'last-event-id'],
      exposedHeaders: ['x-request-id'],
      maxAge: 600,
    });
  }

  const documents = new Documents(parts.schema, parts.query);
  const cost = new QueryCost(parts.schema, parts.query.cost);
  const apollo = buildApollo<Context>(parts.schema, documents, cost, metrics, logger);
  await apollo.start();
  const known = identify(parts.authenticate);
  const gate = new OperationGate(parts.schema, documents, cost, (error) => logger.error({ err: error }, 'a subscription failed'));
  const outgoing = new OutgoingBytes();
  const execution = new SharedExecution(outgoing);
  const streams = new GraphqlStreams(gate, parts.context, execution, outgoing);
  graphqlRoute(app, { apollo, documents, outgoing, context: parts.context, drain, identify: known, streams, metrics });
  const sockets = graphqlSockets(app, { ...parts, gate, execution, outgoing, messageLimit: parts.bodyLimit });
  changesRoute(app, parts, known);
  explorerRoutes(app);
  healthRoutes(app, parts.readiness, async (authorization) => {
    if (authorization === undefined) return false;
    try {
      return parts.mayReadMetrics(await parts.authenticate(authorization));
    } catch (error) {
      // Health is for everybody, also for who shows a token that is not believed.
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  });
  app.get('/metrics', { onRequest: known }, async (request, reply) => {
    if (!parts.mayReadMetrics(request.caller)) return answer(request, reply, 403, 'FORBIDDEN', 'This token may not read the metrics.');
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  return {
    app,
    listen: async (host, port) => {
      await app.listen({ host, port });
      return addressOf(app.server.address() as AddressInfo);
    },
    stop: async () => {
      stopping = true;
      await app.close();
      await apollo.stop();
    },
  };
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answer(request, reply, 404, 'BAD_REQUEST', 'There is nothing here. GraphQL is at /graphql.');
}

/** A caller's own id for the request, if it is fit for a log, so that it finds the request in both logs; else a new one. */
function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

function addressOf({ address, family, port }: AddressInfo): string {
  const host = address === '::' || address === '0.0.0.0' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
