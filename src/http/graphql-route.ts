import { HeaderMap, type ApolloServer } from '@apollo/server';
import { getOperationAST, type DocumentNode, type GraphQLError } from 'graphql';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Caller } from '../application/caller';
import type { Ended } from '../feed/item';
import { AnswerBudget, type OutgoingBytes } from './answer-budget';
import { answerType, isPlainJson, sendText, wantsPage, wantsStream } from './answer-body';
import type { Drain } from './drain';
import type { Documents } from './documents';
import { publicError } from './error-policy';
import { sendExplorer } from './explorer';
import type { RequestContext } from './graphql';
import type { GraphqlStreams } from './graphql-stream';
import type { OperationMetrics } from './metrics';
import { limitExceeded } from './query-limits';
import type { SessionAccess } from './session/session-access';

/** Makes the context that resolvers of one request see. `onFeedEnded` is called when a feed that the request follows ends it. */
export type MakeContext<Context> = (
  caller: Caller,
  requestId: string,
  answer: Pick<AnswerBudget, 'take'>,
  onFeedEnded?: (ended: Ended) => void,
) => Context;

const MAY_BE_CARRIED_OUT =
  'Mutations of the document may have been carried out: read, or send them again with the same commandId, which is safe.';

export interface GraphqlRouteParts<Context extends RequestContext> {
  readonly apollo: ApolloServer<Context>;
  readonly documents: Documents;
  readonly outgoing: OutgoingBytes;
  readonly context: MakeContext<Context>;
  readonly drain: Drain;
  readonly identify: onRequestHookHandler;
  readonly sessionAccess: SessionAccess | undefined;
  readonly streams: GraphqlStreams<Context>;
  readonly metrics: OperationMetrics;
}

/**
 * GraphQL over HTTP at /graphql, and for a browser the explorer's page.
 *
 * It speaks to Apollo directly, not through an integration: those read the Host header into a URL and fail on a malformed one, and
 * close the server under a mutation that is still running.
 */
export function graphqlRoute<Context extends RequestContext>(server: FastifyInstance, parts: GraphqlRouteParts<Context>): void {
  const { drain, identify, sessionAccess, streams } = parts;
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: function (request, reply, done) {
      if (isPage(request)) return done();
      return identify.call(this, request, reply, done);
    },
    handler: (request, reply) => {
      if (isPage(request)) return sendExplorer(reply);
      // A stream ends when it is asked, so that no stop waits for it.
      if (wantsStream(request.headers.accept)) {
        sessionAccess?.endWithSession(request.caller, reply.raw);
        return streams.answer(request, reply);
      }
      return drain.run(reply.raw, () => execute(parts, request, reply));
    },
  });
}

function isPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.authorization === undefined && wantsPage(headers.accept);
}

async function execute<Context extends RequestContext>(
  { apollo, documents, outgoing, context, metrics }: GraphqlRouteParts<Context>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string | Buffer | Readable | FastifyReply> {
  const search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const text = textOf(request, search);
  // Without one, Apollo says what is missing.
  const document = text === '' ? undefined : documents.get(text);
  if (Array.isArray(document)) {
    metrics.observeOperation('none', 'error', 0);
    return refuse(document as readonly GraphQLError[], request, reply);
  }
  const answer = new AnswerBudget(outgoing);
  if (reply.raw.closed) answer.release();
  else reply.raw.once('close', () => answer.release());
  const answered = await Promise.race([
    apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method, headers: headersOf(request.headers), search, body: request.body },
      context: () => Promise.resolve(context(request.caller, request.id, answer)),
    }),
    answer.exceeded,
  ]);
  if (typeof answered === 'string') {
    const operation = operationOf(document as DocumentNode, request, search);
    metrics.observeOperation(operation ?? 'none', 'error', reply.elapsedTime / 1_000);
    return refuse([limitExceeded(operation === 'mutation' ? `${answered} ${MAY_BE_CARRIED_OUT}` : answered)], request, reply);
  }
  const { status, headers, body } = answered;
  for (const [name, value] of headers) void reply.header(name, value);
  void reply.code(status ?? 200);
  if (body.kind !== 'complete') return Readable.from(body.asyncIterator);
  return sendText(body.string, request, reply);
}

function operationOf(document: DocumentNode, { method, body }: FastifyRequest, search: string): string | undefined {
  const name =
    method === 'GET' ? new URLSearchParams(search).get('operationName') : (body as { operationName?: string | null }).operationName;
  return getOperationAST(document, name)?.operation;
}

/** A document that is not executed, in the words of the error policy; GraphQL over HTTP says with which status. */
function refuse(errors: readonly GraphQLError[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const type = answerType(request.headers.accept);
  const report = (error: unknown) => request.log.error({ err: error }, 'a request failed');
  const shown = errors.map((error) => publicError(error.toJSON(), error, request.id, report));
  return reply
    .code(isPlainJson(type) ? 200 : 400)
    .type(type)
    .send(JSON.stringify({ errors: shown }));
}

/** The document's text, found where Apollo will look for it. */
function textOf({ method, body }: FastifyRequest, search: string): string {
  const text = method === 'GET' ? new URLSearchParams(search).get('query') : (body as { query?: unknown } | null | undefined)?.query;
  return typeof text === 'string' ? text : '';
}

function headersOf(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
