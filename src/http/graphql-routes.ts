import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { OutgoingBytes } from './answer-budget';
import type { Authenticate } from './authentication';
import { Documents } from './documents';
import { explorerRoutes } from './explorer';
import { buildApollo, type RequestContext } from './graphql';
import { graphqlRoute, type MakeContext } from './graphql-route';
import type { SocketTimes } from './graphql-socket';
import { graphqlSockets } from './graphql-sockets';
import { GraphqlStreams } from './graphql-stream';
import type { Metrics } from './metrics';
import { OperationGate } from './operation-gate';
import { QueryCost } from './query-cost';
import type { QueryLimits } from './query-limits';
import type { Routes } from './routes';
import type { SessionAccess } from './session/session-access';
import { SharedExecution } from './shared-execution';

export interface GraphqlParts<Context extends RequestContext> {
  readonly schema: GraphQLSchema;
  readonly context: MakeContext<Context>;
  readonly authenticate: Authenticate;
  /** Browsers that are signed in; undefined: tokens alone are taken. */
  readonly sessionAccess?: SessionAccess;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly query: QueryLimits;
  /** Bytes. */
  readonly bodyLimitBytes: number;
  /** What all answers take. */
  readonly outgoing: OutgoingBytes;
  /** How many WebSockets of identified clients may be open at once, and how many of one token. */
  readonly socketLimit: number;
  readonly socketsPerToken: number;
  /** Instead of the usual ones. */
  readonly socketTimes?: Partial<SocketTimes>;
}

/** GraphQL over HTTP, SSE and WebSocket at /graphql, with the explorer. */
export function graphqlRoutes<Context extends RequestContext>(parts: GraphqlParts<Context>): Routes {
  const { schema, context, metrics, logger, outgoing } = parts;
  const documents = new Documents(schema, parts.query);
  const cost = new QueryCost(schema, parts.query.cost);
  const apollo = buildApollo<Context>(schema, documents, cost, metrics, logger);
  const gate = new OperationGate(schema, documents, cost, (error) => logger.error({ err: error }, 'a subscription failed'));
  const execution = new SharedExecution(outgoing);
  const streams = new GraphqlStreams(gate, context, execution, outgoing);
  let sockets: ReturnType<typeof graphqlSockets> | undefined;
  return {
    add: async (server, { identify, drain }) => {
      await apollo.start();
      graphqlRoute(server, { apollo, documents, outgoing, context, drain, identify, sessionAccess: parts.sessionAccess, streams, metrics });
      sockets = graphqlSockets(server, { ...parts, gate, execution, outgoing, messageLimitBytes: parts.bodyLimitBytes });
      explorerRoutes(server);
    },
    goAway: () => sockets?.goAway(),
    stop: () => apollo.stop(),
  };
}
