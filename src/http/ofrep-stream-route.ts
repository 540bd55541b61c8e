import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { atTime } from '../concurrency/timers';
import { revisionOfTag, type ServingChanges } from '../serving/serving-changes';
import type { StreamTickets, Ticket } from '../serving/stream-ticket';
import type { Routes } from './routes';

export interface OfrepStreamParts {
  readonly changes: Pick<ServingChanges, 'listen'>;
  readonly tickets: StreamTickets;
  /** How many streams may be open at once. */
  readonly limit: number;
  readonly heartbeatMs: number;
}

export const STREAM_PATH = '/ofrep/v1/stream';
/** A client that has not read so much is gone. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Notifications that a project serves other values than before: server-sent events, as `eventStreams` of an OFREP bulk answer names them. */
export function ofrepStreamRoutes(parts: OfrepStreamParts): Routes {
  const open = new Set<ServerResponse>();
  const timer = setInterval(() => {
    for (const response of open) write(response, ': still here\n\n');
  }, parts.heartbeatMs).unref();
  return {
    add: (server) => addStream(server, parts, open),
    goAway: () => {
      clearInterval(timer);
      for (const response of open) response.end();
    },
  };
}

function addStream(server: FastifyInstance, { changes, tickets, limit }: OfrepStreamParts, open: Set<ServerResponse>): void {
  server.get<{ Querystring: { ticket?: unknown } }>(STREAM_PATH, (request, reply) => {
    const ticket = tickets.read(String(request.query.ticket ?? ''), Date.now());
    // 204 ends an EventSource for good: the provider asks for all values again, and gets another ticket.
    if (ticket === undefined) return reply.code(204).send();
    if (open.size >= limit) return reply.code(503).header('retry-after', '5').send();
    const lastEventId = request.headers['last-event-id'];
    follow(reply, ticket, typeof lastEventId === 'string' && revisionOfTag(lastEventId) !== undefined ? lastEventId : ticket.tag);
    return reply;
  });

  function follow(reply: FastifyReply, { projectId, expiresAt }: Ticket, tag: string): void {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      // So that a proxy in front hands it on as it comes.
      'x-accel-buffering': 'no',
    });
    write(raw, 'retry: 2000\n\n');
    open.add(raw);
    const stop = changes.listen(projectId, tag, (etag) => {
      write(raw, `id: ${etag}\ndata: ${JSON.stringify({ type: 'refetchEvaluation', etag })}\n\n`);
    });
    const expiry = atTime(expiresAt, () => raw.end());
    raw.once('close', () => {
      stop();
      clearTimeout(expiry);
      open.delete(raw);
    });
  }
}

function write(response: ServerResponse, text: string): void {
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  else response.write(text);
}
