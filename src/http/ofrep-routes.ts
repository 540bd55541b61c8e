import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidContext, requestContext, type RequestContext } from '../serving/context';
import type { Evaluator } from '../serving/evaluator';
import { NoSuchProject } from '../serving/rulesets';
import { revisionOfTag } from '../serving/serving-changes';
import type { StreamTickets } from '../serving/stream-ticket';
import { APP_BASES, projectOf, ProjectRefused, takeJson, type AppRoutes } from './app-routes';
import { Unauthenticated } from './authentication';
import { INTERNAL_MESSAGE } from './error-policy';
import { answerFailure, refusalOf } from './failure';
import { infrastructureError } from './infrastructure-errors';
import { BodyRefused, type SentJson } from './json-body';
import { STREAM_PATH } from './ofrep-stream-route';
import { TooManyRequests } from './rate-limits';

export interface OfrepParts {
  readonly evaluator: Pick<Evaluator, 'one' | 'all'>;
  readonly tickets: Pick<StreamTickets, 'issue'>;
}

interface Query {
  readonly requireTargetingKey?: unknown;
  readonly flagConfigEtag?: unknown;
  readonly expose?: unknown;
}

type BulkRoute = { Params: { id?: string }; Querystring: Query; Body: SentJson };
type SingleRoute = { Params: { id?: string; key: string }; Querystring: Query; Body: SentJson };

/** In the words of the protocol: `errorCode` with the status that it goes with. */
class OfrepError extends Error {
  constructor(
    readonly status: number,
    readonly code: 'PARSE_ERROR' | 'INVALID_CONTEXT' | 'TARGETING_KEY_MISSING' | 'FLAG_NOT_FOUND' | 'GENERAL',
    message: string,
  ) {
    super(message);
  }
}

const MAX_EXPOSED_KEYS = 100;
/** How long a page may be hidden before its provider ends the stream. */
const INACTIVITY_SECONDS = 120;

/**
 * Values for apps: the OpenFeature Remote Evaluation Protocol 0.3 (https://github.com/open-feature/protocol). The project is the token's, or in the path:
 * `/projects/<id>` is a base URL for a provider whose token is good for several.
 */
export function ofrepRoutes(parts: OfrepParts): AppRoutes {
  return (scope, access) => {
    takeJson(scope, 'Send {"context": {"targetingKey": "..."}}.', (body) => body);
    scope.setErrorHandler(refuse);
    const onRequest = [...access.onRequest];
    for (const base of APP_BASES) {
      scope.post<BulkRoute>(`${base}/ofrep/v1/evaluate/flags`, { onRequest }, (request, reply) =>
        access.drain.run(reply.raw, () => bulk(parts, request, reply)),
      );
      scope.post<SingleRoute>(`${base}/ofrep/v1/evaluate/flags/:key`, { onRequest }, (request, reply) =>
        access.drain.run(reply.raw, () => single(parts, request, reply)),
      );
    }
  };
}

async function single(parts: OfrepParts, request: FastifyRequest<SingleRoute>, reply: FastifyReply): Promise<string> {
  const projectId = projectOf(request, 'evaluate');
  const { key } = request.params;
  const success = await parts.evaluator.one(projectId, key, contextIn(request));
  void reply.type('application/json; charset=utf-8');
  if (success === undefined)
    throw new OfrepError(404, 'FLAG_NOT_FOUND', `The project has no key "${key.slice(0, 200)}" that is not archived.`);
  return success;
}

async function bulk(parts: OfrepParts, request: FastifyRequest<BulkRoute>, reply: FastifyReply): Promise<string | FastifyReply> {
  const projectId = projectOf(request, 'evaluate');
  const answer = await parts.evaluator.all({
    projectId,
    context: contextIn(request),
    body: request.body.text,
    ifNoneMatch: request.headers['if-none-match'],
    revision: notifiedRevision(request.query),
    expose: exposedKeys(request.query),
  });
  void reply.header('etag', answer.etag).header('cache-control', 'no-cache, private');
  if (answer.flags === undefined) return reply.code(304).send();
  void reply.type('application/json; charset=utf-8');
  const expiresAt = Math.floor(request.caller.expiresAt);
  const ticket = parts.tickets.issue({ projectId, expiresAt, tag: answer.tag });
  const eventStreams = [
    { type: 'sse', endpoint: { requestUri: `${STREAM_PATH}?ticket=${ticket}` }, inactivityDelaySec: INACTIVITY_SECONDS },
  ];
  const metadata = { project: projectId, revision: answer.revision };
  return `{"flags":${answer.flags},"eventStreams":${JSON.stringify(eventStreams)},"metadata":${JSON.stringify(metadata)}}`;
}

function contextIn({ body, query }: { readonly body: SentJson | undefined; readonly query: Query }): RequestContext {
  const value = body?.value ?? null;
  const context = typeof value === 'object' && value !== null && 'context' in value ? value.context : undefined;
  if (context === undefined)
    throw new OfrepError(400, 'INVALID_CONTEXT', 'The body has no context: send {"context": {"targetingKey": "..."}}.');
  const facts = requestContext(context);
  if (facts.userId === undefined && query.requireTargetingKey === 'true') {
    throw new OfrepError(
      400,
      'TARGETING_KEY_MISSING',
      'The context has no targetingKey, and the request asks for one (requireTargetingKey=true).',
    );
  }
  return facts;
}

/** What a change notification named. */
function notifiedRevision({ flagConfigEtag }: Query): number | undefined {
  return typeof flagConfigEtag === 'string' ? revisionOfTag(flagConfigEtag) : undefined;
}

function exposedKeys({ expose }: Query): readonly string[] {
  const keys = [expose ?? []]
    .flat()
    .flatMap((names) => String(names).split(','))
    .filter((name) => name !== '');
  if (keys.length > MAX_EXPOSED_KEYS) throw new OfrepError(400, 'GENERAL', `expose takes at most ${MAX_EXPOSED_KEYS} keys.`);
  return keys;
}

/** Every refusal of these routes in the shape of the protocol, but that of a token, which is the same everywhere. */
function refuse(error: Error & { code?: string; statusCode?: number }, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = ofrepError(error, request);
  if (error instanceof TooManyRequests) void reply.header('retry-after', String(error.retryAfterSeconds));
  if (known === undefined) return answerFailure(error, request, reply);
  const { status, code, message } = known;
  if (status === 500) request.log.error({ err: error }, 'an evaluation failed');
  if (status === 503) {
    request.log.error({ err: error }, 'an evaluation could not be answered');
    void reply.header('retry-after', '1');
  }
  const { key } = request.params as { key?: string };
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ ...(key !== undefined && { key }), errorCode: code, errorDetails: message }));
}

function ofrepError(error: Error & { code?: string; statusCode?: number }, request: FastifyRequest): OfrepError | undefined {
  if (error instanceof OfrepError) return error;
  if (error instanceof Unauthenticated) return undefined;
  if (error instanceof ProjectRefused) return new OfrepError(error.statusCode, 'GENERAL', error.message);
  if (error instanceof TooManyRequests) return new OfrepError(429, 'GENERAL', error.message);
  if (error instanceof InvalidContext) return new OfrepError(400, 'INVALID_CONTEXT', `${error.message}.`);
  if (error instanceof BodyRefused) return new OfrepError(400, 'PARSE_ERROR', error.message);
  if (error instanceof NoSuchProject) return new OfrepError(404, 'GENERAL', error.message);
  const away = infrastructureError(error);
  if (away !== undefined) return new OfrepError(503, 'GENERAL', 'The project cannot be read now: try again in a moment.');
  const { status, message } = refusalOf(error, request) ?? { status: 500, message: INTERNAL_MESSAGE };
  return new OfrepError(status, status === 500 ? 'GENERAL' : 'PARSE_ERROR', message);
}
