import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Caller } from '../application/caller';
import type { Ended } from '../feed/item';
import type { Drain } from './drain';
import { sendExplorer } from './explorer';
import type { RequestContext } from './graphql';
import { answer } from './failure';
import type { GraphqlStreams } from './graphql-stream';
import { answerType, isPlainJson, wantsPage, wantsStream } from './media-type';
import { nestingProblem } from './query-limits';

/** Makes the context that resolvers of one request see. `onFeedEnded` is told when a feed that the request follows ends it. */
export type MakeContext<Context> = (caller: Caller, requestId: string, onFeedEnded?: (ended: Ended) => void) => Context;

/**
 * GraphQL over HTTP at /graphql, and for a browser the explorer's page.
 *
 * It speaks to Apollo directly, not through an integration: those read the Host header into a URL and fail on a malformed one, and
 * close the server under a mutation that is still running.
 */
export function graphqlRoute<Context extends RequestContext>(
  server: FastifyInstance,
  apollo: ApolloServer<Context>,
  context: MakeContext<Context>,
  drain: Drain,
  identify: onRequestHookHandler,
  streams: GraphqlStreams<Context>,
): void {
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: function (request, reply, done) {
      if (isPage(request)) return done();
      return identify.call(this, request, reply, done);
    },
    handler: (request, reply) => {
      if (isPage(request)) return sendExplorer(reply);
      // A stream ends when it is told, so that no stop waits for it.
      if (wantsStream(request.headers.accept)) return streams.answer(request, reply);
      return drain.run(reply.raw, () => execute(apollo, context(request.caller, request.id), request, reply));
    },
  });
}

function isPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && headers.authorization === undefined && wantsPage(headers.accept);
}

async function execute<Context extends RequestContext>(
  apollo: ApolloServer<Context>,
  contextValue: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string | Readable | FastifyReply> {
  const problem = nestingProblem(textOf(request));
  if (problem !== undefined)
    return answer(request, reply, isPlainJson(answerType(request.headers.accept)) ? 200 : 400, 'LIMIT_EXCEEDED', problem);
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: headersOf(request.headers),
      search: request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '',
      body: request.body,
    },
    context: () => Promise.resolve(contextValue),
  });
  for (const [name, value] of headers) void reply.header(name, value);
  void reply.code(status ?? 200);
  return body.kind === 'complete' ? body.string : Readable.from(body.asyncIterator);
}

function textOf({ body, query }: FastifyRequest): string {
  const text = ((body ?? query) as { query?: unknown }).query;
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
