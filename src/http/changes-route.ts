import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import Negotiator from 'negotiator';
import { tokenOf, type Caller } from '../application/caller';
import type { Envelope } from '../domain/event';
import type { Feed } from '../feed/feed';
import { ChangeFrames, type FeedFormat } from './change-frames';
import { followingOf } from './changes-query';
import { answer } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { Pump } from './pump';

export interface ChangesParts {
  readonly feed: Feed;
  readonly mayFollow: (caller: Caller, projectId: string) => boolean;
  /** An event as this version knows it; one that it does not know as it is. */
  readonly understand: (event: Envelope) => Envelope;
}

const TYPES: Readonly<Record<string, FeedFormat>> = { 'text/event-stream': 'sse', 'application/x-ndjson': 'ndjson' };
const STATUS: Readonly<Record<string, number>> = { NOT_FOUND: 404, BAD_REQUEST: 400, LIMIT_EXCEEDED: 429 };

/**
 * The changes of a project for tools without GraphQL: server-sent events, or with `Accept: application/x-ndjson` a line of JSON for each.
 *
 * Not counted among the requests that a stop waits for: the feed ends its streams when it is told to, and clients come back with a cursor.
 */
export function changesRoute(server: FastifyInstance, { feed, mayFollow, understand }: ChangesParts, identify: onRequestHookHandler): void {
  const frames = new ChangeFrames(understand);
  server.get<{ Params: { id: string } }>('/projects/:id/changes', { onRequest: identify }, async (request, reply) => {
    const { caller } = request;
    const projectId = request.params.id;
    const type = new Negotiator({ headers: { accept: request.headers.accept ?? '*/*' } }).mediaType(Object.keys(TYPES));
    if (type === undefined) {
      return answer(request, reply, 406, 'BAD_REQUEST', `Ask for ${Object.keys(TYPES).join(' or ')} in the Accept header.`);
    }
    if (!mayFollow(caller, projectId)) {
      return answer(request, reply, 403, 'FORBIDDEN', `This token may not follow the changes of "${projectId}".`);
    }
    const format = TYPES[type] as FeedFormat;
    const pump = new Pump(reply.raw, (item) => frames.frame(format, item));
    try {
      const subscriber = await feed.follow({
        ...followingOf(request),
        projectId,
        owner: tokenOf(caller),
        expiresAt: caller.expiresAt,
        onEnded: (item) => pump.ended(item),
      });
      open(reply, type, format);
      pump.start(subscriber);
    } catch (error) {
      return refuse(request, reply, error);
    }
    return reply;
  });
}

/** From here on the response is the pump's. It ends with its connection, so that what is written goes out as it is, in no chunks. */
function open(reply: FastifyReply, type: string, format: FeedFormat): void {
  reply.hijack();
  const { raw } = reply;
  raw.useChunkedEncodingByDefault = false;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': `${type}; charset=utf-8`,
    // So that a proxy in front hands it on as it comes.
    'x-accel-buffering': 'no',
  });
  if (format === 'sse') raw.write('retry: 1000\n\n');
  else raw.flushHeaders();
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const known = infrastructureError(error);
  if (known === undefined) throw error;
  if (known.forTheLog) request.log.error({ err: error }, 'a feed could not be opened');
  const status = STATUS[known.code] ?? 503;
  if (status === 429 || status === 503) void reply.header('retry-after', '5');
  return answer(request, reply, status, known.code, known.message);
}
