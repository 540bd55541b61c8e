import {
  getOperationAST,
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { publicError, type ReportInternal } from './error-policy';
import { QueryCost } from './query-cost';
import { aliasLimit, depthLimit, limitExceeded, nestingProblem, type QueryLimits } from './query-limits';
import { refuseDeepVariables } from './variable-nesting';

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

const REMEMBERED = 500;

/**
 * What Apollo does for HTTP, for operations that come over WebSocket and SSE: the same limits, the same rules, the same cost, and no error that does
 * not go through the error policy.
 *
 * Only subscriptions: a query or a mutation goes over HTTP, where a stop waits until it has been answered.
 */
export class OperationGate {
  private readonly documents = new LRUCache<string, DocumentNode>({ max: REMEMBERED });
  private readonly cost: QueryCost;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: QueryLimits,
    private readonly report: ReportInternal,
  ) {
    this.cost = new QueryCost(schema, limits.cost);
  }

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
      const document = this.documentOf(query);
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
    refuseDeepVariables(variableValues);
    this.cost.check(document, operation, variableValues);
    return { schema: this.schema, document, operationName, variableValues };
  }

  private documentOf(query: string): DocumentNode | readonly GraphQLError[] {
    const known = this.documents.get(query);
    if (known !== undefined) return known;
    const problem = nestingProblem(query);
    if (problem !== undefined) throw limitExceeded(problem);
    const document = this.parsed(query);
    const rules = [...specifiedRules, depthLimit(this.limits.depth), aliasLimit(this.limits.aliases)];
    const errors = validate(this.schema, document, rules).map((error) =>
      error.extensions['code'] === undefined ? refused('GRAPHQL_VALIDATION_FAILED', error.message, error) : error,
    );
    if (errors.length > 0) {
      const overLimits = errors.filter(({ extensions }) => extensions['code'] === 'LIMIT_EXCEEDED');
      return overLimits.length > 0 ? overLimits : errors;
    }
    this.documents.set(query, document);
    return document;
  }

  private parsed(query: string): DocumentNode {
    try {
      return parse(query, { maxTokens: this.limits.tokens });
    } catch (error) {
      if (error instanceof GraphQLError) throw refused('GRAPHQL_PARSE_FAILED', error.message, error);
      throw error;
    }
  }
}

function refused(code: string, message: string, about?: GraphQLError): GraphQLError {
  return new GraphQLError(message, { extensions: { code }, nodes: about?.nodes, source: about?.source, positions: about?.positions });
}
