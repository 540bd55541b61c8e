import { GraphQLError, getVariableValues, Kind, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { fieldExtensionsEstimator, getComplexity, type ComplexityEstimator, simpleEstimator } from 'graphql-query-complexity';
import { MOST_FIELDS } from './document-limits';
import { IntrospectionCost } from './introspection-cost';
import { limitExceeded } from './query-limits';

const COSTS_PER_OPERATION = 100;
/** Of the numbers and booleans among an operation's variables, as text: more are not kept. */
const LONGEST_KEY = 200;
/** What a page is taken to hold when the query does not say. */
const UNSIZED_PAGE = 50;

/** A list's fields cost as often as there can be items: `first` or `last` says how many. */
const byPageSize: ComplexityEstimator = ({ args, childComplexity, field }) => {
  if (!field.args.some(({ name }) => name === 'first')) return undefined;
  const items: unknown = args['first'] ?? args['last'] ?? UNSIZED_PAGE;
  return 1 + Math.max(1, Number(items)) * childComplexity;
};

/**
 * Refuses operations that cost more than the limit: a field costs 1, a page as many times its items' cost as it may have items, and
 * a type's own `complexity` goes before both.
 *
 * What an operation costs is kept with it, by its numbers and booleans among the variables: an estimate may look at no others (page sizes
 * are numbers, `@include` takes booleans), and repeating an operation, which is what clients do, then costs one look-up.
 */
export class QueryCost {
  private readonly known = new WeakMap<OperationDefinitionNode, Map<string, number>>();
  private readonly estimators = [fieldExtensionsEstimator(), byPageSize, simpleEstimator({ defaultComplexity: 1 })];
  private readonly introspection: IntrospectionCost;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limit: number,
  ) {
    this.introspection = new IntrospectionCost(schema, limit);
  }

  /** Throws an error with the code `LIMIT_EXCEEDED` or `BAD_USER_INPUT` if the operation must not be executed. */
  check(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>> = {}): void {
    const key = keyOf(operation, variables);
    let costs = this.known.get(operation);
    if (costs === undefined) this.known.set(operation, (costs = new Map<string, number>()));
    let cost = costs.get(key);
    if (cost === undefined) {
      cost = this.estimate(document, operation, variables);
      if (cost === undefined) return;
      if (costs.size >= COSTS_PER_OPERATION) costs.clear();
      if (key.length <= LONGEST_KEY) costs.set(key, cost);
    }
    if (cost <= this.limit) return;
    throw limitExceeded(`The query costs ${cost}; at most ${this.limit} is allowed (QUERY_COST). Ask for smaller pages or fewer fields.`);
  }

  /** undefined: the variables do not fit the operation, which execution says better before it executes anything. */
  private estimate(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) {
    const { coerced, errors } = getVariableValues(this.schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
    if (errors !== undefined) return undefined;
    const byIntrospection: ComplexityEstimator = ({ node }) => this.introspection.of(node, document, coerced);
    const query: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
    };
    try {
      return getComplexity({
        schema: this.schema,
        query,
        variables: { ...variables },
        estimators: [byIntrospection, ...this.estimators],
        maxQueryNodes: MOST_FIELDS,
      });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      if (error.message.includes('number of nodes')) {
        throw limitExceeded(`The query asks for more than ${MOST_FIELDS} fields, fragments counted as often as they are spread.`);
      }
      throw new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
    }
  }
}

function keyOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): string {
  let key = '';
  for (const { variable } of operation.variableDefinitions ?? []) {
    const value = variables[variable.name.value];
    key += typeof value === 'number' || typeof value === 'boolean' ? `,${String(value)}` : value === null ? ',null' : ',';
  }
  return key;
}
