import { getOperationAST, GraphQLError, type DocumentNode, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { Documents } from './documents';
import { publicError, type ReportInternal } from './error-policy';
import { subscriptionProblem } from './held-documents';
import type { QueryCost } from './query-cost';
import { limitExceeded, refuseDeepVariables } from './query-limits';
import { refuseManyInputs } from './variable-inputs';

/** What a client sends to subscribe. Nothing of it has been looked at. */
export interface SubscriptionRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

export interface Admitted {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/**
 * What Apollo does for HTTP, for operations that come over WebSocket and SSE: the same limits, the same rules, the same cost, and no error that does
 * not go through the error policy.
 *
 * Only subscriptions: a query or a mutation goes over HTTP, where a stop waits until it has been answered.
 */
export class OperationGate {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly documents: Documents,
    private readonly cost: QueryCost,
    private readonly report: ReportInternal,
  ) {}

  /** The operation, ready to be executed, or why it must not be. */
  admit({ query, operationName, variables }: SubscriptionRequest): Admitted | readonly GraphQLError[] {
    try {
      if (typeof query !== 'string') throw refused('BAD_REQUEST', 'Send {"query": "subscription ...", "variables": {...}}.');
      if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
        throw refused('BAD_REQUEST', '`operationName` must be a string.');
      }
      if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables))) {
        throw refused('BAD_REQUEST', '`variables` must be an object.');
      }
      const document = this.documents.get(query);
      if (Array.isArray(document)) return document as readonly GraphQLError[];
      return this.ready(document as DocumentNode, operationName ?? undefined, { ...variables });
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  }

  /** Errors as a client may see them. */
  publicErrors(errors: readonly GraphQLError[], requestId: string): GraphQLFormattedError[] {
    return errors.map((error) => publicError(error.toJSON(), error, requestId, this.report));
  }

  private ready(document: DocumentNode, operationName: string | undefined, variableValues: Readonly<Record<string, unknown>>): Admitted {
    const operation = getOperationAST(document, operationName);
    if (!operation) throw refused('OPERATION_RESOLUTION_FAILURE', 'Name, in `operationName`, one of the operations of the document.');
    if (operation.operation !== 'subscription') {
      throw refused(
        'BAD_REQUEST',
        `Only subscriptions go over WebSocket and SSE: send this ${operation.operation} as an HTTP POST to /graphql.`,
      );
    }
    const problem = subscriptionProblem(document);
    if (problem !== undefined) throw limitExceeded(problem);
    refuseDeepVariables(variableValues);
    refuseManyInputs(this.schema, operation, variableValues);
    this.cost.check(document, operation, variableValues);
    return { schema: this.schema, document, operationName, variableValues };
  }
}

function refused(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
