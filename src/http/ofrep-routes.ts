import type { Caller } from '../application/caller';
import { requestContext, type RequestContext } from '../serving/context';
import type { KnownContexts, SentContext } from '../serving/caches';
import type { Evaluator } from '../serving/evaluator';
import { revisionOfTag } from '../serving/serving-changes';
import type { StreamTickets } from '../serving/stream-ticket';
import { TOO_MANY, type OutgoingBytes } from './answer-budget';
import { projectOf } from './app-routes';
import type { DirectAccess, DirectRequest, DirectRoute } from './direct-routes';
import type { Exchange } from './exchange';
import { parseJsonText, readBody } from './json-body';
import { OfrepError, refuseOfrep } from './ofrep-refusal';
import { STREAM_PATH } from './ofrep-stream-route';
import type { RateLimiter } from './rate-limits';

export interface OfrepParts {
  readonly evaluator: Pick<Evaluator, 'one' | 'all'>;
  readonly contexts: Pick<KnownContexts, 'of'>;
  readonly tickets: Pick<StreamTickets, 'issue'>;
  readonly rateLimiter: Pick<RateLimiter, 'take'>;
  /** What all answers to apps take. */
  readonly outgoing: Pick<OutgoingBytes, 'hold'>;
}

const MAX_EXPOSED_KEYS = 100;
/** How long a page may be hidden before its provider ends the stream. */
const INACTIVITY_SECONDS = 120;
const SEND = 'Send {"context": {"targetingKey": "..."}}.';
const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'];
const CACHING = 'no-cache, private';
const PATH = /^(?:https?:\/\/[^/?#]*)?(?:\/projects\/([^/?#]+))?\/ofrep\/v1\/evaluate\/flags(?:\/([^/?#]*))?(?:\?([^#]*))?$/;

/**
 * Values for apps: the OpenFeature Remote Evaluation Protocol 0.3 (https://github.com/open-feature/protocol). The project is the token's, or in the path:
 * `/projects/<id>` is a base URL for a provider whose token is good for several.
 */
export function ofrepRoute(parts: OfrepParts): DirectRoute {
  return (method, url) => {
    const [matched, id, key, query] = method === 'POST' ? (PATH.exec(url) ?? []) : [];
    return matched === undefined ? undefined : new OfrepRequest(parts, decoded(id), decoded(key), query);
  };
}

/** A text that is not written as names in a path are is left as it is: no key and no project has a name with a per cent sign. */
function decoded(name: string | undefined): string | undefined {
  if (!name?.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

class OfrepRequest implements DirectRequest {
  readonly route: string;
  private bodyLimitBytes = 0;

  constructor(
    private readonly parts: OfrepParts,
    private readonly id: string | undefined,
    private readonly key: string | undefined,
    private readonly query: string | undefined,
  ) {
    this.route = `${id === undefined ? '' : '/projects/:id'}/ofrep/v1/evaluate/flags${key === undefined ? '' : '/:key'}`;
  }

  async answer(exchange: Exchange, { identify, drain, bodyLimitBytes, addressOf }: DirectAccess): Promise<void> {
    const { request, response } = exchange;
    this.bodyLimitBytes = bodyLimitBytes;
    const identified = identify(request);
    const { caller, setCookie } = identified instanceof Promise ? await identified : identified;
    if (setCookie !== undefined) exchange.addHeader('set-cookie', setCookie);
    this.parts.rateLimiter.take(caller, () => addressOf(request));
    const bytes = await readBody(request, bodyLimitBytes);
    const sent = bytes === undefined ? NOTHING_SENT : this.parts.contexts.of(bytes, () => sentContext(bytes));
    await drain.run(response, () => (this.key === undefined ? this.all(exchange, caller, sent) : this.one(exchange, caller, sent)));
  }

  refuse(exchange: Exchange, error: unknown): void {
    refuseOfrep(exchange, { error, key: this.key, bodyLimitBytes: this.bodyLimitBytes });
  }

  private async one(exchange: Exchange, caller: Caller, sent: SentContext): Promise<void> {
    const { id, key = '', parts, query } = this;
    const success = await parts.evaluator.one(projectOf(caller, id, 'evaluate'), key, contextIn(sent, queryOf(query)));
    if (success === undefined)
      throw new OfrepError(404, 'FLAG_NOT_FOUND', `The project has no key "${key.slice(0, 200)}" that is not archived.`);
    exchange.send(200, JSON_TYPE, success);
  }

  private async all(exchange: Exchange, caller: Caller, sent: SentContext): Promise<void> {
    const { id, parts } = this;
    const query = queryOf(this.query);
    const projectId = projectOf(caller, id, 'evaluate');
    const answer = await parts.evaluator.all({
      projectId,
      context: contextIn(sent, query),
      body: sent.text,
      ifNoneMatch: exchange.request.headers['if-none-match'],
      revision: notifiedRevision(query),
      expose: exposedKeys(query),
    });
    const headers = ['etag', answer.etag];
    if (answer.flags === undefined) return exchange.send(304, headers, undefined, CACHING);
    const ticket = parts.tickets.issue({ projectId, expiresAt: Math.floor(caller.expiresAt), tag: answer.tag });
    const eventStreams = [
      { type: 'sse', endpoint: { requestUri: `${STREAM_PATH}?ticket=${ticket}` }, inactivityDelaySec: INACTIVITY_SECONDS },
    ];
    const metadata = { project: projectId, revision: answer.revision };
    const end = `"eventStreams":${JSON.stringify(eventStreams)},"metadata":${JSON.stringify(metadata)}}`;
    const { flags } = answer;
    if (!parts.outgoing.hold(exchange.response, flags)) throw new OfrepError(429, 'GENERAL', TOO_MANY, 1);
    const whole = typeof flags === 'string' ? `{"flags":${flags},${end}` : (['{"flags":', flags, `,${end}`] as const);
    exchange.send(200, [...headers, ...JSON_TYPE], whole, CACHING);
  }
}

const NO_QUERY = new URLSearchParams();
const queryOf = (text: string | undefined): URLSearchParams => (text === undefined ? NO_QUERY : new URLSearchParams(text));

const NOTHING_SENT: SentContext = { context: undefined, text: '' };

function sentContext(body: Buffer): SentContext {
  const { value, text } = parseJsonText(body, SEND);
  const context = typeof value === 'object' && value !== null && 'context' in value ? value.context : undefined;
  return { context: context === undefined ? undefined : requestContext(context), text };
}

function contextIn({ context }: SentContext, query: URLSearchParams): RequestContext {
  if (context === undefined)
    throw new OfrepError(400, 'INVALID_CONTEXT', 'The body has no context: send {"context": {"targetingKey": "..."}}.');
  if (context.userId === undefined && query.get('requireTargetingKey') === 'true') {
    throw new OfrepError(
      400,
      'TARGETING_KEY_MISSING',
      'The context has no targetingKey, and the request asks for one (requireTargetingKey=true).',
    );
  }
  return context;
}

/** What a change notification named. */
function notifiedRevision(query: URLSearchParams): number | undefined {
  const tag = query.get('flagConfigEtag');
  return tag === null ? undefined : revisionOfTag(tag);
}

function exposedKeys(query: URLSearchParams): readonly string[] {
  const keys = query
    .getAll('expose')
    .flatMap((names) => names.split(','))
    .filter((name) => name !== '');
  if (keys.length > MAX_EXPOSED_KEYS) throw new OfrepError(400, 'GENERAL', `expose takes at most ${MAX_EXPOSED_KEYS} keys.`);
  return keys;
}
