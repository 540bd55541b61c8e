import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { createHandler, type Handler } from 'graphql-sse';
import type { ServerResponse } from 'node:http';
import { AnswerBudget, LARGE_CHARACTERS, type OutgoingBytes } from './answer-budget';
import type { MakeContext } from './graphql-route';
import { drained, writePieces } from './answer-body';
import type { SharedExecution } from './shared-execution';
import type { Admitted, OperationGate, SubscriptionRequest } from './operation-gate';

/** How long a client may take to read the last message, in milliseconds. */
const LAST_WORDS_MS = 10_000;

/**
 * Subscriptions over SSE at /graphql, by the protocol graphql-sse: a request of its own for each ("distinct connections mode"). The single connection mode
 * would keep streams on one instance, and clients choose it only where HTTP/1.1 in a browser allows too few connections.
 */
export class GraphqlStreams<Context> {
  private readonly handle: Handler<FastifyRequest, ServerResponse>;

  constructor(
    private readonly gate: OperationGate,
    private readonly context: MakeContext<Context>,
    execution: SharedExecution,
    private readonly outgoing: OutgoingBytes,
  ) {
    this.handle = createHandler<FastifyRequest, ServerResponse, never>({
      // Without a token of a stream, each request is its own.
      authenticate: () => null,
      validate: () => [],
      subscribe: (args) => execution.subscribe(args) as never,
      onSubscribe: ({ raw, context: response }, params) => this.begin(raw, response, params) as never,
      // The library reads a subscription as fast as it comes and keeps what it has read: so it is held back here.
      onNext: async (_context, { raw, context: response }, result) => {
        await drained(response);
        return this.shown(result as ExecutionResult, raw.id) as never;
      },
    });
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { raw: response } = reply;
    const [body, { status, headers }] = await this.handle({
      method: request.method,
      url: request.url,
      headers: { get: (name) => (name === 'accept' ? 'text/event-stream' : [request.headers[name] ?? []].flat().join(', ')) },
      body: request.body as Record<PropertyKey, unknown>,
      raw: request,
      context: response,
    });
    if (body === null || typeof body === 'string')
      return reply
        .code(status)
        .headers({ ...headers })
        .send(body ?? '');
    reply.hijack();
    response.writeHead(status, { ...(reply.getHeaders() as Record<string, string>), ...headers, 'x-accel-buffering': 'no' });
    response.once('close', () => void body.return(undefined));
    if (response.destroyed) void body.return(undefined);
    try {
      for await (const part of body) {
        if (response.destroyed) break;
        await this.write(response, part);
      }
      response.end();
      setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
    } catch (error) {
      // Half of an answer has gone out: it can only be cut off.
      request.log.error({ err: error }, 'a stream failed');
      response.destroy();
    }
    return reply;
  }

  /** What its client does not read is counted among all answers under way: where there is no room for it, the stream is cut off. */
  private async write(response: ServerResponse, part: string): Promise<void> {
    if (part.length <= LARGE_CHARACTERS) return void response.write(part);
    if (!this.outgoing.take(part.length)) return void response.destroy();
    try {
      await writePieces(response, part);
    } finally {
      this.outgoing.give(part.length);
    }
  }

  private begin(request: FastifyRequest, response: ServerResponse, params: SubscriptionRequest): ExecutionResult | Admitted {
    const admitted = this.gate.admit(params);
    if (Array.isArray(admitted)) return { data: null, errors: admitted as never };
    const contextValue = this.context(request.caller, request.id, new AnswerBudget(this.outgoing), ({ code }) => {
      // A client that reads nothing cannot be sent anything.
      if (code === 'SLOW_CONSUMER' || response.writableNeedDrain) response.destroy();
    });
    return { ...(admitted as Admitted), contextValue } as Admitted;
  }

  private shown(result: ExecutionResult, requestId: string): ExecutionResult {
    if (result.errors === undefined) return result;
    return { ...result, errors: this.gate.publicErrors(result.errors, requestId) as never };
  }
}
