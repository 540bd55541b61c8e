import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import Negotiator from 'negotiator';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { tokenOf, type Caller } from '../application/caller';
import { encodeCursor } from '../domain/cursor';
import type { Envelope } from '../domain/event';
import type { Feed } from '../feed/feed';
import type { Ended } from '../feed/item';
import { ChangeFrames, type FeedFormat } from './change-frames';
import { followingOf } from './changes-query';
import { INTERNAL_MESSAGE } from './error-policy';
import { answer } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { Pump } from './pump';
import type { Routes } from './routes';

export interface ChangesParts {
  readonly feed: Feed;
  readonly mayFollow: (caller: Caller, projectId: string) => boolean;
  /** An event as this version knows it; one that it does not know as it is. */
  readonly understand: (event: Envelope) => Envelope;
  /** Whether the server is starting and shows nothing yet. */
  readonly starting: () => boolean;
}

const CHANGES_ROUTE = '/projects/:id/changes';
/** What a client may ask for. Tools that only know JSON get a line of it for each. */
const FORMATS: Readonly<Record<string, FeedFormat>> = {
  'text/event-stream': 'sse',
  'application/x-ndjson': 'ndjson',
  'application/json': 'ndjson',
};
const TYPES: Readonly<Record<FeedFormat, string>> = { sse: 'text/event-stream', ndjson: 'application/x-ndjson' };
const STATUS: Readonly<Record<string, number>> = { NOT_FOUND: 404, BAD_REQUEST: 400, LIMIT_EXCEEDED: 429 };

/**
 * The changes of a project for tools without GraphQL: server-sent events, or with `Accept: application/x-ndjson` a line of JSON for each.
 *
 * Not counted among the requests that a stop waits for: the feed ends its streams when it is asked to, and clients come back with a cursor.
 */
export function changesRoutes(parts: ChangesParts): Routes {
  return {
    add: (server, { identify }) => addChanges(server, parts, identify),
    goAway: () => parts.feed.close(),
  };
}

function addChanges(
  server: FastifyInstance,
  { feed, mayFollow, understand, starting }: ChangesParts,
  identify: onRequestHookHandler,
): void {
  const frames = new ChangeFrames(understand);
  // A status other than 200 is final to an EventSource, so it is refused in the feed's own words.
  const options = { onRequest: identify, config: { whileStopping: true } };
  server.get<{ Params: { id: string } }>(CHANGES_ROUTE, options, async (request, reply) => {
    const { caller } = request;
    const projectId = request.params.id;
    const asked = new Negotiator({ headers: { accept: request.headers.accept ?? '*/*' } }).mediaType(Object.keys(FORMATS));
    if (asked === undefined) {
      return answer(request, reply, 406, 'BAD_REQUEST', `Ask for ${Object.values(TYPES).join(' or ')} in the Accept header.`);
    }
    if (!mayFollow(caller, projectId)) {
      return answer(request, reply, 403, 'FORBIDDEN', `This token may not follow the changes of "${projectId}".`);
    }
    const format = FORMATS[asked] as FeedFormat;
    const type = TYPES[format];
    const pump = new Pump(reply.raw, (item) => frames.frame(format, item));
    try {
      const following = {
        ...followingOf(request),
        projectId,
        owner: tokenOf(caller),
        expiresAt: caller.expiresAt,
        onEnded: (item: Ended) => pump.ended(item),
      };
      if (starting()) {
        const leave = feed.admit(following);
        open(reply, type, format);
        const after = following.after === undefined ? undefined : encodeCursor(following.after);
        await holdWhile(starting, feed, reply.raw, frames.frame(format, { kind: 'heartbeat', cursor: after })).finally(leave);
      }
      const subscriber = await feed.follow(following);
      if (!reply.sent) open(reply, type, format);
      pump.start(subscriber);
    } catch (error) {
      return refuse(request, reply, error, format, frames);
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

/**
 * Before the response is open, by its status. After that, and to an `EventSource` whose server is going away, by its last item: a status other than 200 is
 * final to it, and it shall come back.
 */
function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown, format: FeedFormat, frames: ChangeFrames): FastifyReply {
  const known = infrastructureError(error);
  if (known === undefined && !reply.sent) throw error;
  if (known === undefined || known.forTheLog) request.log.error({ err: error }, 'a feed could not be opened');
  const { code, message } = known ?? { code: 'INTERNAL', message: INTERNAL_MESSAGE };
  if (reply.sent || (format === 'sse' && code === 'GOING_AWAY')) {
    if (!reply.sent) open(reply, 'text/event-stream', format);
    reply.raw.end(frames.refusal(format, code, message));
    return reply;
  }
  const status = STATUS[code] ?? 503;
  if (status === 429 || status === 503) void reply.header('retry-after', '5');
  return answer(request, reply, status, code, message);
}

const LOOK_MS = 100;

/**
 * Keeps a response open, with a heartbeat now and then, while the server is starting and has nothing to show yet. An `EventSource` takes a refusal for final,
 * so it would not survive a restart.
 */
async function holdWhile(starting: () => boolean, feed: Feed, response: ServerResponse, heartbeat: Buffer): Promise<void> {
  for (let next = 0; starting() && !feed.isClosed && !response.destroyed; await sleep(LOOK_MS)) {
    if (performance.now() < next) continue;
    response.write(heartbeat);
    next = performance.now() + feed.heartbeatMs;
  }
}
