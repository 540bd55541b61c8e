import { GraphQLError, getVariableValues, Kind, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { fieldExtensionsEstimator, getComplexity, type ComplexityEstimator, simpleEstimator } from 'graphql-query-complexity';
import { MOST_FIELDS } from './document-limits';
import { IntrospectionCost } from './introspection-cost';
import { LIMIT_EXCEEDED, limitExceeded } from './query-limits';

const COSTS_PER_OPERATION = 100;
/** The longest text of an operation's numbers and booleans under which its cost is kept. */
const MAX_KEY_CHARACTERS = 200;
/** Objects within objects of the variables in which lists are counted: those of a set-up are the deepest. */
const LISTS_WITHIN = 3;
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
 * What an operation costs is kept with it, by what an estimate may look at of the variables: numbers and booleans (page sizes are numbers, `@include`
 * takes booleans), and how much the lists of an input have. Repeating an operation, which is what clients do, then costs one look-up.
 *
 * A field whose extensions say `onceInADocument` may be asked once, whatever it is called and in whatever fragment.
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
      if (key.length <= MAX_KEY_CHARACTERS) costs.set(key, cost);
    }
    if (cost <= this.limit) return;
    throw limitExceeded(`The query costs ${cost}; at most ${this.limit} is allowed (QUERY_COST). Ask for smaller pages or fewer fields.`);
  }

  /** undefined: the variables do not fit the operation, which execution says better before it executes anything. */
  private estimate(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) {
    const { coerced, errors } = getVariableValues(this.schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
    if (errors !== undefined) return undefined;
    const once = onceInADocument();
    const introspected = this.introspection.counting(document, coerced);
    const byIntrospection: ComplexityEstimator = ({ node }) => introspected(node);
    const query: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
    };
    try {
      return getComplexity({
        schema: this.schema,
        query,
        variables: { ...variables },
        estimators: [once, byIntrospection, ...this.estimators],
        maxQueryNodes: MOST_FIELDS,
      });
    } catch (error) {
      if (!(error instanceof GraphQLError) || error.extensions['code'] === LIMIT_EXCEEDED) throw error;
      if (error.message.includes('number of nodes')) {
        throw limitExceeded(`The query asks for more than ${MOST_FIELDS} fields, fragments counted as often as they are spread.`);
      }
      throw new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
    }
  }
}

/** Estimates nothing, but throws at a field that is asked again and may be asked once. */
function onceInADocument(): ComplexityEstimator {
  const asked = new Set<string>();
  return ({ field }) => {
    if (field.extensions['onceInADocument'] !== true) return undefined;
    if (asked.has(field.name)) throw limitExceeded(`${field.name} may be asked once in a document. Send a request for each.`);
    asked.add(field.name);
    return undefined;
  };
}

function keyOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): string {
  let key = '';
  for (const { variable } of operation.variableDefinitions ?? []) {
    const value = variables[variable.name.value];
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) key += `,${String(value)}`;
    else key += typeof value === 'object' ? `,${listed(value, LISTS_WITHIN)}` : ',';
  }
  return key;
}

/** How many items the lists of an input have, those of the items themselves not counted. */
function listed(value: unknown, within: number): number {
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== 'object' || within === 0) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + listed(member, within - 1), 0);
}
