import {
  createSourceEventStream,
  execute,
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FeedItem } from '../feed/item';
import { AnswerBudget, type OutgoingBytes } from './answer-budget';
import { HeldDocuments } from './held-documents';
import { limitExceeded } from './query-limits';

type Results = AsyncIterableIterator<ExecutionResult>;

/** The last results, in case others who follow want the same of the same change: those who do come within moments of each other. */
const REMEMBERED = 1_000;
const REMEMBERED_BYTES = 16 * 2 ** 20;
const TOO_MANY_DOCUMENTS =
  'Subscriptions with too many different documents are open. Try again in a moment, or subscribe with a document that others use.';
/** What a result takes besides its long values, about. */
const RESULT_BYTES = 1_024;

/**
 * Subscribes as GraphQL does, and executes a document once for a change, however many have subscribed with it: what the fields of a change say follows from the
 * event alone, and who may follow has been asked before. With a thousand subscribers this is most of what a change costs.
 */
export class SharedExecution {
  private readonly names = new WeakMap<DocumentNode, string | undefined>();
  private readonly results = new LRUCache<string, Promise<ExecutionResult>>({ max: REMEMBERED, maxSize: REMEMBERED_BYTES });
  private readonly held = new HeldDocuments();
  private documents = 0;

  constructor(private readonly outgoing: OutgoingBytes) {}

  readonly subscribe = async (args: ExecutionArgs): Promise<Results | ExecutionResult> => {
    const release = this.held.hold(args.document);
    if (release === undefined) return { errors: [limitExceeded(TOO_MANY_DOCUMENTS)] };
    const source = await createSourceEventStream(args).catch((error: unknown) => {
      release();
      throw error;
    });
    if (!(Symbol.asyncIterator in source)) {
      release();
      return { ...source, errors: source.errors?.map(aboutVariables) };
    }
    const items = (source as AsyncIterable<FeedItem>)[Symbol.asyncIterator]();
    const results: Results = {
      next: async () => {
        const { value, done } = await items.next();
        if (done !== true) return { done: false, value: await this.resultOf(value, args) };
        release();
        return { done, value: undefined };
      },
      // At once, also while `next` waits.
      return: async () => {
        release();
        await items.return?.();
        return { done: true, value: undefined };
      },
      throw: async (error: unknown) => {
        release();
        await items.return?.();
        throw error;
      },
      [Symbol.asyncIterator]: () => results,
    };
    return results;
  };

  private resultOf(item: FeedItem, args: ExecutionArgs): Promise<ExecutionResult> {
    const name = item.kind === 'change' ? this.nameOf(args.document) : undefined;
    if (item.kind !== 'change' || name === undefined) return this.executed(item, args);
    const key = `${item.event.id} ${name} ${args.operationName ?? ''}`;
    const known = this.results.get(key);
    if (known !== undefined) return known;
    const sizeWith = (bytes: number) => ({ size: key.length + RESULT_BYTES + bytes });
    const result: Promise<ExecutionResult> = this.executed(item, args, (bytes) => {
      if (this.results.peek(key) === result) this.results.set(key, result, sizeWith(bytes));
    });
    this.results.set(key, result, sizeWith(0));
    return result;
  }

  /** As GraphQL does; what is too large is an error in its place. */
  private async executed(item: FeedItem, args: ExecutionArgs, measured: (bytes: number) => void = () => {}): Promise<ExecutionResult> {
    const answer = new AnswerBudget(this.outgoing);
    try {
      // Not a copy: what is the same for all requests is the context's prototype.
      const contextValue = Object.assign(Object.create(args.contextValue as object) as object, { answer });
      const result = await Promise.race([execute({ ...args, rootValue: item, contextValue }), answer.exceeded]);
      if (typeof result === 'string') return { data: null, errors: [limitExceeded(result)] };
      measured(answer.bytes);
      return result;
    } finally {
      answer.release();
    }
  }

  /** undefined: what the document selects depends on its variables, so that its results cannot be shared. */
  private nameOf(document: DocumentNode): string | undefined {
    if (!this.names.has(document)) this.names.set(document, selectsByVariables(document) ? undefined : String((this.documents += 1)));
    return this.names.get(document);
  }
}

/** GraphQL gives an error about variables no code, and it has no path, since nothing has been resolved yet. */
function aboutVariables(error: GraphQLError): GraphQLError {
  if (error.path !== undefined || error.extensions['code'] !== undefined) return error;
  return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: 'BAD_USER_INPUT' } });
}

/** Whether a variable is used anywhere but in the arguments of the subscription's own field, which only say where it begins and what passes. */
function selectsByVariables(document: DocumentNode): boolean {
  let found = false;
  let depth = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: () => void (found = true),
    FragmentDefinition: { enter: () => void (depth += 1), leave: () => void (depth -= 1) },
    Field: {
      enter: () => void (depth += 1),
      leave: () => void (depth -= 1),
    },
    Argument: (_node, _key, _parent, _path, ancestors) => {
      const owner = ancestors.at(-1);
      const ofField = owner !== undefined && !Array.isArray(owner) && (owner as { kind: Kind }).kind === Kind.FIELD;
      return depth === 1 && ofField ? false : undefined;
    },
  });
  return found;
}
