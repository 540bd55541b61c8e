import { makeExecutableSchema } from './executable-schema';
import { Feed } from '../../src/feed/feed';
import { OutgoingBytes } from '../../src/http/answer-budget';
import { authenticator } from '../../src/http/authentication';
import { buildLogger } from '../../src/http/logger';
import { Metrics } from '../../src/http/metrics';
import { changesRoutes, type ChangesParts } from '../../src/http/changes-route';
import { graphqlRoutes, type GraphqlParts } from '../../src/http/graphql-routes';
import { operatorRoutes, type OperatorParts } from '../../src/http/operator-routes';
import { buildServer, type HttpServer, type ServerParts } from '../../src/http/server';
import type { TokenRequest } from '../../src/application/token-request';
import { issueToken } from '../../src/http/tokens';
import type { Caller } from '../../src/application/caller';

export const SECRET = new Uint8Array(32).fill(7);

export interface Context {
  readonly requestId: string;
  readonly caller: Caller;
}

export interface Running {
  readonly server: HttpServer;
  readonly url: string;
  readonly token: string;
  readonly log: string[];
  /** Sends a GraphQL document with the token. */
  ask(query: string, variables?: object, headers?: Record<string, string>): Promise<Response>;
}

export function tokenFor(request: Partial<TokenRequest> = {}, secret: Uint8Array = SECRET): Promise<string> {
  return issueToken(secret, { subject: 'ops', kind: 'user', roles: { '*': ['admin'] }, ttlMs: 60_000, ...request });
}

/** Of a ledger without projects. */
function emptyFeed(): Feed {
  return new Feed({
    read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) }),
    checkpoint: () => Promise.resolve(undefined),
    shown: () => undefined,
    heartbeatMs: 15_000,
    stallMs: 30_000,
    subscriptions: { all: 100, perOwner: 10 },
  });
}

type Parts = Omit<ServerParts, 'routes'> & GraphqlParts<Context> & ChangesParts & OperatorParts;

/** A server as the composition root builds it, on any free port, over a small schema of its own. */
export async function startServer(given: Partial<Parts> = {}): Promise<Running> {
  const log: string[] = [];
  const parts: Parts = {
    schema: makeExecutableSchema(),
    context: (caller, requestId) => ({ caller, requestId }),
    authenticate: authenticator({ kind: 'local', secret: SECRET }),
    feed: emptyFeed(),
    mayFollow: ({ grants }) => grants.has('*'),
    understand: (event) => event,
    starting: () => false,
    readiness: () => [{ name: 'ledger', ok: true, detail: 'open' }],
    metrics: new Metrics(),
    mayReadMetrics: ({ grants }) => grants.has('*'),
    logger: buildLogger('debug', { write: (line: string) => void log.push(line) }),
    query: { depth: 20, tokens: 4_000, aliases: 100, cost: 20_000 },
    bodyLimitBytes: 100_000,
    corsOrigins: [],
    trustedProxies: 0,
    stopSeconds: 5,
    outgoing: new OutgoingBytes(),
    socketLimit: 100,
    socketsPerToken: 100,
    ...given,
  };
  const server = await buildServer({ ...parts, routes: [graphqlRoutes(parts), changesRoutes(parts), operatorRoutes(parts)] });
  const url = await server.listen('127.0.0.1', 0);
  const token = await tokenFor();
  return {
    server,
    url,
    token,
    log,
    ask: (query, variables, headers = {}) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify({ query, variables }),
      }),
  };
}
