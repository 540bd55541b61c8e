import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { publicError } from './error-policy';
import { answerType, isPlainJson } from './answer-body';
import type { OperationMetrics } from './metrics';
import type { Documents } from './documents';
import type { QueryCost } from './query-cost';
import { refuseManyInputs } from './variable-inputs';
import { refuseDeepVariables } from './query-limits';

/** What this layer asks of every request's context; the schema's own adds to it. */
export interface RequestContext extends BaseContext {
  readonly requestId: string;
}

/** Errors of a well-formed request whose document, or what it is given, cannot be executed. */
const DOCUMENT_REFUSED: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'LIMIT_EXCEEDED',
]);

/**
 * The executor of one schema. It is given documents that have been admitted, looks at what they cost, and no error leaves but through the error policy.
 *
 * One request is one operation: batches would multiply every limit. Persisted queries are off: any caller could fill their cache.
 */
export function buildApollo<Context extends RequestContext>(
  schema: GraphQLSchema,
  documents: Documents,
  cost: QueryCost,
  metrics: OperationMetrics,
  logger: Logger,
): ApolloServer<Context> {
  const requestIds = new WeakMap<object, string>();
  return new ApolloServer<Context>({
    schema,
    logger,
    introspection: true,
    // Every request of ours brings this header, and no browser sends it to another origin without asking there first.
    csrfPrevention: { requestHeaders: ['authorization'] },
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Ours are kept by what they take, for sockets as well.
    documentStore: null,
    formatError: (formatted, error) => {
      const requestId = requestIds.get(error as object);
      return publicError(formatted, error, requestId, (internal) => logger.error({ err: internal, requestId }, 'a request failed'));
    },
    plugins: [ApolloServerPluginCacheControlDisabled(), observe(schema, documents, cost, metrics, requestIds)],
  });
}

function notOverHttp(): GraphQLError {
  const message = 'A subscription goes over WebSocket (graphql-transport-ws) or SSE (Accept: text/event-stream), both at /graphql.';
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

/** One plugin for all that happens around an operation: each plugin costs every request a few promises. */
function observe(
  schema: GraphQLSchema,
  documents: Documents,
  cost: QueryCost,
  metrics: OperationMetrics,
  requestIds: WeakMap<object, string>,
): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => {
      const started = performance.now();
      return {
        // With a document Apollo parses and validates nothing itself.
        didResolveSource: async (request) => {
          const document = documents.get(request.source);
          if (Array.isArray(document)) throw new Error('a document that was refused has come as far as this');
          (request as { document?: DocumentNode }).document = document as DocumentNode;
        },
        didResolveOperation: async ({ document, operation, request }) => {
          refuseDeepVariables(request.variables);
          // Without one (several in the document, none named) execution refuses the request.
          if (operation?.operation === 'subscription') throw notOverHttp();
          if (operation === undefined) return;
          refuseManyInputs(schema, operation, request.variables);
          cost.check(document, operation, request.variables);
        },
        didEncounterErrors: async ({ errors, contextValue }) => {
          for (const error of errors) requestIds.set(error, contextValue.requestId);
        },
        willSendResponse: async ({ operation, request, response }) => {
          const { body, http } = response;
          const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
          metrics.observeOperation(
            operation?.operation ?? 'none',
            errors === undefined ? 'ok' : 'error',
            (performance.now() - started) / 1_000,
          );
          if (errors === undefined || body.kind !== 'single' || body.singleResult.data !== undefined) return;
          // What Apollo refuses as a bad request has its status from there; what we do, such as a subscription, has none.
          const refused = (code: unknown) => DOCUMENT_REFUSED.has(code) || (code === 'BAD_REQUEST' && (http.status ?? 500) === 500);
          if (errors.every(({ extensions }) => refused(extensions?.['code']))) {
            http.status = isPlainJson(answerType(request.http?.headers.get('accept'))) ? 200 : 400;
          }
        },
      };
    },
  };
}
