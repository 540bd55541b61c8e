import { GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentProblem } from './document-limits';
import { limitExceeded, textProblem, type QueryLimits } from './query-limits';

/** What the documents that are kept may take, in bytes. */
export const KEPT_BYTES = 16 * 2 ** 20;
/** About what a token of a parsed document takes, with its part of the tree: measured. */
const BYTES_PER_TOKEN = 512;

/**
 * The documents that clients send, parsed and validated, for every way in. Those that pass are kept by their text, as many as fit. What costs little is
 * checked first: the text, then its brackets, then tokens while it is parsed, then the shape, and only then what the schema says.
 */
export class Documents {
  private readonly kept = new LRUCache<string, DocumentNode>({ maxSize: KEPT_BYTES, sizeCalculation: bytesOf });

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: QueryLimits,
  ) {}

  /** What the kept documents take by our estimate, in bytes. */
  get keptBytes(): number {
    return this.kept.calculatedSize;
  }

  /** The document, or why it must not be executed. */
  get(text: string): DocumentNode | readonly GraphQLError[] {
    const known = this.kept.get(text);
    if (known !== undefined) return known;
    const problem = textProblem(text);
    if (problem !== undefined) return [limitExceeded(problem)];
    const document = parsed(text, this.limits.tokens);
    if (document instanceof GraphQLError) return [document];
    const over = documentProblem(document, this.limits);
    if (over !== undefined) return [limitExceeded(over)];
    const errors = validate(this.schema, document, specifiedRules);
    if (errors.length > 0) return errors.map((error) => coded('GRAPHQL_VALIDATION_FAILED', error));
    this.kept.set(text, document);
    return document;
  }
}

function parsed(text: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return coded('GRAPHQL_PARSE_FAILED', error);
    throw error;
  }
}

function coded(code: string, { message, nodes, source, positions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { extensions: { code }, nodes, source, positions });
}

export function tokensOf(document: DocumentNode): number {
  let tokens = 0;
  for (let token = document.loc?.startToken ?? null; token !== null; token = token.next) tokens += 1;
  return tokens;
}

/** About what a document takes in memory, its text included. */
export function bytesOf(document: DocumentNode): number {
  return 2 * (document.loc?.source.body.length ?? 0) + BYTES_PER_TOKEN * tokensOf(document);
}
